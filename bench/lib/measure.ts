import type { LoadGenerator, Round } from './load.ts'
import type { Peer, Started } from './peers.ts'
import { metricCall, type People, trendCall } from './people.ts'
import { sum } from './statistics.ts'

export type Endpoint = 'POST metric' | 'GET trend'
export const endpoints: readonly Endpoint[] = ['POST metric', 'GET trend']

const EXPECTED: Readonly<Record<Endpoint, string>> = { 'POST metric': '201', 'GET trend': '200' }
/** A window starts when the connections are open and the server is in step. */
const RAMP_MS = 300

export interface Contender {
  readonly peer: Peer
  readonly started: Started
  readonly people: People
  readonly rounds: Record<Endpoint, Round[]>
}

export interface Plan {
  readonly connections: number
  readonly warmUpMs: number
  readonly windowMs: number
  readonly rounds: number
  readonly databasePid: number
}

/** Answers that were not what the endpoint promises, and connections the server broke. */
export function errorsIn(endpoint: Endpoint, round: Round): number {
  const wrong = Object.entries(round.statuses).filter(([status]) => status !== EXPECTED[endpoint])
  return sum(wrong.map(([, count]) => count)) + round.broken
}

export function answersIn(endpoint: Endpoint, round: Round): number {
  return round.statuses[EXPECTED[endpoint]] ?? 0
}

/**
 * Warms every contender up, then gives each one window a round, in turns, so that a busy minute of the machine hits all alike.
 * The order turns with the round, so that none always follows the same other.
 */
export async function measureAll(
  contenders: readonly Contender[],
  generator: LoadGenerator,
  plan: Plan,
): Promise<void> {
  for (const endpoint of endpoints) {
    for (const contender of contenders) await oneWindow(contender, endpoint, generator, plan, plan.warmUpMs)
    for (let round = 0; round < plan.rounds; round++) {
      const order = contenders.map((_, index) => contenders[(index + round) % contenders.length] as Contender)
      for (const contender of order) {
        const measured = await oneWindow(contender, endpoint, generator, plan, plan.windowMs)
        contender.rounds[endpoint].push(measured)
        const rate = (answersIn(endpoint, measured) / measured.windowMs) * 1000
        console.log(`  ${endpoint}, round ${round + 1}, ${contender.peer.title}: ${Math.round(rate)} requests/s`)
      }
    }
  }
}

function oneWindow(
  { started, people }: Contender,
  endpoint: Endpoint,
  generator: LoadGenerator,
  plan: Plan,
  windowMs: number,
): Promise<Round> {
  const { port, server } = started
  const requests = Array.from({ length: plan.connections }, (_, index) => requestOf(endpoint, people, port, index))
  const job = { port, requests, rampMs: RAMP_MS, windowMs }
  return generator.run(job, { serverPid: server.pid, databasePid: plan.databasePid })
}

function requestOf(endpoint: Endpoint, people: People, port: number, index: number): string {
  const group = endpoint === 'POST metric' ? people.writers : people.readers
  const person = group[index % group.length]
  if (person === undefined) throw new Error('There is nobody to ask for')
  const one = endpoint === 'POST metric' ? metricCall(person, 4 + (index % 8) / 2) : trendCall(person)
  const body = 'json' in one ? JSON.stringify(one.json) : undefined
  const headers: Record<string, string> = { host: `127.0.0.1:${port}`, ...one.headers }
  if (body !== undefined) {
    headers['content-type'] = 'application/json'
    headers['content-length'] = String(Buffer.byteLength(body))
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${one.method} ${one.path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}
