import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
const idsOf = (answer: TestAnswer): string[] => {
  assert.equal(answer.status, 200, answer.text)
  return (answer.body.entry ?? []).map((one: { resource: { id: string } }) => one.resource.id)
}

describe('fhir: who sees what other services hold', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let heartRate = ''

  const write = async (person: TestPerson, path: string, resource: object) => {
    const done = await person.request('PUT', `/fhir/${path}`, { headers: HEADERS, raw: JSON.stringify(resource) })
    assert.equal(done.status, 201, done.text)
  }
  const grantee = async (name: string, categories: readonly string[], action = 'read') => {
    const person = await platform.person(name)
    for (const category of categories) {
      await platform.rows(
        `select kernel.write_access_right($1, $2, $3, $4, '2100-01-01', 'grant', gen_random_uuid())`,
        [person.accountId, ana.accountId, category, action],
      )
    }
    const get = (path: string) =>
      person.get(`/fhir/${path}${path.includes('?') ? '&' : '?'}profile_id=${ana.accountId}`)
    return { person, get }
  }

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    await ana.post('/api/v1/profile', { first_name: 'Ana', last_name: 'Silva' })
    const metric = { metric_type: 'heart_rate', value: 61, unit: 'bpm', timestamp: '2026-01-01T08:00:00Z' }
    heartRate = (await ana.post('/api/v1/metrics', metric)).body.id
    await ana.post('/api/v1/symptoms', { symptom_name: 'Headache', symptom_category: 'pain', severity_level: 4 })
    await write(ana, 'Condition/c', {
      resourceType: 'Condition',
      id: 'c',
      subject: { reference: `Patient/${ana.accountId}` },
    })
    await write(ana, 'Observation/stored', {
      resourceType: 'Observation',
      id: 'stored',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      hasMember: [{ reference: `Observation/${heartRate}` }],
    })
  })
  after(() => platform.close())

  test('a right to vitals shows vitals, and says nothing of any other resource', async () => {
    const { get } = await grantee('ben', ['vitals'])
    assert.deepEqual(idsOf(await get('Observation')), [heartRate])
    assert.equal((await get('Observation?_total=accurate&_count=1')).body.total, 1)
    assert.equal((await get('Observation?_summary=count')).body.total, 1)
    assert.equal((await get('Condition?_summary=count')).body.total, 0)
    assert.equal((await get('Condition/c')).status, 404)
    assert.equal((await get('Condition/c/_history')).status, 404)
    assert.equal((await get('Observation/stored')).status, 404)
    assert.deepEqual(idsOf(await get('_history')), [heartRate])
    assert.deepEqual(idsOf(await get('Condition/_history')), [])
    assert.equal((await get(`Patient/${ana.accountId}`)).status, 404)
    assert.deepEqual(idsOf(await get('Observation?subject:Patient.family=Silva')), [])
    assert.deepEqual(idsOf(await get('Observation?_include=Observation:subject')), [heartRate])
    assert.deepEqual(idsOf(await get('Observation?_revinclude=Observation:has-member')), [heartRate])
    assert.deepEqual(idsOf(await get('Observation?_has:Observation:has-member:code=8867-4')), [])
    assert.equal((await get(`Patient/${ana.accountId}/$everything`)).status, 404)
  })

  test('a right to the health records shows those that are stored, and none that another category guards', async () => {
    const { person, get } = await grantee('cleo', ['health_records'])
    assert.deepEqual(idsOf(await get('Observation')), ['stored'])
    assert.deepEqual(idsOf(await get('Condition')), ['c'])
    assert.deepEqual(idsOf(await get('_history')).sort(), ['c', 'stored'])
    assert.equal((await get(`Observation/${heartRate}`)).status, 404)
    assert.deepEqual(idsOf(await get('Observation?has-member.code=8867-4')), [])
    assert.deepEqual(idsOf(await get('Observation?_include=Observation:has-member')), ['stored'])
    await platform.settle()
    const refused = await platform.rows(
      `select operation from kernel.audit where account_id = $1 and outcome = 'refused'`,
      [person.accountId],
    )
    assert.deepEqual(refused, [], 'nobody is said to have asked for what they did not')
  })

  test('a right to what tests found, or to the whole record, shows what a laboratory found, and the first nothing else', async () => {
    const kit = await platform.person('kit')
    const subject = { reference: `Patient/${kit.accountId}` }
    const category = [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
    ]
    const lab = (
      await kit.post('/api/v1/lab-results', {
        test_name: 'Sodium',
        value: 140,
        unit: 'mmol/L',
        test_date: '2026-01-01T08:00:00Z',
      })
    ).body.id
    await write(kit, 'Observation/written', {
      resourceType: 'Observation',
      id: 'written',
      status: 'final',
      category,
      subject,
      code: { text: 'Potassium' },
      valueQuantity: { value: 4.1, unit: 'mmol/L' },
      effectiveDateTime: '2026-01-02T08:00:00Z',
    })
    await write(kit, 'Observation/odd', {
      resourceType: 'Observation',
      id: 'odd',
      status: 'final',
      category,
      code: { text: '?' },
    })
    const coding = [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }]
    await write(kit, 'DiagnosticReport/panel', {
      resourceType: 'DiagnosticReport',
      id: 'panel',
      status: 'final',
      category: [{ coding }],
      code: { text: 'Salts' },
      result: [{ reference: `Observation/${lab}` }],
    })
    await write(kit, 'Condition/other', { resourceType: 'Condition', id: 'other', subject })
    for (const [opened, seen] of [
      ['diagnostics', []],
      ['health_records', ['other']],
    ] as const) {
      const reader = await platform.person(`reader-${seen.length}`)
      await platform.rows(
        `select kernel.write_access_right($1, $2, $3, 'read', '2100-01-01', 'grant', gen_random_uuid())`,
        [reader.accountId, kit.accountId, opened],
      )
      const get = (path: string) => reader.get(`/fhir/${path}?profile_id=${kit.accountId}`)
      assert.deepEqual(idsOf(await get('Observation')).sort(), [lab, 'odd', 'written'].sort(), opened)
      assert.deepEqual(idsOf(await get('DiagnosticReport')), ['panel'], opened)
      assert.deepEqual(idsOf(await get('Condition')), seen, opened)
      assert.equal((await reader.get(`/api/v1/lab-results?profile_id=${kit.accountId}`)).body.total, 2, opened)
    }
  })

  test('several rights show what each of them opens; none at all is 404 for the whole record', async () => {
    const { get } = await grantee('dora', ['vitals', 'personal_info'])
    assert.deepEqual(idsOf(await get('Observation?subject:Patient.family=Silva')), [heartRate])
    assert.deepEqual(idsOf(await get('Patient')), [ana.accountId])
    const nobody = await grantee('eva', ['nutrition'])
    assert.equal((await nobody.get('Observation')).status, 404)
  })

  test('a right to read writes nothing, and a right to write one category writes no other', async () => {
    const { person } = await grantee('finn', ['vitals'])
    const path = `/fhir/Observation/${heartRate}?profile_id=${ana.accountId}`
    assert.equal((await person.request('DELETE', path)).status, 404)
    const writer = await grantee('gil', ['health_records'], 'write')
    const own = await writer.person.request('DELETE', path)
    assert.equal(own.status, 204)
    assert.equal((await ana.get(`/fhir/Observation/${heartRate}`)).status, 200)
    const vitals = await grantee('hana', ['vitals'], 'write')
    const condition = { resourceType: 'Condition', subject: { reference: `Patient/${ana.accountId}` } }
    const refused = await vitals.person.request('POST', `/fhir/Condition?profile_id=${ana.accountId}`, {
      headers: HEADERS,
      raw: JSON.stringify(condition),
    })
    assert.equal(refused.status, 403, refused.text)
    assert.equal((await vitals.person.request('DELETE', path)).status, 204)
    assert.equal((await ana.get(`/fhir/Observation/${heartRate}`)).status, 410)
  })

  test('an export holds no content of other services twice; erasure leaves no row of the index', async () => {
    const metric = { metric_type: 'heart_rate', value: 62, unit: 'bpm', timestamp: '2026-01-02T08:00:00Z' }
    const { id } = (await ana.post('/api/v1/metrics', metric)).body
    await platform.settle()
    assert.equal((await ana.get(`/fhir/Observation/${id}`)).status, 200)
    const { resources = [] } = (await platform.exportAll(ana.accountId)).fhir ?? {}
    assert.deepEqual(resources.map((one) => (one as { id: string }).id).sort(), ['c', 'stored'])
    await platform.erase(ana.accountId)
    await platform.settle()
    for (const table of ['resource', 'history', 'date_value', 'projection_change', 'projection_state', 'handover']) {
      const rows = await platform.rows(`select 1 from fhir.${table} where user_id = $1`, [ana.accountId])
      assert.equal(rows.length, 0, table)
    }
  })

  test('an upgrade takes laboratory results over: what is held, its versions, what is under way, and what no service owns', async () => {
    const old = await platform.person('old')
    const id = old.accountId
    const lab = { category: [{ coding: [{ code: 'laboratory' }] }] }
    const stored: Readonly<Record<string, readonly [type: string, content: object]>> = {
      own: ['Observation', { ...lab, code: { text: 'Sodium' }, status: 'final' }],
      report: ['DiagnosticReport', { category: [{ coding: [{ code: 'GE' }] }, { coding: [{ code: 'LAB' }] }] }],
      pulse: ['Observation', { category: [{ coding: [{ code: 'vital-signs' }] }] }],
      odd: ['Observation', { category: 'laboratory' }],
      wordless: ['Observation', { category: [{ text: 'laboratory' }] }],
    }
    const insert = async (type: string, one: string, owner: string | null, content: string) => {
      await platform.rows(
        `insert into fhir.resource (user_id, type, id, version, created_at, updated_at, is_deleted, content, keys, patients,
           category, owner, owner_id) values ($1, $2, $3, 1, now(), now(), false, $4, '{}', '{}', 'health_records', $5, $6)`,
        [id, type, one, content, owner, owner && one],
      )
      await platform.rows(
        `insert into fhir.history (user_id, type, id, version, updated_at, method, content, category)
           values ($1, $2, $3, 1, now(), 'PUT', $4, 'health_records')`,
        [id, type, one, content],
      )
    }
    const records = 'medical-records.records'
    for (const [type, one] of [
      ['Observation', 'held'],
      ['Condition', 'condition'],
    ] as const) {
      await insert(type, one, records, '')
      const row = [id, records, type, one]
      await platform.rows(
        `insert into fhir.projection_change (user_id, owner, type, id, announced_at) values ($1, $2, $3, $4, now())`,
        row,
      )
      await platform.rows(
        `insert into fhir.handover (user_id, owner, type, id, method, content, created_at)
           values ($1, $2, $3, $4, 'WRITE', '{}', now())`,
        row,
      )
    }
    for (const [one, [type, content]] of Object.entries(stored)) {
      await insert(type, one, null, JSON.stringify({ resourceType: type, id: one, ...content }))
    }
    await platform.rows(
      `insert into fhir.projection_state (user_id, owner, cursor, done_at, round) values ($1, $2, 'end', '2026-01-01', 3)`,
      [id, records],
    )
    const step = readFileSync(new URL('migrations/0013_laboratory.sql', import.meta.url), 'utf8')
    const read = async (columns: string, table: string) => {
      const rows = await platform.rows(`select ${columns} from fhir.${table} where user_id = $1 order by 1, 2`, [id])
      return rows.map((row) => Object.values(row).map((value) => value ?? null))
    }
    const labs = 'medical-records.labs'
    for (const _time of ['once', 'again']) {
      await platform.rows(step)
      assert.deepEqual(await read('id, owner, category', 'resource'), [
        ['condition', records, 'health_records'],
        ['held', labs, 'diagnostics'],
        ['odd', null, 'health_records'],
        ['own', null, 'diagnostics'],
        ['pulse', null, 'health_records'],
        ['report', null, 'diagnostics'],
        ['wordless', null, 'health_records'],
      ])
      assert.deepEqual(
        (await read('id, category', 'history')).filter(([, category]) => category === 'diagnostics'),
        [
          ['held', 'diagnostics'],
          ['own', 'diagnostics'],
          ['report', 'diagnostics'],
        ],
      )
      for (const table of ['projection_change', 'handover']) {
        assert.deepEqual(await read('id, owner', table), [
          ['condition', records],
          ['held', labs],
        ])
      }
      assert.deepEqual(await read(`owner, cursor, done_at = '2026-01-01', round`, 'projection_state'), [
        [labs, null, true, 3],
        [records, 'end', true, 3],
      ])
    }
    for (const table of ['projection_change', 'handover']) {
      await platform.rows(`delete from fhir.${table} where user_id = $1`, [id])
    }
    const look = async (category: string, path: string) => {
      const viewer = await platform.person(category)
      await platform.rows(
        `select kernel.write_access_right($1, $2, $3, 'read', '2100-01-01', 'grant', gen_random_uuid())`,
        [viewer.accountId, id, category],
      )
      return (await viewer.get(`/fhir/${path}?profile_id=${id}`)).status
    }
    assert.equal(await look('diagnostics', 'Observation/own'), 200)
    assert.equal(await look('vitals', 'Observation/own'), 404)
  })
})
