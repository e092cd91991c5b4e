import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { unsealed } from '../src/kernel/backup/seal.ts'
import { backupBytes } from '../src/kernel/backup/write.ts'
import type { Log } from '../src/kernel/log.ts'
import { multipartOf } from '../src/services/medical-records/fixtures/documents.ts'
import { testFilesFolder } from '../src/testing/ports.ts'
import { openTestPlatform, type TestPerson, type TestPlatform, type TestRequest } from '../src/testing.ts'

/** Every table of every schema that is ours, with each row as one text. */
const TABLES = `select schemaname || '.' || tablename as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') order by 1`

const logged: string[] = []
const keep = (fields: object, message = '') => void logged.push(`${JSON.stringify(fields)} ${message}`)
const memoryLog: Log = { debug: keep, info: keep, warn: keep, error: keep }

/** Every file of the platform with its bytes. */
function filesOf(platform: TestPlatform): (readonly [string, Buffer])[] {
  const folder = testFilesFolder(platform.platformOf('auth').options.ports)
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [file, readFileSync(file)] as const)
}

/** A backup made now, unpacked. */
async function backupOf(platform: TestPlatform): Promise<string> {
  const { databaseUrl, ports } = platform.platformOf('auth').options
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const source = { client, dataFolder: testFilesFolder(ports), createdAt: platform.clock.now() }
    return await text(unsealed(backupBytes(source, 'plain'), undefined))
  } finally {
    await client.end()
  }
}

/** Something in every service that keeps anything: measured, felt, uploaded, shared, asked for. */
async function liveIn(leaver: TestPerson, child: string): Promise<void> {
  const asked = async (method: string, url: string, request: TestRequest) => {
    const answer = await leaver.request(method, url, request)
    assert.ok(answer.status < 300, `${url} ${answer.text.slice(0, 300)}`)
    return answer.body
  }
  const post = (url: string, body: object) => asked('POST', url, { body })
  for (const whose of ['', `?profile_id=${child}`]) {
    await post(`/api/v1/metrics${whose}`, { metric_type: 'weight', value: 40, unit: 'kg', notes: 'Keptchild' })
    await post(`/api/v1/vitals/blood-pressure${whose}`, { systolic: 190, diastolic: 124 })
    await post(`/api/v1/symptoms${whose}`, {
      symptom_name: 'Keptchild coughs',
      symptom_category: 'general',
      severity_level: 2,
    })
    await asked(
      'POST',
      `/api/v1/documents/upload${whose}`,
      multipartOf({ title: 'Keptchild' }, Buffer.from('of Keptchild')),
    )
    const lab = { test_name: 'Haemoglobin', value: 13, unit: 'g/dL', test_date: '2026-06-01', lab_name: 'Keptchild' }
    await post(`/api/v1/lab-results${whose}`, lab)
    await post(`/api/v1/medical-records/clinical/allergies${whose}`, { display: 'Keptchild' })
    const device = await post(`/api/v1/devices${whose}`, { name: 'Keptchild', device_type: 'smartwatch' })
    const point = {
      device_id: device.id,
      data_type: 'heart_rate',
      value: 70,
      unit: 'bpm',
      timestamp: '2026-06-15T10:00:00Z',
    }
    await post(`/api/v1/data/points${whose}`, point)
    const resource = { resourceType: 'Basic', code: { text: 'Keptchild' } }
    await asked('POST', `/fhir/Basic${whose}`, { body: resource, headers: { 'content-type': 'application/fhir+json' } })
  }
  await post('/api/v1/consent/grant', {
    data_category: 'emergency',
    purpose: 'emergency',
    granted_to: 'emergency_responder',
  })
  await post('/api/v1/emergency-card/link', {})
  await post('/api/v1/share', { categories: ['vitals'], expires_days: 7, label: 'Keptchild' })
  await post('/api/v1/shl', { categories: ['vitals'], expires_days: 7, label: 'Keptchild' })
  await post('/api/v1/auth/api-keys', { name: 'Keptchild' })
  await post('/api/v1/my-data/grievances', { subject: 'Keptchild', detail: 'Keptchild' })
}

describe('a person who leaves', () => {
  let platform: TestPlatform
  let leaver: TestPerson
  let child = ''

  before(async () => {
    platform = await openTestPlatform({ log: memoryLog })
    leaver = await platform.person('leaver')
    await platform.person('stayer')
  })
  after(() => platform.close())

  /** What may tell of a person: ids and names, in every table, every file, the log, and a backup made now. */
  async function everywhere(needles: readonly string[]): Promise<string[]> {
    const found: string[] = []
    for (const needle of needles) {
      found.push(...(await tracesOf(needle)))
      if (logged.some((line) => line.includes(needle))) found.push(`log: ${needle}`)
    }
    for (const [place, bytes] of [...filesOf(platform), ['backup', await backupOf(platform)] as const]) {
      for (const needle of needles)
        if (place.includes(needle) || bytes.includes(needle)) found.push(`${place}: ${needle}`)
    }
    return found
  }

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
    await liveIn(leaver, child)
    await platform.settle()
    assert.ok((await tracesOf(leaver.accountId)).length > 30, String((await tracesOf(leaver.accountId)).length))
    assert.ok((await tracesOf(child)).length > 2)
  })

  test('is named in the log by nothing, and in their files by nothing that can be read', async () => {
    const made = await leaver.post('/api/v1/my-data/exports', {})
    assert.equal(made.status, 202, made.text)
    await platform.settle()
    const files = filesOf(platform)
    assert.ok(files.length > 0)
    assert.deepEqual(
      (await everywhere([leaver.email, 'Keptchild'])).filter((one) => !/^(?:backup|[a-z_]+\.)/.test(one)),
      [],
    )
    assert.ok(
      (await everywhere([leaver.accountId])).includes(`backup: ${leaver.accountId}`),
      'the search finds what is there',
    )
  })

  test('leaves no trace, nor do the people only they kept, in any table, file, log, outbox or backup', async () => {
    const refused = await leaver.request('DELETE', '/api/v1/auth/me', { body: { password: 'wrong-Passw0rd' } })
    assert.ok(refused.status === 401 || refused.status === 403, refused.text)
    const gone = await leaver.request('DELETE', '/api/v1/auth/me', { body: { password: leaver.password } })
    assert.equal(gone.status, 200, gone.text)
    assert.equal((await leaver.get('/api/v1/auth/me')).status, 401)
    await platform.settle()
    platform.clock.advance({ days: 8 })
    await platform.settle()
    await platform.settle()
    assert.deepEqual(await everywhere([leaver.accountId, child, leaver.email, 'Keptchild']), [])
    assert.deepEqual(filesOf(platform), [])
  })

  test('leaves an audit that is whole', async () => {
    const staff = await platform.person('staff', { roles: ['administrator'] })
    const { status, body } = await staff.get('/api/v1/audit/verify')
    assert.equal(status, 200)
    assert.deepEqual([body.is_whole, body.fault_count], [true, 0])
    assert.ok(body.erased > 0 && body.rows > body.erased)
  })
})
