import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { seededRandom } from '../src/shared/random.ts'
import { ask, type PlatformProcess, startPlatform, until } from './platformProcess.ts'

/** Killings in one run; CI makes it twenty. */
const KILLINGS = Number(process.env.SALUS_TEST_KILLINGS ?? 5)
const WRITERS = 4

describe('kill -9 at random moments under concurrent writes', () => {
  let folder = ''

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'salus-kill-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test(`${KILLINGS} times: every acknowledged write is there, none twice, and every event was delivered once`, async () => {
    const random = seededRandom(20_261_121)
    let platform: PlatformProcess = await startPlatform([], { SALUS_DATA: folder })
    const account = { email: 'durable@example.test', password: 'Durable-1x', full_name: 'Durable' }
    assert.equal((await ask(platform.origin, 'POST', '/api/v1/auth/register', { body: account })).status, 201)
    let token = await signIn(platform.origin, account)
    const { userid } = (await ask(platform.origin, 'POST', '/api/v1/wellness/users', { body: {}, token })).body
    const acknowledged = new Set<string>()
    const attempted = new Set<string>()
    const people = new Map<string, string>()
    let sequence = 0

    async function write(origin: string): Promise<boolean> {
      sequence += 1
      const time = new Date(Date.UTC(2025, 0, 1) + sequence * 60_000).toISOString().slice(0, 19)
      attempted.add(time)
      const body = { userid, wellness_score: 5, time }
      const answer = await ask(origin, 'POST', '/api/v1/wellness/wellness-metrics', { body, token })
      if (answer.status === 201) acknowledged.add(time)
      return answer.status === 201
    }
    async function register(origin: string): Promise<boolean> {
      sequence += 1
      const email = `p${sequence}@example.test`
      const answer = await ask(origin, 'POST', '/api/v1/auth/register', { body: { ...account, email } })
      if (answer.status === 201) people.set(email, answer.body.user.id)
      return answer.status === 201
    }
    async function writer(origin: string, work: (origin: string) => Promise<boolean>): Promise<void> {
      while (await work(origin)) await Promise.resolve()
    }

    for (let round = 0; round < KILLINGS; round += 1) {
      const { origin } = platform
      const writers = [...Array.from({ length: WRITERS }, () => writer(origin, write)), writer(origin, register)]
      const goal = acknowledged.size + 1 + Math.floor(random() * 150)
      await until(
        async () => acknowledged.size,
        (count) => count >= goal,
        'writes are acknowledged',
      )
      assert.equal(await platform.end('SIGKILL'), 'SIGKILL')
      await Promise.all(writers)
      platform = await startPlatform([], { SALUS_DATA: folder })
      token = await signIn(platform.origin, account)
    }

    const stored = await allScores(platform.origin, userid, token)
    assert.equal(new Set(stored).size, stored.length, 'none is there twice')
    assert.deepEqual(
      [...acknowledged].filter((time) => !stored.includes(time)),
      [],
      'every acknowledged one is there',
    )
    assert.deepEqual(
      stored.filter((time) => !attempted.has(time)),
      [],
      'nothing is there that nobody wrote',
    )
    for (const [email] of people) {
      const own = await signIn(platform.origin, { email, password: account.password })
      // The profile's name arrives by the event that announced the account.
      await until(
        () => ask(platform.origin, 'GET', '/api/v1/profiles', { token: own }),
        (answer) => JSON.stringify(answer.body).includes(account.full_name),
        'the announced account has its profile',
      )
    }
    assert.equal(await platform.end('SIGTERM'), 0)
  })
})

async function signIn(origin: string, { email, password }: { email: string; password: string }): Promise<string> {
  const answer = await ask(origin, 'POST', '/api/v1/auth/login', { body: { email, password } })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body.access_token
}

async function allScores(origin: string, userid: number, token: string): Promise<string[]> {
  const times: string[] = []
  for (let skip = 0; ; skip += 1000) {
    const url = `/api/v1/wellness/users/${userid}/wellness-metrics?limit=1000&skip=${skip}`
    const { body } = await ask(origin, 'GET', url, { token })
    times.push(...body.metrics.map((metric: { time: string }) => metric.time))
    if (body.metrics.length < 1000) return times
  }
}
