import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { medicalRecords } from './contract.ts'

const LABS = '/api/v1/lab-results'
const day = (text: string) => `${text}T08:00:00.000Z`

describe('medical-records: laboratory results', () => {
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

  async function add(test_name: string, value: unknown, unit: string | undefined, more: object = {}) {
    const made = await ana.post(LABS, { test_name, value, unit, test_date: '2026-06-01T08:00:00Z', ...more })
    assert.equal(made.status, 201, made.text)
    return made.body
  }
  const tellProfile = async () => {
    const told = await ana.put('/api/v1/profile', { date_of_birth: '1970-03-01', sex_at_birth: 'male' })
    assert.equal(told.status, 200, told.text)
  }

  test('a result comes back with its code, its own unit, the range of the report and where it lies in it', async () => {
    const made = await add('Serum Creatinine', 1.4, 'mg/dL', {
      reference_range_text: '0.7 - 1.3',
      lab_name: 'City Lab',
    })
    assert.deepEqual(
      [
        made.analyte,
        made.loinc,
        made.ucum_unit,
        made.interpretation,
        made.severity_level,
        made.abnormal,
        made.critical,
      ],
      ['creatinine', '2160-0', 'mg/dL', 'high', 1, true, false],
    )
    assert.deepEqual(
      [made.reference_range_high, made.judged_by.range.source.kind, made.source],
      [1.3, 'report', 'manual'],
    )
    assert.ok(Math.abs(made.canonical_value - 123.766) < 0.01)
    assert.deepEqual((await ana.get(`${LABS}/${made.id}`)).body, made)
    assert.deepEqual((await ana.get(`/medical-records/api/v1/lab-results/${made.id}/`)).body, made)
  })

  test('without a printed range ours is taken for the age and sex of the person, with its source', async () => {
    const before = await add('Haemoglobin', 12.5, 'g/dL')
    assert.deepEqual([before.interpretation, before.judged_by.range], ['unknown', null])
    assert.match(before.judged_by.reason, /age and sex/)
    await tellProfile()
    const after = await add('Haemoglobin', 12.5, 'g/dL')
    assert.deepEqual(
      [after.interpretation, after.judged_by.range.low, after.judged_by.range.source.id],
      ['low', 13.4, 'norip-haematology-2004'],
    )
  })

  for (const [why, field, body] of [
    ['an impossible number', 'value', { test_name: 'Potassium', value: 41, unit: 'mmol/L' }],
    ['a unit of another quantity', 'unit', { test_name: 'Potassium', value: 4.1, unit: 'mm' }],
    ['no unit where one is needed', 'unit', { test_name: 'Hemoglobin', value: 13 }],
    ['a number that can be two', 'value', { test_name: 'Platelets', value: '1,234', unit: '/uL' }],
    ['no value', 'value', { test_name: 'Sodium', unit: 'mmol/L' }],
    ['a date ahead', 'test_date', { test_name: 'Sodium', value: 140, unit: 'mmol/L', test_date: '2027-01-01' }],
    [
      'a day that does not exist',
      'test_date',
      { test_name: 'Sodium', value: 140, unit: 'mmol/L', test_date: '2026-02-30' },
    ],
    [
      'a range upside down',
      'reference_range_high',
      { test_name: 'Sodium', value: 140, unit: 'mmol/L', reference_range_low: 9, reference_range_high: 1 },
    ],
    ['an unknown field', 'mood', { test_name: 'Sodium', value: 140, unit: 'mmol/L', mood: 1 }],
    ['no name', 'test_name', { value: 140 }],
  ] as const) {
    test(`${why} is refused with 422 and nothing is written`, async () => {
      const refused = await ana.post(LABS, { test_date: '2026-06-01', ...body })
      assert.equal(refused.status, 422, refused.text)
      assert.ok(JSON.stringify(refused.body.errors).includes(field), refused.text)
      assert.equal((await ana.get(LABS)).body.total, 0)
    })
  }

  test('who the person turns out to be judges again what no report judged, and nothing else', async () => {
    const own = await add('Haemoglobin', 12.5, 'g/dL')
    const printed = await add('Haemoglobin', 12.5, 'g/dL', { reference_range_text: '12 - 16' })
    assert.equal(own.interpretation, 'unknown')
    await tellProfile()
    await platform.settle()
    const again = (await ana.get(`${LABS}/${own.id}`)).body
    assert.deepEqual([again.interpretation, again.version, again.judged_by.range.low], ['low', 2, 13.4])
    await ana.put('/api/v1/profile', { date_of_birth: '1970-03-01', sex_at_birth: 'female' })
    await platform.settle()
    assert.equal((await ana.get(`${LABS}/${own.id}`)).body.interpretation, 'normal')
    assert.equal((await ana.get(`${LABS}/${printed.id}`)).body.version, 1)
  })

  test('in pregnancy the due date decides which range holds, and a child has that of its days', async () => {
    const woman = { date_of_birth: '1990-03-01', sex_at_birth: 'female', pregnancy_status: 'pregnant' }
    await ana.put('/api/v1/profile', { ...woman, pregnancy_due_date: '2026-07-01' })
    const alp = await add('Alkaline phosphatase', 180, 'U/L')
    assert.deepEqual(
      [alp.interpretation, alp.judged_by.range.high, alp.judged_by.range.source.id],
      ['normal', 229, 'abbassi-ghanavati-2009'],
    )
    const early = await add('Alkaline phosphatase', 180, 'U/L', { test_date: '2025-12-01' })
    assert.deepEqual([early.interpretation, early.judged_by.range.high], ['high', 88])
    await ana.put('/api/v1/profile', { ...woman, pregnancy_due_date: null })
    await platform.settle()
    const undated = (await ana.get(`${LABS}/${alp.id}`)).body
    assert.deepEqual([undated.interpretation, undated.judged_by.range], ['unknown', null])
    assert.match(undated.judged_by.reason, /pregnan/)
    await ana.put('/api/v1/profile', { date_of_birth: '2026-05-22', sex_at_birth: 'male', pregnancy_status: null })
    const newborn = await add('Haemoglobin', 16, 'g/dL')
    assert.deepEqual([newborn.interpretation, newborn.judged_by.range.low], ['normal', 13.5])
  })

  test('potassium of urine is not judged as that of blood, however the specimen is told', async () => {
    for (const more of [{ test_name: 'Potassium', specimen_type: 'Urine, random' }, { test_name: 'Urine potassium' }]) {
      const body = { ...more, value: 6.8, unit: 'mmol/L', test_date: '2026-03-12' }
      const { status, body: made } = await ana.post(LABS, body)
      assert.deepEqual([status, made.analyte, made.critical, made.interpretation], [201, null, false, 'unknown'])
    }
  })

  test('words, bounds and tests that the catalogue does not know are kept as they are', async () => {
    const bound = await add('TSH', '<0,01', 'mIU/L', { reference_range_low: 0.4, reference_range_high: 4 })
    assert.deepEqual([bound.value, bound.comparator, bound.interpretation], [0.01, '<', 'low'])
    const words = await add('HIV 1/2 antibodies', 'non-reactive', undefined)
    assert.deepEqual([words.value, words.analyte, words.interpretation], ['non-reactive', null, 'unknown'])
    const unknown = await add('Moon enzyme', 12, 'moons', { reference_range_text: '1-5', category: 'other' })
    assert.deepEqual([unknown.interpretation, unknown.canonical_value], ['high', null])
    assert.equal((await add('Moon enzyme', 12, 'moons', { critical: true })).critical, true)
  })

  test('lists are pages with totals, and are narrowed by name, analyte, category, time and what is out of range', async () => {
    await add('Sodium', 140, 'mmol/L', { reference_range_text: '135-145' })
    await add('Sodium', 150, 'mmol/L', { reference_range_text: '135-145', test_date: '2026-05-01' })
    await add('TSH', 2, 'mIU/L', { test_date: '2026-04-01' })
    const page = (await ana.get(`${LABS}?page=1&size=2`)).body
    assert.deepEqual([page.items.length, page.total, page.page, page.size, page.pages], [2, 3, 1, 2, 2])
    const total = async (query: string) => (await ana.get(`${LABS}?${query}`)).body.total
    assert.deepEqual(
      await Promise.all(
        [
          'test_name=sod',
          'analyte=tsh',
          'category=thyroid',
          'abnormal=true',
          'critical=true',
          'from=2026-04-15&to=2026-05-20',
        ].map(total),
      ),
      [2, 1, 1, 1, 0, 1],
    )
    for (const query of ['size=0', 'size=1001', 'category=moon', 'from=yesterday']) {
      assert.equal((await ana.get(`${LABS}?${query}`)).status, 422, query)
    }
  })

  test('a correction judges again and counts the version; another version is refused with 412', async () => {
    const made = await add('Sodium', 150, 'mmol/L', { reference_range_text: '135-145' })
    const fixed = await ana.put(`${LABS}/${made.id}`, { value: 140, version: 1 })
    assert.deepEqual([fixed.status, fixed.body.interpretation, fixed.body.version], [200, 'normal', 2], fixed.text)
    assert.equal((await ana.put(`${LABS}/${made.id}`, { value: 141, version: 1 })).status, 412)
    const patched = await ana.request('PATCH', `${LABS}/${made.id}`, {
      body: { notes: 'fasting' },
      headers: { 'if-match': 'W/"2"' },
    })
    assert.deepEqual([patched.status, patched.body.notes, patched.body.value], [200, 'fasting', 140], patched.text)
    assert.equal((await ana.put(`${LABS}/${made.id}`, { value: 1400 })).status, 422)
    assert.equal((await ana.delete(`${LABS}/${made.id}`)).status, 204)
    assert.equal((await ana.get(`${LABS}/${made.id}`)).status, 404)
  })

  test("another person's result is not found, and nobody unknown gets in", async () => {
    const made = await add('Sodium', 140, 'mmol/L')
    assert.equal((await ben.get(`${LABS}/${made.id}`)).status, 404)
    assert.equal((await ben.get(`${LABS}/${made.id}/context`)).status, 404)
    assert.equal((await ben.put(`${LABS}/${made.id}`, { value: 141 })).status, 404)
    assert.equal((await ben.delete(`${LABS}/${made.id}`)).status, 404)
    assert.equal((await ben.get(`${LABS}?profile_id=${ana.accountId}`)).status, 404)
    assert.equal((await platform.request('GET', LABS)).status, 401)
    assert.equal((await platform.request('POST', LABS, { body: {} })).status, 401)
  })

  test('a right to what tests found opens results, and nothing else of the record', async () => {
    await add('Sodium', 140, 'mmol/L')
    const ends_at = new Date(platform.clock.now().getTime() + 30 * 86_400_000).toISOString()
    const grant = await ana.post('/api/v1/sharing/grants', {
      account_id: ben.accountId,
      categories: ['diagnostics'],
      ends_at,
    })
    assert.equal(grant.status, 201, grant.text)
    await ben.post(`/api/v1/sharing/grants/${grant.body.id}/accept`)
    await platform.settle()
    assert.equal((await ben.get(`${LABS}?profile_id=${ana.accountId}`)).body.total, 1)
    await ana.post('/api/v1/medical-records/clinical/conditions', { display: 'Sodium wasting' })
    const found = await ben.get(`/api/v1/medical-records/find?q=sodium&profile_id=${ana.accountId}`)
    assert.deepEqual(
      found.body.items.map((one: { kind: string }) => one.kind),
      ['lab'],
    )
    for (const path of [
      '/api/v1/documents',
      '/api/v1/medical-records/clinical/conditions',
      '/api/v1/imaging/studies',
    ]) {
      assert.equal((await ben.get(`${path}?profile_id=${ana.accountId}`)).status, 404, path)
    }
  })

  test('a critical value becomes one alert, and an event with the documented fields and no value', async () => {
    const made = await add('Potassium', 6.9, 'mmol/L')
    assert.deepEqual([made.interpretation, made.critical, made.judged_by.by], ['critical_high', true, 'critical_limit'])
    await platform.settle()
    const alerts = (await ana.get('/api/v1/alerts')).body.items
    assert.equal(alerts.length, 1)
    assert.deepEqual([alerts[0].severity, alerts[0].alert_metadata.lab_result_id], ['critical', made.id])
    await ana.put(`${LABS}/${made.id}`, { notes: 'repeated' })
    await platform.settle()
    assert.equal((await ana.get('/api/v1/alerts')).body.items.length, 1)
    const events = (await platform.eventsOf(medicalRecords.events.criticalLabResults)).filter(
      (one) => one.user_id === ana.accountId,
    )
    assert.deepEqual(Object.keys(events[0] ?? {}).sort(), [
      'data',
      'event_timestamp',
      'event_type',
      'extra_metadata',
      'source',
      'user_id',
    ])
    assert.equal(JSON.stringify(events[0]).includes('6.9'), false)
  })

  test('the context gives the change, the trend, medicines as marks, and what changed since one was begun', async () => {
    for (const [month, value] of [
      ['01', 160],
      ['02', 162],
      ['03', 150],
      ['04', 128],
      ['05', 121],
      ['06', 118],
    ] as const) {
      await add('LDL Cholesterol', value, 'mg/dL', { test_date: `2026-${month}-01` })
    }
    const medicine = await ana.post('/api/v1/medical-records/clinical/medications', {
      display: 'Atorvastatin 20 mg',
      started_on: '2026-02-10',
    })
    assert.equal(medicine.status, 201, medicine.text)
    const [latest] = (await ana.get(`${LABS}?size=1`)).body.items
    const { body } = await ana.get(`${LABS}/${latest.id}/context`)
    assert.deepEqual([body.delta.change, body.delta.change_percent, body.delta.is_beyond_variation], [-3, -2.5, null])
    assert.deepEqual([body.trend.n, body.trend.method], [6, 'theil-sen+mann-kendall'])
    assert.deepEqual(body.medication_markers[0], {
      medication_id: medicine.body.id,
      name: 'Atorvastatin 20 mg',
      event: 'start',
      date: '2026-02-10',
    })
    assert.deepEqual([body.since_medication[0].before.value, body.since_medication[0].change_percent], [162, -27.2])
    assert.deepEqual([body.retest.id, body.retest.interval_days], ['lipids', 180])
    const chart = (await ana.get(`${LABS}/biomarkers/cholesterol_ldl?unit=mmol/L`)).body
    assert.deepEqual([chart.unit, chart.points.length, chart.points[0].value], ['mmol/L', 6, 4.13811])
    assert.deepEqual(
      latest.other_units.map(({ system, unit, value, high }: Record<string, unknown>) => [system, unit, value, high]),
      [['si', 'mmol/L', 3.05186, null]],
    )
    const told = (await ana.get(`${LABS}/${latest.id}/context?unit=mmol/L`)).body.delta
    assert.deepEqual(
      [told.unit, told.previous_value, told.change, told.change_percent],
      ['mmol/L', 3.12945, -0.0775896, -2.5],
    )
    assert.equal((await ana.get(`${LABS}/${latest.id}/context?unit=kg`)).status, 422)
    assert.equal((await ana.get(`${LABS}/biomarkers/moonlight`)).status, 404)
    assert.equal((await ana.get(`${LABS}/biomarkers/cholesterol_ldl?unit=kg`)).status, 422)
    const [biomarker] = (await ana.get(`${LABS}/biomarkers`)).body.items
    assert.deepEqual([biomarker.analyte, biomarker.results, biomarker.latest.id], ['cholesterol_ldl', 6, latest.id])
  })

  test('few results are not enough data for a trend', async () => {
    const made = await add('TSH', 2, 'mIU/L')
    const { body } = await ana.get(`${LABS}/${made.id}/context`)
    assert.deepEqual([body.trend.direction, body.delta], ['not-enough-data', null])
  })

  test('eGFR needs creatinine, age and sex, and names what is missing', async () => {
    const nothing = (await ana.get(`${LABS}/egfr`)).body
    assert.deepEqual([nothing.status, nothing.missing], ['not_computed', ['creatinine', 'birth_date', 'sex_at_birth']])
    await add('Creatinine', 1.4, 'mg/dL')
    await tellProfile()
    const { body } = await ana.get(`${LABS}/egfr`)
    assert.deepEqual(
      [body.status, body.band, body.formula, body.loinc],
      ['computed', 'G3a', { id: 'ckd-epi-creatinine', version: '2021' }, '98979-8'],
    )
    assert.ok(body.value > 57 && body.value < 61 && body.citations.length > 0 && body.limits.length > 0)
    assert.deepEqual(body.inputs, { creatinine_mg_dl: 1.4, age_years: 56, sex_at_birth: 'male' })
  })

  test('the summary of a day says how many, what is critical, what changed; the schedule what to repeat', async () => {
    await add('Sodium', 140, 'mmol/L', { reference_range_text: '135-145', test_date: '2026-01-01' })
    await add('Sodium', 150, 'mmol/L', { reference_range_text: '135-145' })
    const { body } = await ana.get(`${LABS}/summary`)
    assert.deepEqual(
      [body.results, body.by_interpretation, body.out_of_range.length, body.changed.length],
      [2, { high: 1, normal: 1 }, 1, 1],
    )
    const schedule = (await ana.get(`${LABS}/retest-schedule`)).body.items
    assert.deepEqual(
      schedule.map((one: { id: string; status: string }) => [one.id, one.status]),
      [
        ['lipids', 'no_result'],
        ['metabolic', 'ok'],
        ['blood_count', 'no_result'],
      ],
    )
  })

  test('codes are checked by their form and check digit', async () => {
    const codes = [
      { code: '718-7' },
      { code: '718-8', system: 'loinc' },
      { code: '38341003', system: 'snomed' },
      { code: '38341004', system: 'snomed' },
      { code: 'E11.9', system: 'icd-10' },
      { code: 'x', system: 'moon' },
    ]
    const { body } = await ana.post(`${LABS}/validate-medical-codes`, { codes })
    assert.deepEqual(
      body.items.map((one: { valid: boolean | null }) => one.valid),
      [true, false, true, false, true, null],
    )
    assert.deepEqual([body.items[0].known, body.items[0].display], [true, 'Haemoglobin'])
    assert.equal((await ana.post(`${LABS}/validate-medical-codes`, {})).status, 422)
  })

  test('the catalogue tells units, codes and ranges with their sources', async () => {
    const { body } = await ana.get(`${LABS}/analytes?query=ferritin`)
    assert.equal(body.items[0].ranges[0].source.citation.startsWith('WHO'), true)
    assert.ok((await ana.get(`${LABS}/analytes`)).body.items.length >= 120)
  })

  test('export gives every result and erasure leaves none', async () => {
    await add('Sodium', 140, 'mmol/L')
    assert.equal((await platform.exportAll(ana.accountId))['medical-records']?.lab_results?.length, 1)
    assert.equal((await platform.erase(ana.accountId))['medical-records.lab_result'], 1)
    assert.deepEqual(
      await platform.rows('select 1 from medical_records.lab_result where user_id = $1', [ana.accountId]),
      [],
    )
  })

  test('a result is given to FHIR as a laboratory Observation, and its change is announced', async () => {
    const made = await add('Sodium', 150, 'mmol/L', { reference_range_text: '135-145' })
    const { items } = await platform.call(
      medicalRecords.operations.labsFhirResources,
      { ids: [made.id] },
      ana.accountId,
    )
    const resource = JSON.parse(items[0]?.content ?? '{}')
    assert.deepEqual(
      [resource.code.coding[0].code, resource.valueQuantity, resource.effectiveDateTime],
      [
        '2951-2',
        { value: 150, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
        day('2026-06-01'),
      ],
    )
    assert.deepEqual([resource.interpretation[0].coding[0].code, resource.referenceRange[0].high.value], ['H', 145])
    const changes = (await platform.eventsOf(medicalRecords.events.fhirChanged)).filter(
      (one) => one.user_id === ana.accountId,
    )
    assert.deepEqual(changes.at(-1)?.resources, [{ type: 'Observation', id: made.id }])
    assert.deepEqual(
      (await platform.call(medicalRecords.operations.labsFhirResources, { ids: [made.id] }, ben.accountId)).items,
      [],
    )
  })
})
