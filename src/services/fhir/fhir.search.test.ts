import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const LOINC = 'http://loinc.org'
const UCUM = 'http://unitsofmeasure.org'
const reference = (text: string) => ({ reference: text })
const quantity = (value: number, code: string) => ({ value, unit: code, system: UCUM, code })
const loinc = (code: string, display: string) => ({ coding: [{ system: LOINC, code, display }] })

const RECORD: readonly { resourceType: string; id: string; [member: string]: unknown }[] = [
  {
    resourceType: 'Patient',
    id: 'asha',
    identifier: [
      {
        system: 'urn:mrn',
        value: '42',
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
      },
    ],
    name: [{ family: 'Räo', given: ['Asha', 'Devi'] }],
    gender: 'female',
    birthDate: '1980-05-17',
    generalPractitioner: [reference('Practitioner/doc')],
    meta: { tag: [{ system: 'urn:tag', code: 'vip' }], profile: ['http://example.test/profiles/p1'] },
  },
  { resourceType: 'Patient', id: 'ravi', name: [{ family: 'Raonson' }], gender: 'male', deceasedBoolean: true },
  { resourceType: 'Practitioner', id: 'doc', name: [{ family: 'Mehta' }] },
  { resourceType: 'Organization', id: 'clinic', name: 'City Clinic', partOf: reference('Organization/group') },
  { resourceType: 'Organization', id: 'group', name: 'Group' },
  {
    resourceType: 'Observation',
    id: 'weight',
    status: 'final',
    code: loinc('29463-7', 'Body weight'),
    subject: reference('Patient/asha'),
    performer: [reference('Practitioner/doc')],
    effectiveDateTime: '2024-03-10',
    valueQuantity: quantity(70.5, 'kg'),
  },
  {
    resourceType: 'Observation',
    id: 'pressure',
    status: 'final',
    code: loinc('85354-9', 'Blood pressure panel'),
    subject: reference('Patient/asha'),
    note: [{ text: 'sitting' }],
    effectivePeriod: { start: '2024-03-12T08:00:00Z', end: '2024-03-14T08:00:00Z' },
    component: [
      { code: loinc('8480-6', 'Systolic'), valueQuantity: quantity(140, 'mm[Hg]') },
      { code: loinc('8462-4', 'Diastolic'), valueQuantity: quantity(60, 'mm[Hg]') },
    ],
  },
  {
    resourceType: 'Observation',
    id: 'ravi-weight',
    status: 'preliminary',
    code: loinc('29463-7', 'Body weight'),
    subject: reference('Patient/ravi'),
    effectiveDateTime: '2024-03-11T10:00:00Z',
    valueQuantity: quantity(90, 'kg'),
  },
  {
    resourceType: 'ValueSet',
    id: 'colours',
    url: 'http://example.test/sets/colours/light',
    status: 'active',
  },
  {
    resourceType: 'RiskAssessment',
    id: 'risk',
    status: 'final',
    subject: reference('Patient/asha'),
    prediction: [{ probabilityDecimal: 0.25 }],
  },
  {
    resourceType: 'Provenance',
    id: 'origin',
    target: [reference('Observation/weight')],
    recorded: '2024-03-10T10:00:00Z',
    agent: [{ who: { identifier: { system: 'urn:npi', value: '7' } } }],
  },
]

describe('fhir: search', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    for (const resource of RECORD) {
      platform.clock.advance({ seconds: 1 })
      const made = await ana.request('PUT', `/fhir/${resource.resourceType}/${resource.id}`, {
        raw: JSON.stringify(resource),
        headers: { 'content-type': 'application/fhir+json' },
      })
      assert.equal(made.status, 201, made.text)
    }
  })
  after(() => platform.close())

  const get = (path: string, headers: Record<string, string> = {}) => ana.request('GET', `/fhir/${path}`, { headers })
  const idsOf = (answer: TestAnswer, mode?: string): string[] =>
    (answer.body.entry ?? [])
      .filter((entry: { search: { mode: string } }) => mode === undefined || entry.search.mode === mode)
      .map((entry: { resource: { id: string } }) => entry.resource.id)

  // Each line: a search, and the ids that it finds in any order.
  for (const [search, found] of [
    ['Patient?gender=female', 'asha'],
    ['Patient?gender=http://hl7.org/fhir/administrative-gender|male', 'ravi'],
    ['Patient?gender=http://example.test|male', ''],
    ['Patient?gender=male,female', 'asha ravi'],
    ['Patient?gender:not=male', 'asha'],
    ['Patient?deceased=true', 'ravi'],
    ['Patient?deceased=false', 'asha'],
    ['Patient?identifier=urn:mrn|42', 'asha'],
    ['Patient?identifier=42', 'asha'],
    ['Patient?identifier=urn:mrn|', 'asha'],
    ['Patient?identifier=|42', ''],
    ['Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|42', 'asha'],
    ['Patient?identifier:missing=true', 'ravi'],
    ['Patient?identifier:missing=false', 'asha'],
    ['Patient?name=rao', 'asha ravi'],
    ['Patient?name=RÄO', 'asha ravi'],
    ['Patient?family:exact=Räo', 'asha'],
    ['Patient?family:exact=rao', ''],
    ['Patient?family:contains=ons', 'ravi'],
    ['Patient?given=devi', 'asha'],
    ['Patient?name=rao&gender=male', 'ravi'],
    ['Patient?birthdate=1980', 'asha'],
    ['Patient?birthdate=ge1980-05-17&birthdate=lt1980-05-18', 'asha'],
    ['Patient?birthdate=gt1980-05-17', ''],
    ['Patient?_id=asha,ravi', 'asha ravi'],
    ['Patient?_tag=urn:tag|vip', 'asha'],
    ['Patient?_profile=http://example.test/profiles/p1', 'asha'],
    ['Patient?_lastUpdated=gt2000-01-01', 'asha ravi'],
    ['Patient?_lastUpdated=lt2000-01-01', ''],
    ['Observation?code=http://loinc.org|29463-7', 'weight ravi-weight'],
    ['Observation?code:text=body', 'weight ravi-weight'],
    ['Observation?patient=asha', 'weight pressure'],
    ['Observation?patient=Patient/asha&code=29463-7', 'weight'],
    ['Observation?subject:Patient=ravi', 'ravi-weight'],
    ['Observation?patient.gender=male', 'ravi-weight'],
    ['Observation?subject:Patient.name=asha', 'weight pressure'],
    ['Observation?subject.name=asha', 'weight pressure'],
    ['Observation?patient.general-practitioner.name=mehta', 'weight pressure'],
    ['Observation?date=2024-03-10', 'weight'],
    ['Observation?date=2024-03-13', ''],
    ['Observation?date=2024-03', 'weight pressure ravi-weight'],
    ['Observation?date=ge2024-03-12', 'pressure'],
    ['Observation?date=sa2024-03-10', 'pressure ravi-weight'],
    ['Observation?date=eb2024-03-12', 'weight ravi-weight'],
    ['Observation?date=le2024-03-11', 'weight ravi-weight'],
    ['Observation?date=lt2024-03-11', 'weight'],
    ['Observation?date=ne2024-03-10', 'pressure ravi-weight'],
    ['Observation?date=ap2024-03-13', 'weight pressure ravi-weight'],
    ['Observation?value-quantity=70.5', 'weight'],
    ['Observation?value-quantity=70.5|http://unitsofmeasure.org|kg', 'weight'],
    ['Observation?value-quantity=70.5||kg', 'weight'],
    ['Observation?value-quantity=70.5||g', ''],
    ['Observation?value-quantity=gt70.5', 'ravi-weight'],
    ['Observation?value-quantity=ge70.5&value-quantity=lt90', 'weight'],
    ['Observation?value-quantity=ap73||kg', 'weight'],
    ['Observation?value-quantity=71', 'weight'],
    ['Observation?value-quantity=70', ''],
    ['Observation?value-quantity=70.50', 'weight'],
    ['Observation?value-quantity=70.4', ''],
    ['Observation?value-quantity=7.05e1', 'weight'],
    ['Observation?component-code-value-quantity=http://loinc.org|8480-6$gt100', 'pressure'],
    ['Observation?component-code-value-quantity=8462-4$gt100', ''],
    ['Observation?code-value-quantity=29463-7$lt80||kg', 'weight'],
    ['Observation?combo-code-value-quantity=29463-7$gt80', 'ravi-weight'],
    ['Observation?status=final&performer=Practitioner/doc', 'weight'],
    ['Observation?status:not=final', 'ravi-weight'],
    ['Patient?_has:Observation:patient:code=85354-9', 'asha'],
    ['Patient?_has:Observation:subject:status=preliminary', 'ravi'],
    ['Patient?_has:Observation:patient:_has:Provenance:target:recorded=2024', 'asha'],
    ['Organization?partof.name=group', 'clinic'],
    ['ValueSet?url=http://example.test/sets/colours/light', 'colours'],
    ['ValueSet?url:below=http://example.test/sets', 'colours'],
    ['ValueSet?url:above=http://example.test/sets/colours/light/more', 'colours'],
    ['RiskAssessment?probability=gt0.2', 'risk'],
    ['RiskAssessment?probability=lt0.2', ''],
    ['Provenance?target=Observation/weight', 'origin'],
    ['Provenance?agent:identifier=urn:npi|7', 'origin'],
    ['Patient/asha/Observation?code=29463-7', 'weight'],
  ] as const) {
    test(`${search} finds ${found === '' ? 'nothing' : found}`, async () => {
      const answer = await get(search.replaceAll('|', '%7C'))
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(idsOf(answer).sort(), found.split(' ').filter(Boolean).sort())
      assert.equal(answer.body.total, idsOf(answer).length)
    })
  }

  for (const [search, said] of [
    ['Patient?nonsense=1', /nonsense/],
    ['Patient?gender:nonsense=male', /nonsense/],
    ['Patient?birthdate=yesterday', /date/],
    ['Patient?birthdate=2023-02-30', /date/],
    ['Observation?value-quantity=much', /number/],
    ['Patient?name:missing=perhaps', /true or false/],
    ['Patient?_sort=nonsense', /nonsense/],
    ['Patient?_include=nonsense', /resource type/],
    ['Patient?_count=-1', /_count/],
    ['Patient?_cursor=nonsense', /_cursor/],
    ['Patient?gender.name=x', /no reference/],
    ['Observation?component-code-value-quantity=1', /parts/],
  ] as const) {
    test(`${search} is 400, saying why`, async () => {
      const answer = await get(search)
      assert.equal(answer.status, 400, answer.text)
      assert.equal(answer.body.resourceType, 'OperationOutcome')
      assert.match(answer.body.issue[0].diagnostics, said)
    })
  }

  test('under handling=lenient what is unknown is left out, and said', async () => {
    const answer = await get('Patient?nonsense=1&gender=male', { prefer: 'handling=lenient' })
    assert.deepEqual(idsOf(answer, 'match'), ['ravi'])
    assert.match(answer.text, /"mode":"outcome"/)
    assert.doesNotMatch(answer.body.link[0].url, /nonsense/)
  })

  test('a search by POST is the same search, with repeated parameters', async () => {
    const answer = await ana.request('POST', '/fhir/Patient/_search?gender=female', {
      raw: 'birthdate=ge1980&birthdate=le1980',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(idsOf(answer), ['asha'])
  })

  test('inclusion brings targets, sources, and with :iterate what those refer to', async () => {
    const included = await get('Observation?_id=weight&_include=Observation:subject&_include=Observation:performer')
    assert.deepEqual(idsOf(included, 'include').sort(), ['asha', 'doc'])
    const typed = await get('Observation?_id=weight&_include=Observation:subject:Group')
    assert.deepEqual(idsOf(typed, 'include'), [])
    const all = await get('Observation?_id=weight&_include=*')
    assert.deepEqual(idsOf(all, 'include').sort(), ['asha', 'doc'])
    const reverse = await get('Patient?_id=asha&_revinclude=Observation:patient')
    assert.deepEqual(idsOf(reverse, 'include').sort(), ['pressure', 'weight'])
    const provenance = await get('Observation?_id=weight&_revinclude=Provenance:target')
    assert.deepEqual(idsOf(provenance, 'include'), ['origin'])
    const iterated = await get(
      'Observation?_id=pressure&_include=Observation:subject&_include:iterate=Patient:general-practitioner',
    )
    assert.deepEqual(idsOf(iterated, 'include').sort(), ['asha', 'doc'])
  })

  for (const [sort, order] of [
    ['date', 'weight ravi-weight pressure'],
    ['-date', 'pressure ravi-weight weight'],
    ['value-quantity', 'weight ravi-weight pressure'],
    ['-value-quantity', 'ravi-weight weight pressure'],
    ['component-value-quantity', 'pressure weight ravi-weight'],
    ['-component-value-quantity', 'pressure ravi-weight weight'],
    ['component-value-quantity,-_lastUpdated', 'pressure ravi-weight weight'],
    ['_id', 'pressure ravi-weight weight'],
    ['-_lastUpdated', 'ravi-weight pressure weight'],
    ['_lastUpdated,-date', 'weight pressure ravi-weight'],
  ] as const) {
    test(`_sort=${sort} orders, page by page and all at once`, async () => {
      const whole = await get(`Observation?_sort=${sort}`)
      assert.deepEqual(idsOf(whole).join(' '), order)
      const seen: string[] = []
      let path = `Observation?_sort=${sort}&_count=1`
      for (let page = 0; page < 5 && path !== ''; page += 1) {
        const answer = await get(path)
        assert.equal(answer.status, 200, answer.text)
        seen.push(...idsOf(answer))
        const next = answer.body.link.find((link: { relation: string }) => link.relation === 'next')
        path = next === undefined ? '' : next.url.slice(next.url.indexOf('/fhir/') + 6)
      }
      assert.equal(seen.join(' '), order)
    })
  }

  test('pages stay what they were: what comes later is on none of them', async () => {
    const first = await get('Organization?_count=1')
    platform.clock.advance({ seconds: 1 })
    const late = { resourceType: 'Organization', id: 'late', name: 'Late' }
    const made = await ana.request('PUT', '/fhir/Organization/late', {
      raw: JSON.stringify(late),
      headers: { 'content-type': 'application/fhir+json' },
    })
    assert.equal(made.status, 201)
    const next = first.body.link[1].url
    const second = await get(next.slice(next.indexOf('/fhir/') + 6))
    assert.deepEqual([...idsOf(first), ...idsOf(second)], ['group', 'clinic'])
  })

  test('_total, _summary and _elements', async () => {
    assert.equal((await get('Observation?_count=1')).body.total, undefined)
    assert.equal((await get('Observation?_count=1&_total=accurate')).body.total, 3)
    const count = (await get('Observation?_summary=count')).body
    assert.deepEqual([count.total, count.entry], [3, undefined])
    const [elements] = (await get('Patient?_id=asha&_elements=gender')).body.entry
    assert.deepEqual(Object.keys(elements.resource).sort(), ['gender', 'id', 'meta', 'resourceType'])
    assert.ok(elements.resource.meta.tag.some((tag: { code: string }) => tag.code === 'SUBSETTED'))
    const summary = (await get('Observation/pressure?_summary=true')).body
    assert.deepEqual([summary.note, summary.status], [undefined, 'final'])
  })

  test('$everything gives the compartment and what it refers to, whole or page by page', async () => {
    const whole = idsOf(await get('Patient/asha/$everything')).sort()
    assert.deepEqual(whole, ['asha', 'doc', 'pressure', 'risk', 'weight'])
    const typed = await get('Patient/asha/$everything?_type=Observation')
    assert.deepEqual(idsOf(typed).sort(), ['pressure', 'weight'])
    assert.deepEqual(idsOf(await get('Patient/asha/$everything?_since=2100-01-01T00:00:00Z')), [])
    assert.equal((await get('Patient/asha/$everything?nonsense=2020')).status, 400)
    const seen: string[] = []
    let path = 'Patient/asha/$everything?_count=2'
    for (let page = 0; page < 5 && path !== ''; page += 1) {
      const answer = await get(path)
      seen.push(...idsOf(answer))
      const next = answer.body.link.find((link: { relation: string }) => link.relation === 'next')
      path = next === undefined ? '' : next.url.slice(next.url.indexOf('/fhir/') + 6)
    }
    assert.deepEqual(seen.sort(), whole)
  })

  test('the CapabilityStatement is itself valid FHIR', async () => {
    const checked = await ana.request('POST', '/fhir/CapabilityStatement/$validate', {
      raw: (await get('metadata')).text,
      headers: { 'content-type': 'application/fhir+json' },
    })
    assert.deepEqual(
      checked.body.issue.map((issue: { diagnostics: string }) => issue.diagnostics),
      ['All OK'],
    )
  })

  test('every parameter of the CapabilityStatement is understood', async () => {
    const statement = (await get('metadata')).body
    const values: Record<string, string> = {
      date: '2020',
      number: '1',
      quantity: '1',
      token: 'a',
      string: 'a',
      uri: 'urn:a',
      reference: 'a',
    }
    for (const { type, searchParam } of statement.rest[0].resource) {
      if (!['Patient', 'Observation', 'Bundle', 'DocumentReference', 'Condition'].includes(type)) continue
      for (const { name, type: kind } of searchParam) {
        if (kind === 'composite') continue
        const answer = await get(`${type}?${name}=${values[kind]}`)
        assert.equal(answer.status, 200, `${type}?${name}: ${answer.text}`)
      }
    }
  })
})
