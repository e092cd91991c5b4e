import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { medicalRecords } from './contract.ts'
import { demo } from './demo.ts'

const BASE = '/api/v1/medical-records/clinical'

const EXAMPLES = {
  conditions: {
    display: 'Asthma',
    code: '195967001',
    code_system: 'http://snomed.info/sct',
    started_on: '2001-04',
    severity: 'mild',
    verification: 'confirmed',
  },
  allergies: {
    display: 'Penicillin',
    category: 'medication',
    criticality: 'high',
    reaction: 'Rash',
    severity: 'moderate',
  },
  immunizations: {
    display: 'Influenza',
    code: '140',
    code_system: 'cvx',
    started_on: '2025-10-02',
    lot_number: 'L7',
    dose_number: 1,
  },
  procedures: { display: 'Appendectomy', started_on: '1999', ended_on: '1999', performer: 'Dr Rao' },
  'family-history': { display: 'Heart attack', relationship: 'father', onset_age_years: 52, is_deceased: true },
  medications: { display: 'Metformin 500 mg', dosage: 'one in the morning', route: 'oral', started_on: '2024-01-05' },
} as const
const RESOURCE_TYPES = [
  'Condition',
  'AllergyIntolerance',
  'Immunization',
  'Procedure',
  'FamilyMemberHistory',
  'MedicationStatement',
]

describe('medical-records: clinical entries by hand', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ben = await platform.person('ben')
  })
  after(() => platform.close())
  beforeEach(async () => {
    ana = await platform.person('ana')
  })

  for (const [index, [kind, body]] of Object.entries(EXAMPLES).entries()) {
    test(`${kind} are written, read, changed, listed, shown as ${RESOURCE_TYPES[index]} and deleted`, async () => {
      const made = await ana.post(`${BASE}/${kind}`, body)
      assert.equal(made.status, 201, made.text)
      const { id } = made.body
      assert.deepEqual(
        [made.body.kind, made.body.display, made.body.version, made.body.source],
        [kind, body.display, 1, 'manual'],
      )
      assert.deepEqual((await ana.get(`${BASE}/${kind}/${id}`)).body, made.body)
      const { items } = await platform.call(
        medicalRecords.operations.recordsFhirResources,
        { ids: [id] },
        ana.accountId,
      )
      assert.equal(items[0]?.type, RESOURCE_TYPES[index])
      const changed = await ana.put(`${BASE}/${kind}/${id}`, { notes: 'told by my mother', version: 1 })
      assert.deepEqual(
        [changed.status, changed.body.notes, changed.body.version],
        [200, 'told by my mother', 2],
        changed.text,
      )
      assert.equal((await ana.put(`${BASE}/${kind}/${id}`, { notes: 'x', version: 1 })).status, 412)
      const page = (await ana.get(`${BASE}/${kind}`)).body
      assert.deepEqual([page.total, page.items[0].id, page.pages], [1, id, 1])
      assert.equal(
        (await ana.request('DELETE', `${BASE}/${kind}/${id}`, { headers: { 'if-match': 'W/"1"' } })).status,
        412,
      )
      assert.equal((await ana.delete(`${BASE}/${kind}/${id}`)).status, 204)
      assert.equal((await ana.get(`${BASE}/${kind}/${id}`)).status, 404)
    })
  }

  for (const [why, kind, body] of [
    ['a status of another kind', 'allergies', { display: 'Nuts', status: 'completed' }],
    ['a field of another kind', 'conditions', { display: 'Asthma', lot_number: 'L7' }],
    ['a code without its system', 'conditions', { display: 'Asthma', code: '1' }],
    ['no name', 'conditions', {}],
    ['a name of spaces', 'conditions', { display: '   ' }],
    ['a month that does not exist', 'conditions', { display: 'Asthma', started_on: '2001-13' }],
    ['a beginning ahead', 'conditions', { display: 'Asthma', started_on: '2031' }],
    ['an end before the beginning', 'conditions', { display: 'Asthma', started_on: '2020', ended_on: '2019-12' }],
    ['no date of a vaccination', 'immunizations', { display: 'Influenza' }],
    ['no relation', 'family-history', { display: 'Stroke' }],
    ['an impossible age', 'family-history', { display: 'Stroke', relationship: 'mother', onset_age_years: 200 }],
    ['an unknown kind', 'moods', { display: 'Good' }],
  ] as const) {
    test(`${why} is refused with 422`, async () => {
      assert.equal((await ana.post(`${BASE}/${kind}`, body)).status, 422)
    })
  }

  test("another person's entry is not found, and nobody unknown gets in", async () => {
    const { id } = (await ana.post(`${BASE}/conditions`, { display: 'Asthma' })).body
    assert.equal((await ben.get(`${BASE}/conditions/${id}`)).status, 404)
    assert.equal((await ben.put(`${BASE}/conditions/${id}`, { notes: 'x' })).status, 404)
    assert.equal((await ben.delete(`${BASE}/conditions/${id}`)).status, 404)
    assert.equal((await ana.get(`${BASE}/allergies/${id}`)).status, 404)
    assert.equal((await platform.request('GET', `${BASE}/conditions`)).status, 401)
  })

  test('all of a record is given to FHIR by pages, oldest first, each once', async () => {
    for (const [kind, body] of Object.entries(EXAMPLES)) await ana.post(`${BASE}/${kind}`, body)
    for (const value of [140, 141, 142])
      await ana.post('/api/v1/lab-results', { test_name: 'Sodium', value, unit: 'mmol/L', test_date: '2026-06-01' })
    const typesOf = async (of: 'recordsFhirResources' | 'labsFhirResources') => {
      const types: string[] = []
      let cursor: string | undefined
      do {
        const input = { limit: 2, ...(cursor === undefined ? {} : { cursor }) }
        const page = await platform.call(medicalRecords.operations[of], input, ana.accountId)
        types.push(...page.items.map((item) => item.type))
        cursor = page.next_cursor ?? undefined
      } while (cursor !== undefined)
      return types
    }
    assert.deepEqual(await typesOf('recordsFhirResources'), RESOURCE_TYPES)
    assert.deepEqual(await typesOf('labsFhirResources'), ['Observation', 'Observation', 'Observation'])
  })

  test('what FHIR is given is valid R4, and is read and found there by its owner alone', async () => {
    await ana.put('/api/v1/profile', { date_of_birth: '1970-03-01', sex_at_birth: 'male' })
    for (const [kind, body] of Object.entries(EXAMPLES)) await ana.post(`${BASE}/${kind}`, body)
    const lab = await ana.post('/api/v1/lab-results', {
      test_name: 'TSH',
      value: '<0.01',
      unit: 'mIU/L',
      test_date: '2026-06-01',
    })
    await ana.post('/api/v1/lab-results', { test_name: 'HIV antibodies', value: 'negative', test_date: '2026-06-01' })
    await ana.post('/api/v1/imaging/studies', { modality: 'MRI', study_date: '2026-06-01', findings: 'Clear' })
    await ana.post('/api/v1/clinical-reports', {
      report_type: 'OTHER',
      title: 'Note',
      content: 'Text',
      summary: 'Short',
    })
    const { recordsFhirResources, labsFhirResources } = medicalRecords.operations
    const all = [recordsFhirResources, labsFhirResources].map((one) => platform.call(one, {}, ana.accountId))
    const items = (await Promise.all(all)).flatMap((page) => page.items)
    assert.equal(items.length, 10)
    for (const { type, content } of items) {
      const checked = await ana.request('POST', `/fhir/${type}/$validate`, {
        raw: content,
        headers: { 'content-type': 'application/fhir+json' },
      })
      const severities = checked.body.issue.map((one: { severity: string }) => one.severity)
      assert.ok(!severities.includes('error') && !severities.includes('fatal'), `${type}: ${checked.text}`)
    }
    await platform.settle()
    const found = await ana.get(`/fhir/Observation?category=laboratory&code=3016-3`)
    assert.deepEqual([found.status, found.body.entry?.[0]?.resource.id], [200, lab.body.id], found.text)
    assert.equal((await ben.get(`/fhir/Observation/${lab.body.id}`)).status, 404)
  })

  test('the demo household has a history, the same each time', async () => {
    const seeded = async () => {
      const person = await platform.person('demo')
      const context = platform.platformOf('medical-records').systemContext('medical-records', person.accountId)
      const who = {
        personId: person.accountId,
        accountId: person.accountId,
        key: 'ravi',
        displayName: 'Ravi (demo)',
        birthDate: '1951-06-30',
        sexAtBirth: 'male' as const,
        heightCm: 170,
        weightKg: 77,
        seed: 5,
        today: '2026-06-15',
      }
      const rows = await demo.seed(context, who)
      const stored = await platform.rows(
        'select test_name, value, interpretation from medical_records.lab_result where user_id = $1 order by tested_at, test_name',
        [person.accountId],
      )
      return { rows, stored }
    }
    const [first, second] = [await seeded(), await seeded()]
    assert.ok(first.stored.length >= 30 && first.rows > first.stored.length)
    assert.deepEqual(first.stored, second.stored)
  })

  test('export gives every entry and erasure leaves none', async () => {
    await ana.post(`${BASE}/conditions`, { display: 'Asthma' })
    assert.equal((await platform.exportAll(ana.accountId))['medical-records']?.clinical_entries?.length, 1)
    assert.equal((await platform.erase(ana.accountId))['medical-records.clinical_entry'], 1)
  })
})
