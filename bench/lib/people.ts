import type { Peer, Started } from './peers.ts'
import { call, mustCall } from './web.ts'

const HOUR_MS = 3_600_000
const POINTS = 30

export interface Person {
  readonly userid: number
  readonly headers: Readonly<Record<string, string>>
}

export interface People {
  /** They get new metrics during the load. */
  readonly writers: readonly Person[]
  /** They have 30 metrics, one a day, and get no more. */
  readonly readers: readonly Person[]
}

const metricsPath = '/api/v1/wellness/wellness-metrics'

export const metricCall = (person: Person, score: number, time?: string) =>
  ({
    method: 'POST',
    path: metricsPath,
    headers: person.headers,
    json: { userid: person.userid, wellness_score: score, time },
  }) as const

export const trendCall = (person: Person) =>
  ({
    method: 'GET',
    path: `/api/v1/wellness/users/${person.userid}/wellness-trend?days=30`,
    headers: person.headers,
  }) as const

/** Makes the people of the load through the peer's own API and checks that it does the work it is measured for. */
export async function makePeople(peer: Peer, { port }: Started, each: number): Promise<People> {
  const people: Person[] = []
  for (let index = 0; index < each * 2; index++) people.push(await makePerson(peer, port, index))
  const readers = people.slice(each)
  await Promise.all(readers.map((reader) => giveHistory(port, reader)))
  await checkBehaviour(port, people[0] as Person, readers[0] as Person)
  return { writers: people.slice(0, each), readers }
}

async function makePerson(peer: Peer, port: number, index: number): Promise<Person> {
  const headers = (await peer.signIn?.(port, index)) ?? {}
  const { userid } = await mustCall(port, 201, { method: 'POST', path: '/api/v1/wellness/users', headers })
  return { userid: Number(userid), headers }
}

async function giveHistory(port: number, person: Person): Promise<void> {
  for (let day = POINTS - 1; day >= 0; day--) {
    const time = new Date(Date.now() - (day * 24 + 1) * HOUR_MS).toISOString().slice(0, 19)
    await mustCall(port, 201, metricCall(person, 5 + (POINTS - day) / 10, time))
  }
}

/** A peer that answers fast and wrong must not win: every promise of the two endpoints is tried once. */
async function checkBehaviour(port: number, writer: Person, reader: Person): Promise<void> {
  const saved = await mustCall(port, 201, metricCall(writer, 7.5, '2026-01-15T10:30:00'))
  expect(saved.wellness_score === 7.5 && saved.userid === writer.userid, 'POST answers the metric', saved)
  expect(saved.time === '2026-01-15T10:30:00' && Number.isInteger(saved.id), 'POST answers id and time', saved)
  await mustCall(port, 422, metricCall(writer, 10.1))
  await mustCall(port, 422, metricCall(writer, -1))
  const stranger = await call(port, metricCall({ ...writer, userid: 999_999 }, 5))
  expect([403, 404].includes(stranger.status), 'a user who is not there is refused', stranger)
  const trend = await mustCall(port, 200, trendCall(reader))
  const points = trend.data_points
  expect(Array.isArray(points) && points.length === POINTS, `${POINTS} data points`, trend)
  expect(
    trend.trend === 'improving' && trend.average_score === 6.55 && trend.period_days === 30,
    'the trend rule',
    trend,
  )
}

function expect(isTrue: boolean, promise: string, answer: unknown): void {
  if (!isTrue) throw new Error(`Not kept: ${promise}: ${JSON.stringify(answer).slice(0, 400)}`)
}
