import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { ask, type PlatformProcess, runCommand, startPlatform, until } from './platformProcess.ts'

describe('the audit and the keys, as an operator sees them', () => {
  let folder = ''
  let platform: PlatformProcess
  let client: pg.Client

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'salus-audit-'))
    platform = await startPlatform([], { SALUS_DATA: folder })
    const { databaseUrl } = JSON.parse(readFileSync(path.join(folder, 'running.json'), 'utf8'))
    client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
  })
  after(async () => {
    await client.end()
    await platform.end('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  })

  const run = (...args: string[]) => runCommand(args, { SALUS_DATA: folder })

  test('an audit without rows is whole and has no checkpoint; a wrong use is explained', async () => {
    assert.equal((await run('audit', 'verify')).code, 0)
    assert.equal((await run('audit', 'checkpoint')).code, 1)
    for (const wrong of [['audit'], ['audit', 'repair'], ['keys', 'remove']]) {
      const { code, output } = await run(...wrong)
      assert.equal(code, 2)
      assert.match(output, /Usage/)
    }
  })

  test('refusals of a running platform are rows under a signed checkpoint, and any change is found', async () => {
    const account = { email: 'nosy@example.test', password: 'Passw0rd-nosy' }
    await ask(platform.origin, 'POST', '/api/v1/auth/register', { body: { ...account, full_name: 'Nosy' } })
    const { body } = await ask(platform.origin, 'POST', '/api/v1/auth/login', { body: account })
    const other = '0197c000-0000-7000-8000-00000000000f'
    for (let index = 0; index < 5; index += 1) {
      const url = `/api/v1/privacy/summary?profile_id=${other}`
      const refused = await ask(platform.origin, 'GET', url, { token: body.access_token })
      assert.equal(refused.status, 404, JSON.stringify(refused.body))
    }
    const count = async () => (await client.query('select count(*)::int as rows from kernel.audit_leaf')).rows[0].rows
    await until(count, (rows) => rows >= 5, 'five rows')
    const whole = await run('audit', 'verify')
    assert.equal(whole.code, 0, whole.output)
    const checkpoint = await run('audit', 'checkpoint')
    const file = path.join(folder, 'kept.jsonl')
    writeFileSync(file, checkpoint.output)
    assert.equal((await run('audit', 'verify', '--against', file)).code, 0)
    const { rows } = await client.query(
      "update kernel.audit set outcome = 'allowed' where id = (select id from kernel.audit limit 1) returning id",
    )
    const altered = await run('audit', 'verify')
    assert.equal(altered.code, 1)
    assert.match(altered.output, new RegExp(`ALTERED +row \\d+, ${rows[0].id}: what was done was altered`))
    await client.query("update kernel.audit set outcome = 'refused' where id = $1", [rows[0].id])
    await client.query('begin')
    await client.query('alter table kernel.audit_leaf disable trigger user')
    await client.query('truncate kernel.audit, kernel.audit_leaf, kernel.audit_checkpoint')
    await client.query('alter table kernel.audit_leaf enable trigger user')
    await client.query('commit')
    assert.equal((await run('audit', 'verify')).code, 0, 'who has the database and all of it can begin anew')
    const lost = await run('audit', 'verify', '--against', file)
    assert.equal(lost.code, 1, 'but not past a checkpoint that was kept elsewhere')
    assert.match(lost.output, /DROPPED/)
  })

  test('the master key changes beside a running platform, and is nobody else’s to read', async () => {
    const before = await run('keys')
    assert.equal(before.code, 0, before.output)
    const current = /current +([0-9a-f]{16})/.exec(before.output)?.[1] as string
    const rotated = await run('keys', 'rotate')
    assert.equal(rotated.code, 0, rotated.output)
    assert.match(rotated.output, new RegExp(`other +${current}`))
    assert.notEqual(/current +([0-9a-f]{16})/.exec(rotated.output)?.[1], current)
    assert.equal(statSync(path.join(folder, 'keys', 'master.key')).mode & 0o077, 0)
    const fixed = await runCommand(['keys', 'rotate'], { SALUS_DATA: folder, SALUS_MASTER_KEY: 'x'.repeat(40) })
    assert.equal(fixed.code, 2)
    assert.match(fixed.output, /SALUS_OTHER_MASTER_KEYS/)
  })
})
