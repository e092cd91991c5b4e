import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
const HEART_RATE = 'http://loinc.org|8867-4'

interface Entry {
  readonly search: { readonly mode: string }
  readonly resource: { readonly resourceType: string; readonly id: string } & Record<string, never>
}

const entriesOf = (answer: TestAnswer): Entry[] => {
  assert.equal(answer.status, 200, answer.text)
  return (answer.body.entry ?? []) as Entry[]
}
const idsOf = (answer: TestAnswer, mode = 'match') =>
  entriesOf(answer).flatMap((one) => (one.search.mode === mode ? [one.resource.id] : []))

const LEVEL = { code: { text: 'Severity from 1 to 10' } }

describe('fhir: what other services hold', () => {
  let platform: TestPlatform
  let ana: TestPerson
  const rates: string[] = []
  let pressure = ''

  const fhir = (method: string, path: string, resource?: unknown, headers: Record<string, string> = HEADERS) =>
    ana.request(method, `/fhir/${path}`, {
      headers,
      ...(resource === undefined ? {} : { raw: JSON.stringify(resource) }),
    })
  const heartRate = async (value: number, timestamp: string) => {
    const body = { metric_type: 'heart_rate', value, unit: 'bpm', timestamp }
    const answer = await ana.post('/api/v1/metrics', body)
    assert.equal(answer.status, 201, answer.text)
    return answer.body.id as string
  }
  const observation = (value: number, at: string, more: object = {}) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: `Patient/${ana.accountId}` },
    effectiveDateTime: at,
    valueQuantity: { value, unit: 'bpm', system: 'http://unitsofmeasure.org', code: '/min' },
    ...more,
  })

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    const profile = { first_name: 'Ana', last_name: 'Silva', date_of_birth: '1980-02-03', blood_type: 'A+' }
    assert.equal((await ana.post('/api/v1/profile', profile)).status, 201)
    for (const [index, value] of [61, 72, 83].entries()) {
      rates.push(await heartRate(value, `2026-01-0${index + 1}T08:00:00Z`))
    }
    const measured = { systolic: 121, diastolic: 79, timestamp: '2026-01-02T09:00:00Z' }
    const recorded = await ana.post('/api/v1/vitals/blood-pressure', measured)
    assert.equal(recorded.status, 201, recorded.text)
    pressure = recorded.body.id
  })
  after(() => platform.close())

  test('measurements made before anybody asked are found at once, by code, date and value', async () => {
    assert.deepEqual(idsOf(await fhir('GET', `Observation?code=${HEART_RATE}&_sort=date`)), rates)
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?code=8867-4&date=ge2026-01-02&_sort=-date')), [
      rates[2],
      rates[1],
    ])
    const valued = 'value-quantity=gt70|http://unitsofmeasure.org|/min'
    assert.deepEqual(idsOf(await fhir('GET', `Observation?${valued}&_sort=value-quantity`)), [rates[1], rates[2]])
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?category=vital-signs&code=85354-9')), [pressure])
    const diastolic = 'component-code-value-quantity=http://loinc.org|8462-4$lt80'
    assert.deepEqual(idsOf(await fhir('GET', `Observation?${diastolic}`)), [pressure])
  })

  test('a measurement made afterwards is read by its id at once, and found when its announcement came', async () => {
    const id = await heartRate(64, '2026-01-04T08:00:00Z')
    const read = await fhir('GET', `Observation/${id}`)
    assert.equal(read.status, 200, read.text)
    assert.equal(read.body.valueQuantity.value, 64)
    assert.equal(read.headers.etag, 'W/"1"')
    const second = await heartRate(65, '2026-01-05T08:00:00Z')
    await platform.settle()
    rates.push(id, second)
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?code=8867-4&_sort=date')), rates)
  })

  test('pages run across stored resources and those of other services, in one order', async () => {
    const stored = await fhir('PUT', 'Observation/stored', {
      ...observation(70, '2026-01-02T20:00:00Z'),
      id: 'stored',
      subject: { reference: 'Patient/another' },
    })
    assert.equal(stored.status, 201, stored.text)
    const found: string[] = []
    let next: string | undefined = '/fhir/Observation?code=8867-4&_sort=date&_count=2&_total=accurate'
    while (next !== undefined) {
      const page: TestAnswer = await ana.get(next)
      assert.equal(page.body.total, rates.length + 1)
      found.push(...idsOf(page))
      const link = page.body.link.find((one: { relation: string; url: string }) => one.relation === 'next')
      next = link?.url
    }
    assert.deepEqual(found, [rates[0], rates[1], 'stored', ...rates.slice(2)])
    assert.equal((await fhir('DELETE', 'Observation/stored')).status, 204)
  })

  test('the profile is the Patient, for chains, inclusion, reverse chains and $everything', async () => {
    const patient = await fhir('GET', `Patient/${ana.accountId}`)
    assert.equal(patient.status, 200, patient.text)
    assert.deepEqual(patient.body.name, [{ use: 'official', family: 'Silva', given: ['Ana'] }])
    assert.equal(patient.body.birthDate, '1980-02-03')
    assert.deepEqual(idsOf(await fhir('GET', 'Patient?name=silva&birthdate=1980-02-03')), [ana.accountId])
    const chained = await fhir('GET', 'Observation?subject:Patient.family=silva&code=85354-9')
    assert.deepEqual(idsOf(chained), [pressure])
    const included = await fhir('GET', 'Observation?code=85354-9&_include=Observation:subject')
    assert.deepEqual(idsOf(included, 'include'), [ana.accountId])
    assert.deepEqual(idsOf(await fhir('GET', 'Patient?_has:Observation:subject:code=85354-9')), [ana.accountId])
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?code=882-1')), ['blood-group'])
    const all = entriesOf(await fhir('GET', `Patient/${ana.accountId}/$everything`)).map((one) => one.resource.id)
    assert.deepEqual(new Set(all), new Set([ana.accountId, 'blood-group', pressure, ...rates]))
  })

  test('the CapabilityStatement says what other services hold', async () => {
    const [rest] = (await platform.request('GET', '/fhir/metadata')).body.rest
    const said = (type: string): string =>
      rest.resource.find((one: { type: string }) => one.type === type).documentation ?? ''
    assert.match(said('Patient'), /user-profile \(takes writes\)/)
    assert.match(said('Goal'), /health-tracking \(takes writes\)/)
    assert.equal(said('Basic'), '')
  })

  test('every resource of the other services is valid FHIR R4', async () => {
    await ana.post('/api/v1/symptoms', {
      symptom_name: 'Headache',
      symptom_category: 'neurological',
      severity_level: 4,
    })
    await ana.post('/api/v1/goals', { title: 'Lighter', metric_type: 'weight', target_value: 70, unit: 'kg' })
    await ana.post('/api/v1/metrics', {
      metric_type: 'custom',
      value: 3,
      unit: 'cups',
      metric_metadata: { name: 'Tea' },
    })
    await ana.post('/api/v1/metrics', { metric_type: 'oxygen_saturation', value: 97, unit: '%', notes: 'at rest' })
    await platform.settle()
    for (const type of ['Patient', 'Observation', 'Goal']) {
      const entries = entriesOf(await fhir('GET', `${type}?_count=100`))
      assert.ok(entries.length > 0, type)
      for (const { resource } of entries) {
        const checked = await fhir('POST', `${type}/$validate`, resource)
        assert.equal(checked.body.issue[0].severity, 'information', `${checked.text} ${JSON.stringify(resource)}`)
      }
    }
    assert.equal(idsOf(await fhir('GET', 'Observation?code=75325-1')).length, 1)
    assert.equal(idsOf(await fhir('GET', 'Goal?lifecycle-status=active')).length, 1)
  })

  test('a measurement that its owner corrects or deletes is found so, and gone', async () => {
    const [id] = rates as [string]
    const corrected = await ana.put(`/api/v1/metrics/${id}`, { value: 66 })
    assert.equal(corrected.status, 200, corrected.text)
    await platform.settle()
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?code=8867-4&value-quantity=66')), [id])
    const history = await fhir('GET', `Observation/${id}/_history`)
    assert.equal(history.body.total, 1, history.text)
    assert.equal((await fhir('GET', `Observation/${id}/_history/2`)).body.valueQuantity.value, 66)
    const older = await fhir('GET', `Observation/${id}/_history/1`)
    assert.equal(older.status, 404)
    assert.match(older.body.issue[0].diagnostics, /version 1 is not kept/)
    assert.equal((await ana.delete(`/api/v1/metrics/${id}`)).status, 204)
    await platform.settle()
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?code=8867-4&value-quantity=66')), [])
    assert.equal((await fhir('GET', `Observation/${id}`)).status, 410)
    rates.shift()
  })

  test('an Observation written through FHIR reaches its owner, once, and nothing of it stays behind', async () => {
    const made = await fhir('POST', 'Observation', observation(91, '2026-02-01T08:00:00.000Z'))
    assert.equal(made.status, 201, made.text)
    const { id } = made.body
    const metric = await ana.get(`/api/v1/metrics/${id}`)
    assert.equal(metric.status, 200, metric.text)
    assert.equal(metric.body.value, 91)
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?date=2026-02-01')), [id])
    await platform.settle()
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?date=2026-02-01')), [id])
    const [row] = await platform.rows('select content, owner from fhir.resource where id = $1', [id])
    assert.deepEqual(row, { content: '', owner: 'health-tracking.vitals' })
    assert.deepEqual(await platform.rows('select 1 from fhir.history where id = $1', [id]), [])

    const patch = [{ op: 'replace', path: '/valueQuantity/value', value: 92 }]
    const patched = await fhir('PATCH', `Observation/${id}`, patch, { 'content-type': 'application/json-patch+json' })
    assert.equal(patched.status, 200, patched.text)
    assert.equal((await ana.get(`/api/v1/metrics/${id}`)).body.value, 92)
    const stale = await fhir('PUT', `Observation/${id}`, patched.body, { ...HEADERS, 'if-match': 'W/"1"' })
    assert.equal(stale.status, 412, stale.text)
    assert.equal((await fhir('DELETE', `Observation/${id}`)).status, 204)
    assert.equal((await ana.get(`/api/v1/metrics/${id}`)).status, 404)
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?date=2026-02-01')), [])
  })

  test('what the owner can keep only in part is stored whole, linked, shown once, and follows the owner', async () => {
    const more = { interpretation: [{ text: 'a little fast' }], performer: [{ display: 'Dr. Melo' }] }
    const made = await fhir('POST', 'Observation', observation(95, '2026-02-02T08:00:00.000Z', more))
    assert.equal(made.status, 201, made.text)
    const { id } = made.body
    assert.equal((await ana.get(`/api/v1/metrics/${id}`)).body.value, 95)
    await platform.settle()
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?date=2026-02-02')), [id])
    assert.equal((await fhir('GET', `Observation/${id}`)).body.interpretation[0].text, 'a little fast')
    assert.equal((await ana.put(`/api/v1/metrics/${id}`, { value: 96 })).status, 200)
    await platform.settle()
    const read = await fhir('GET', `Observation/${id}`)
    assert.equal(read.body.valueQuantity.value, 96)
    assert.equal(read.body.performer[0].display, 'Dr. Melo')
    assert.equal((await ana.delete(`/api/v1/metrics/${id}`)).status, 204)
    await platform.settle()
    assert.equal((await fhir('GET', `Observation/${id}`)).status, 410)
  })

  test('a Goal and an Observation of a symptom written through FHIR are a goal and an entry of the diary', async () => {
    const goal = {
      resourceType: 'Goal',
      lifecycleStatus: 'active',
      description: { text: 'Lighter by summer' },
      subject: { reference: `Patient/${ana.accountId}` },
      startDate: '2026-01-05',
      target: [
        {
          measure: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
          detailQuantity: { value: 68.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
          dueDate: '2026-06-30',
        },
      ],
    }
    const symptom = {
      resourceType: 'Observation',
      status: 'final',
      category: [{ text: 'pain' }],
      code: { coding: [{ system: 'http://loinc.org', code: '75325-1' }] },
      subject: { reference: `Patient/${ana.accountId}` },
      effectivePeriod: { start: '2026-01-03T08:00:00.000Z' },
      valueCodeableConcept: { text: 'Migraine' },
      note: [{ text: 'with light' }],
      component: [{ code: { text: 'Severity' }, valueCodeableConcept: { text: 'severe' } }],
    }
    const [madeGoal, madeSymptom] = [await fhir('POST', 'Goal', goal), await fhir('POST', 'Observation', symptom)]
    assert.deepEqual([madeGoal.status, madeSymptom.status], [201, 201], `${madeGoal.text} ${madeSymptom.text}`)
    const ownGoal = (await ana.get(`/api/v1/goals/${madeGoal.body.id}`)).body
    assert.deepEqual(
      [ownGoal.title, ownGoal.metric_type, ownGoal.target_value, ownGoal.target_date],
      ['Lighter by summer', 'weight', 68.5, '2026-06-30'],
    )
    const ownSymptom = (await ana.get(`/api/v1/symptoms/${madeSymptom.body.id}`)).body
    assert.deepEqual([ownSymptom.symptom_name, ownSymptom.severity], ['Migraine', 'severe'])
    await platform.settle()
    const names = [madeGoal.body.id, madeSymptom.body.id]
    const kept = await platform.rows('select content, owner from fhir.resource where id = any($1) order by owner', [
      names,
    ])
    const owners = ['health-tracking.goals', 'health-tracking.symptoms']
    assert.deepEqual(
      kept,
      owners.map((owner) => ({ content: '', owner })),
    )
    const reached = { ...madeGoal.body, lifecycleStatus: 'completed' }
    assert.equal((await fhir('PUT', `Goal/${madeGoal.body.id}`, reached)).status, 200)
    assert.equal((await ana.get(`/api/v1/goals/${madeGoal.body.id}`)).body.status, 'completed')
    const worse = { ...madeSymptom.body, component: [{ ...LEVEL, valueQuantity: { value: 11, unit: 'of 10' } }] }
    const refused = await fhir('PUT', `Observation/${madeSymptom.body.id}`, worse)
    assert.equal(refused.status, 422, refused.text)
    assert.match(refused.text, /Observation\.component\.valueQuantity\.value/)
    // What a goal can't say is stored here alone, as it came.
    const planned = await fhir('POST', 'Goal', { ...goal, lifecycleStatus: 'planned' })
    assert.equal((await fhir('GET', `Goal/${planned.body.id}`)).body.lifecycleStatus, 'planned')
    assert.equal((await ana.get(`/api/v1/goals/${planned.body.id}`)).status, 404)
    for (const name of [`Goal/${madeGoal.body.id}`, `Observation/${madeSymptom.body.id}`, `Goal/${planned.body.id}`])
      assert.equal((await fhir('DELETE', name)).status, 204)
    assert.equal((await ana.get(`/api/v1/goals/${madeGoal.body.id}`)).status, 404)
    assert.equal((await ana.get(`/api/v1/symptoms/${madeSymptom.body.id}`)).status, 404)
  })

  test('what the owner refuses is refused with 422 and its place, and nothing is written', async () => {
    const refused = await fhir('POST', 'Observation', observation(900, '2026-02-03T08:00:00.000Z'))
    assert.equal(refused.status, 422, refused.text)
    assert.deepEqual(refused.body.issue[0].expression, ['Observation.valueQuantity.value'])
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: { resourceType: 'Basic', code: { text: 'x' } }, request: { method: 'POST', url: 'Basic' } },
        { resource: observation(900, '2026-02-03T08:00:00.000Z'), request: { method: 'POST', url: 'Observation' } },
      ],
    }
    assert.equal((await fhir('POST', '', bundle)).status, 422)
    assert.deepEqual(idsOf(await fhir('GET', 'Basic')), [])
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?date=2026-02-03')), [])
    const patient = (await fhir('GET', `Patient/${ana.accountId}`)).body
    const born = await fhir('PUT', `Patient/${ana.accountId}`, { ...patient, birthDate: '1780-02-03' })
    assert.equal(born.status, 422, born.text)
    assert.deepEqual(born.body.issue[0].expression, ['Patient.birthDate'])
  })

  test('a Patient changed through FHIR is the profile changed; it can’t be deleted', async () => {
    const path = `Patient/${ana.accountId}`
    const patient = (await fhir('GET', path)).body
    const changed = { ...patient, telecom: [{ system: 'phone', value: '+351 900 000 000' }], gender: 'female' }
    const put = await fhir('PUT', path, changed)
    assert.equal(put.status, 200, put.text)
    const profile = (await ana.get('/api/v1/profile')).body
    assert.equal(profile.phone_number, '+351 900 000 000')
    assert.equal(profile.gender, 'female')
    assert.equal(profile.first_name, 'Ana')
    assert.equal(profile.blood_type, 'A+')
    assert.deepEqual(idsOf(await fhir('GET', 'Patient?gender=female')), [ana.accountId])
    assert.equal((await fhir('DELETE', path)).status, 409)
    const photo = await fhir('PUT', path, { ...put.body, photo: [{ title: 'me' }] })
    assert.equal(photo.status, 200, photo.text)
    await platform.settle()
    assert.equal((await fhir('GET', path)).body.photo[0].title, 'me')
    assert.deepEqual(idsOf(await fhir('GET', 'Patient?gender=female')), [ana.accountId])
  })

  test('a transaction and conditional changes reach the owner as well', async () => {
    const entry = (value: number, at: string) => ({
      resource: observation(value, at),
      request: { method: 'POST', url: 'Observation', ifNoneExist: `code=8867-4&date=${at}` },
    })
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        entry(77, '2026-03-01T08:00:00.000Z'),
        entry(78, '2026-03-02T08:00:00.000Z'),
        { request: { method: 'GET', url: 'Observation?code=85354-9' } },
      ],
    }
    const done = await fhir('POST', '', bundle)
    assert.equal(done.status, 200, done.text)
    assert.equal(done.body.entry[2].resource.entry[0].resource.id, pressure)
    const statuses = done.body.entry.map((one: { response: { status: string } }) => one.response.status)
    assert.deepEqual(statuses, ['201', '201', '200'])
    const metrics = await ana.get('/api/v1/metrics?from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z')
    assert.deepEqual(metrics.body.items.map((one: { value: number }) => one.value).sort(), [77, 78])
    const again = await fhir('POST', '', bundle)
    assert.equal(again.body.entry[0].response.status, '200', again.text)
    const removed = await fhir('DELETE', 'Observation?code=8867-4&date=2026-03-01')
    assert.equal(removed.status, 204)
    assert.deepEqual(idsOf(await fhir('GET', 'Observation?code=8867-4&date=ge2026-03-01')).length, 1)
  })
})
