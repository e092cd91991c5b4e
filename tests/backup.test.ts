import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ask, runCommand, startPlatform, until } from './platformProcess.ts'

const PASSPHRASE = 'a passphrase for tests'
const ANA = { email: 'ana.backup@example.test', password: 'Passw0rd-ana', full_name: 'Ana Backupper' }

interface DeskResult {
  readonly kind: string
  readonly found: { readonly tables: number } | null
  readonly fault: string | null
}

describe('a backup', () => {
  let folder = ''
  let token = ''
  const file = () => path.join(folder, 'whole.backup')
  const at = (name: string) => ({ SALUS_DATA: path.join(folder, name), SALUS_BACKUP_PASSPHRASE: PASSPHRASE })
  let worked: { refusals: readonly number[]; results: readonly DeskResult[] } | undefined

  /** Writes, checks and practises through the public door, one after another. */
  const workFromTheDesk = async (origin: string, operator: string) => {
    const base = '/api/v1/operations/backups'
    const post = (url: string) => ask(origin, 'POST', url, { token: operator, body: {} })
    const state = () => ask(origin, 'GET', base, { token: operator })
    const refusals = [(await post(`${base}/nothing.backup/check`)).status]
    const { body } = await post(base)
    refusals.push((await post(base)).status)
    await until(state, (answer) => answer.body.running === null, 'the backup ends')
    for (const work of ['check', 'drill']) {
      assert.equal((await post(`${base}/${body.name}/${work}`)).status, 202)
      await until(state, (answer) => answer.body.running === null, `the ${work} ends`)
    }
    return { refusals, results: (await state()).body.results }
  }
  const restored = (backup: string, name: string, environment = {}) =>
    runCommand(['restore', backup], { ...at(name), ...environment })

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'salus-backup-'))
    const made = await runCommand(['init', '--email', 'operator@example.test'], at('first'))
    const password = /[Pp]assword\S*\s+(\S+)/.exec(made.output)?.[1]
    assert.ok(password !== undefined, made.output)
    const platform = await startPlatform([], at('first'))
    try {
      const { body } = await ask(platform.origin, 'POST', '/api/v1/auth/register', { body: ANA })
      token = body.access_token
      const score = { metric_type: 'weight', value: 71.5, unit: 'kg' }
      const made = await ask(platform.origin, 'POST', '/api/v1/metrics', { token, body: score })
      assert.equal(made.status, 201, JSON.stringify(made.body))
      // Beside the running platform: nobody has to stop for a backup.
      const done = await runCommand(['backup', file()], at('first'))
      assert.equal(done.code, 0, done.output)
      assert.match(done.output, /A whole backup of .*: \d+ tables/)
      const login = { email: 'operator@example.test', password }
      const operator = (await ask(platform.origin, 'POST', '/api/v1/auth/login', { body: login })).body.access_token
      worked = await workFromTheDesk(platform.origin, operator)
    } finally {
      await platform.end('SIGTERM')
    }
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('is written, checked and practised by whoever runs the platform, one at a time, from the desk', () => {
    assert.deepEqual(worked?.refusals, [404, 409])
    assert.deepEqual(
      worked?.results.map(({ kind, fault }) => [kind, fault]),
      [
        ['drill', null],
        ['check', null],
        ['backup', null],
      ],
    )
    assert.equal(new Set(worked?.results.map(({ found }) => found?.tables)).size, 1, 'all that was written came back')
  })

  test('brought back into an empty folder, everything is there: sessions, passwords, rows, the audit', async () => {
    const back = await restored(file(), 'second')
    assert.equal(back.code, 0, back.output)
    const platform = await startPlatform([], at('second'))
    try {
      const { email, password } = ANA
      const login = await ask(platform.origin, 'POST', '/api/v1/auth/login', { body: { email, password } })
      assert.equal(login.status, 200)
      const metrics = await ask(platform.origin, 'GET', '/api/v1/metrics', { token })
      assert.equal(metrics.status, 200, 'the key of the tokens came along')
      assert.deepEqual(
        metrics.body.items.map((one: { value: number }) => one.value),
        [71.5],
      )
      const score = { metric_type: 'weight', value: 72, unit: 'kg' }
      const next = await ask(platform.origin, 'POST', '/api/v1/metrics', { token, body: score })
      assert.equal(next.status, 201, 'sequences go on where they stood')
    } finally {
      await platform.end('SIGTERM')
    }
    const audit = await runCommand(['audit', 'verify'], at('second'))
    assert.equal(audit.code, 0, audit.output)
    assert.equal((await restored(file(), 'second')).code, 1, 'what is there already is never written over')
  })

  test('is noise without its passphrase, and says when it was cut or changed', async () => {
    const bytes = readFileSync(file())
    assert.equal(bytes.includes('ana.backup'), false)
    const wrong = await restored(file(), 'third', { SALUS_BACKUP_PASSPHRASE: 'another passphrase' })
    assert.match(wrong.output, /passphrase is wrong/)
    const damage: readonly (readonly [string, Buffer])[] = [
      ['cut', bytes.subarray(0, Math.floor(bytes.length * 0.7))],
      ['changed', Buffer.concat([bytes.subarray(0, 90_000), Buffer.from('x'), bytes.subarray(90_001)])],
      ['no backup', Buffer.from('hello')],
    ]
    for (const [name, content] of damage) {
      const damaged = path.join(folder, 'damaged.backup')
      writeFileSync(damaged, content)
      assert.equal((await runCommand(['backup', '--check', damaged], at('first'))).code, 1, name)
      assert.equal((await restored(damaged, 'third')).code, 1, name)
    }
    assert.equal((await restored(file(), 'third')).code, 0, 'what failed left nothing in the way')
  })

  test('is not written open unless that is said', async () => {
    const refused = await runCommand(['backup', path.join(folder, 'x.backup')], {
      SALUS_DATA: path.join(folder, 'first'),
    })
    assert.equal(refused.code, 2)
    const plain = path.join(folder, 'plain.backup')
    assert.equal((await runCommand(['backup', plain, '--plain'], at('first'))).code, 0)
    assert.equal((await runCommand(['backup', '--check', plain], at('first'))).code, 0)
    assert.equal((await runCommand(['restore'], at('first'))).code, 2)
  })
})
