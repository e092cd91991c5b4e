import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ask, type PlatformProcess, runCommand, startPlatform, until } from './platformProcess.ts'

const SIGN_IN = { email: 'lifecycle@example.test', password: 'Lifecycle-1' }
const ACCOUNT = { ...SIGN_IN, full_name: 'Life Cycle' }

/** The embedded database is what is tested here, whatever the other suites run on. */
describe('a platform in a process of its own', () => {
  let folder = ''

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'salus-life-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const start = (args: readonly string[] = [], more: Record<string, string> = {}) =>
    startPlatform(args, { SALUS_DATA: folder, ...more })

  test('the first start prints at most fifteen lines that say all there is to know', async () => {
    const platform = await start()
    try {
      const lines = platform.printed().trim().split('\n')
      assert.ok(lines.length <= 15, `${lines.length} lines`)
      for (const words of ['Set up', 'Look round', 'Data', 'Memory', 'Off', 'Services']) {
        assert.ok(platform.printed().includes(words), `says ${words}`)
      }
      assert.equal((await ask(platform.origin, 'POST', '/api/v1/auth/register', { body: ACCOUNT })).status, 201)
    } finally {
      assert.equal(await platform.end('SIGTERM'), 0)
    }
  })

  test('a second start on the same data refuses with one sentence, and the first goes on', async () => {
    const first = await start()
    try {
      const second = await runCommand(['start'], { SALUS_DATA: folder, PORT: '0' })
      assert.notEqual(second.code, 0)
      assert.equal(second.output.trim().split('\n').length, 1, second.output)
      assert.match(second.output, /already|in use|another/i)
      assert.equal((await ask(first.origin, 'GET', '/ready')).status, 200)
    } finally {
      assert.equal(await first.end('SIGINT'), 0)
    }
  })

  test('after kill -9 the next start has all that was acknowledged', async () => {
    const killed = await start()
    const { body } = await ask(killed.origin, 'POST', '/api/v1/auth/login', { body: SIGN_IN })
    const token = body.access_token as string
    const { userid } = (await ask(killed.origin, 'POST', '/api/v1/wellness/users', { body: {}, token })).body
    const score = { userid, wellness_score: 7 }
    assert.equal(
      (await ask(killed.origin, 'POST', '/api/v1/wellness/wellness-metrics', { body: score, token })).status,
      201,
    )
    assert.equal(await killed.end('SIGKILL'), 'SIGKILL')
    const again = await start()
    try {
      const list = await ask(again.origin, 'GET', `/api/v1/wellness/users/${userid}/wellness-metrics`, { token })
      assert.equal(list.body.total_count, 1)
    } finally {
      assert.equal(await again.end('SIGTERM'), 0)
    }
  })

  test('a request that runs when the stop comes still gets its answer', async () => {
    const platform = await start()
    const body = JSON.stringify({ ...ACCOUNT, email: 'drain@example.test' })
    const half = Math.floor(body.length / 2)
    const running = request(`${platform.origin}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
    })
    const answered = new Promise<IncomingMessage>((resolve, reject) =>
      running.on('response', resolve).on('error', reject),
    )
    running.write(body.slice(0, half))
    await until(
      () => ask(platform.origin, 'GET', '/health'),
      (answer) => answer.status === 200,
      'the half request was read',
    )
    const ended = platform.end('SIGTERM')
    await until(
      () => ask(platform.origin, 'GET', '/health'),
      (answer) => answer.status === 0,
      'new connections are refused',
    )
    running.end(body.slice(half))
    const answer = await answered
    answer.resume()
    assert.equal(answer.statusCode, 201)
    assert.equal(answer.headers.connection, 'close')
    assert.equal(await ended, 0)
  })

  test('doctor says where each setting comes from, and finds a wrong one', async () => {
    const fine = await runCommand(['doctor'], { SALUS_DATA: folder, SECRET_KEY: 'x'.repeat(40) })
    assert.equal(fine.code, 0, fine.output)
    assert.match(fine.output, /PORT .*8000/)
    assert.ok(!fine.output.includes('xxxxx'), 'secrets stay secret')
    const wrong = await runCommand(['doctor'], { SALUS_DATA: folder, PORT: 'many' })
    assert.equal(wrong.code, 1)
    assert.match(wrong.output, /PORT must be a number/)
  })

  test('production refuses a weak secret', async () => {
    const answer = await runCommand(['start'], { SALUS_DATA: folder, ENVIRONMENT: 'production', SECRET_KEY: 'secret' })
    assert.equal(answer.code, 1)
    assert.match(answer.output, /SECRET_KEY is weak/)
  })
})

describe('the split platform in processes of their own', () => {
  let folder = ''
  let platform: PlatformProcess

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'salus-split-'))
    platform = await startPlatform(['--split'], { SALUS_DATA: folder, SPLIT_FIRST_PORT: '18101' })
  })
  after(async () => {
    await platform?.end('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  })

  test('a dead service answers 503 at once, others go on, and it comes back by itself', async () => {
    const { origin } = platform
    assert.equal((await ask(origin, 'POST', '/api/v1/auth/register', { body: ACCOUNT })).status, 201)
    const { body } = await ask(origin, 'POST', '/api/v1/auth/login', { body: SIGN_IN })
    const token = body.access_token as string
    const list = () => ask(origin, 'GET', '/api/v1/wellness/users', { token })
    assert.equal((await list()).status, 200)
    const pid = await pidOn(platform, 'wellness')
    process.kill(pid, 'SIGKILL')
    const down = await until(list, (answer) => answer.status !== 200, 'wellness is down')
    assert.equal(down.status, 503)
    assert.equal((await ask(origin, 'GET', '/api/me', { token })).status, 200)
    assert.equal((await until(list, (answer) => answer.status === 200, 'wellness is back')).status, 200)
  })

  test('SIGTERM ends the door with 0 and leaves no service behind', async () => {
    const pid = await pidOn(platform, 'auth')
    assert.equal(await platform.end('SIGTERM'), 0)
    assert.throws(() => process.kill(pid, 0))
  })
})

/** The process of a service, as the operator finds it: the one that runs with its name in SERVICES below the door. */
async function pidOn(platform: PlatformProcess, service: string): Promise<number> {
  const { readdirSync, readFileSync } = await import('node:fs')
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const isChild =
        readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(platform.child.pid)
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      if (isChild && environment.includes(`SERVICES=${service}`)) return Number(pid)
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error(`no process runs ${service}`)
}
