import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ask, runCommand, startPlatform } from './platformProcess.ts'

describe('commands of the operator', () => {
  let folder = ''

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'salus-commands-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const run = (...args: string[]) => runCommand(args, { SALUS_DATA: folder })

  test('migrate brings an empty database up to date, and a second time finds nothing to do', async () => {
    const first = await run('migrate')
    assert.equal(first.code, 0, first.output)
    assert.match(first.output, /kernel\/0001_frame/)
    assert.match((await run('migrate')).output, /up to date/)
  })

  test('the set-up link makes the first administrator, once', async () => {
    const platform = await startPlatform([], { SALUS_DATA: folder })
    try {
      const link = /Set up +http:\/\/localhost:\d+(\S+)/.exec(platform.printed())?.[1] as string
      const form = new URLSearchParams({
        token: new URLSearchParams(link.split('?')[1]).get('token') as string,
        email: 'first@example.test',
        password: 'First-Adm1n',
        repeated: 'First-Adm1n',
      })
      const submit = () => fetch(`${platform.origin}${link.split('?')[0]}`, { method: 'POST', body: form })
      assert.equal((await fetch(`${platform.origin}${link}`)).status, 200)
      assert.equal((await submit()).ok, true)
      assert.equal((await submit()).ok, false)
      const { body } = await ask(platform.origin, 'POST', '/api/v1/auth/login', {
        body: { email: 'first@example.test', password: 'First-Adm1n' },
      })
      const users = await ask(platform.origin, 'GET', '/api/v1/auth/users', { token: body.access_token })
      assert.equal(users.status, 200)
    } finally {
      await platform.end('SIGTERM')
    }
    const again = await startPlatform([], { SALUS_DATA: folder })
    assert.ok(!again.printed().includes('Set up'), 'with an administrator there is no link')
    await again.end('SIGTERM')
  })

  test('init makes an administrator whose generated password works, beside a running platform too', async () => {
    const platform = await startPlatform([], { SALUS_DATA: folder })
    try {
      const made = await run('init', '--email', 'second@example.test')
      assert.equal(made.code, 0, made.output)
      const password = /Password +(\S+)/.exec(made.output)?.[1]
      const login = await ask(platform.origin, 'POST', '/api/v1/auth/login', {
        body: { email: 'second@example.test', password },
      })
      assert.equal(login.status, 200)
      assert.ok(login.body.user.roles.includes('administrator'))
      assert.equal((await run('init')).code, 2)
    } finally {
      await platform.end('SIGTERM')
    }
  })

  test('the demo household is the same every time, is exported whole, and goes with a receipt', async () => {
    const platform = await startPlatform([], { SALUS_DATA: folder })
    try {
      const first = await household(platform.origin, await run('demo'))
      const second = await household(platform.origin, await run('demo'))
      assert.ok(first.scores.length > 50)
      assert.deepEqual(second.scores, first.scores)
      assert.match(first.name, /\(demo\)/)
      const exported = await run('export', '--person', second.personId)
      assert.equal(JSON.parse(exported.output).services.wellness.scores.length, second.scores.length)
      const removed = await run('demo', '--remove')
      assert.match(removed.output, /Removed the demo household: \d+ rows/)
      assert.match(removed.output, /wellness\.score/)
      assert.notEqual((await ask(platform.origin, 'GET', '/api/me', { token: second.token })).status, 200)
      assert.match((await run('demo', '--remove')).output, /: 0 rows/)
    } finally {
      await platform.end('SIGTERM')
    }
  })

  test('the demo link makes the household by a form, and only with its token', async () => {
    const platform = await startPlatform([], { SALUS_DATA: folder })
    try {
      const link = /Look round +http:\/\/localhost:\d+(\S+)/.exec(platform.printed())?.[1] as string
      const seen = await fetch(`${platform.origin}${link}`)
      assert.equal(seen.status, 200)
      assert.match(await (await fetch(`${platform.origin}${link}`, { method: 'POST' })).text(), /asha@demo/)
      assert.equal((await fetch(`${platform.origin}/demo/something-else-x`, { method: 'POST' })).status, 404)
    } finally {
      await platform.end('SIGTERM')
    }
    assert.equal((await run('demo', '--remove')).code, 0)
  })

  test('erase needs a confirmation, and then gives a receipt', async () => {
    const someone = '01890000-0000-7000-8000-000000000000'
    assert.equal((await run('erase', '--person', someone)).code, 2)
    const erased = await run('erase', '--person', someone, '--confirm')
    assert.equal(erased.code, 0, erased.output)
    assert.equal(JSON.parse(erased.output).person_id, someone)
    assert.equal((await run('erase', '--person', 'nobody', '--confirm')).code, 2)
  })

  test('an unknown command says what there is', async () => {
    const answer = await run('fly')
    assert.equal(answer.code, 2)
    assert.match(answer.output, /doctor/)
  })
})

async function household(origin: string, made: { code: number | null; output: string }) {
  assert.equal(made.code, 0, made.output)
  const email = /Sign in as +(\S+)/.exec(made.output)?.[1]
  const password = /Password +(\S+)/.exec(made.output)?.[1]
  const { body } = await ask(origin, 'POST', '/api/v1/auth/login', { body: { email, password } })
  const token = body.access_token as string
  const [{ userid }] = (await ask(origin, 'GET', '/api/v1/wellness/users', { token })).body
  const list = await ask(origin, 'GET', `/api/v1/wellness/users/${userid}/wellness-metrics?limit=1000`, { token })
  const scores = list.body.metrics.map(({ time, wellness_score }: { time: string; wellness_score: number }) => [
    time,
    wellness_score,
  ])
  const profile = await ask(origin, 'GET', '/api/v1/profile', { token })
  return { token, personId: body.user.id as string, scores, name: JSON.stringify(profile.body) }
}
