import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../src/testing.ts'

/** Every table of every schema that is ours, with each row as one text. */
const TABLES = `select schemaname || '.' || tablename as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') order by 1`

describe('a person who leaves', () => {
  let platform: TestPlatform
  let leaver: TestPerson
  let child = ''

  before(async () => {
    platform = await openTestPlatform()
    leaver = await platform.person('leaver')
    await platform.person('stayer')
  })
  after(() => platform.close())

  async function tracesOf(needle: string): Promise<string[]> {
    const found: string[] = []
    for (const { name } of await platform.rows(TABLES)) {
      const rows = await platform.rows(`select t::text as row from ${name} t where t::text like $1`, [`%${needle}%`])
      if (rows.length > 0) found.push(`${name}: ${String(rows[0]?.row).slice(0, 200)}`)
    }
    return found
  }

  test('lives in many tables first', async () => {
    const made = await leaver.post('/api/v1/profiles', { display_name: 'Keptchild', relationship: 'child' })
    assert.equal(made.status, 201, made.text)
    child = made.body.id
    for (const personId of [leaver.accountId, child]) {
      const record = await leaver.request('POST', `/api/v1/wellness/users?profile_id=${personId}`, { body: {} })
      const { userid } = record.body
      const score = { userid, wellness_score: 6 }
      const put = await leaver.request('POST', `/api/v1/wellness/wellness-metrics?profile_id=${personId}`, {
        body: score,
        headers: { 'idempotency-key': `erasure-${personId}` },
      })
      assert.equal(put.status, 201, put.text)
    }
    await platform.settle()
    assert.ok((await tracesOf(leaver.accountId)).length > 5)
    assert.ok((await tracesOf(child)).length > 2)
  })

  test('leaves no trace of themselves or of the people only they kept, in any table', async () => {
    const refused = await leaver.request('DELETE', '/api/v1/auth/me', { body: { password: 'wrong-Passw0rd' } })
    assert.ok(refused.status === 401 || refused.status === 403, refused.text)
    const gone = await leaver.request('DELETE', '/api/v1/auth/me', { body: { password: leaver.password } })
    assert.ok(gone.status === 200 || gone.status === 204, gone.text)
    await platform.settle()
    platform.clock.advance({ days: 40 })
    await platform.settle()
    assert.equal((await leaver.get('/api/v1/auth/me')).status, 401)
    const left = [...(await tracesOf(leaver.accountId)), ...(await tracesOf(child)), ...(await tracesOf(leaver.email))]
    // The announcement of leaving holds nothing but the id, and goes when all have long heard it.
    assert.deepEqual(
      left.filter((trace) => !/^kernel\.(outbox|inbox)/.test(trace)),
      [],
    )
    assert.ok((await tracesOf('Keptchild')).length === 0)
  })
})
