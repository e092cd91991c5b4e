import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const LOINC = 'http://loinc.org'
const IPS = 'http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips'
const GENDER = 'http://hl7.org/fhir/administrative-gender'
const loinc = (code: string, display?: string) => ({
  coding: [{ system: LOINC, code, ...(display ? { display } : {}) }],
})
const category = (code: string) => [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] },
]
const about = { subject: { reference: 'Patient/pat' } }
const observation = (id: string, code: string, date: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: category('vital-signs'),
  code: loinc(code, 'Weight & <b>more</b>'),
  ...about,
  effectiveDateTime: date,
  valueQuantity: { value: 70.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  ...more,
})
const document = (id: string, code: string, start: string) => ({
  resourceType: 'DocumentReference',
  id,
  status: 'current',
  ...about,
  type: loinc(code),
  date: `${start}T00:00:00Z`,
  content: [{ attachment: { contentType: 'text/plain', data: 'YQ==' } }],
  context: { period: { start, end: start } },
})
const RECORD: readonly { resourceType: string; id: string; [member: string]: unknown }[] = [
  {
    resourceType: 'Patient',
    id: 'pat',
    name: [{ family: 'Rao' }],
    birthDate: '1980-01-01',
    identifier: [{ value: 'm1' }],
  },
  observation('w1', '29463-7', '2024-01-01'),
  observation('w2', '29463-7', '2024-02-01'),
  observation('w3', '29463-7', '2024-03-01'),
  observation('h1', '8302-2', '2024-01-05'),
  {
    resourceType: 'Condition',
    id: 'c',
    ...about,
    code: { text: 'Asthma <script>' },
    asserter: { reference: 'Practitioner/doc' },
  },
  { resourceType: 'Practitioner', id: 'doc', name: [{ family: 'Mehta' }] },
  document('d1', '34133-9', '2024-01-01'),
  document('d2', '11502-2', '2024-05-01'),
]

describe('fhir: operations', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson
  const headers = { 'content-type': 'application/fhir+json' }

  before(async () => {
    platform = await openTestPlatform({ environment: { PUBLIC_URL: 'https://salus.test' } })
    ana = await platform.person('ana')
    ben = await platform.person('ben')
    const entry = RECORD.map((one) => ({
      resource: one,
      request: { method: 'PUT', url: `${one.resourceType}/${one.id}` },
    }))
    const done = await post('', { resourceType: 'Bundle', type: 'transaction', entry })
    assert.equal(done.status, 200, done.text)
  })
  after(() => platform.close())

  const post = (path: string, body: object, person = ana) =>
    person.request('POST', `/fhir${path}`, { raw: JSON.stringify(body), headers })
  const get = (path: string, person = ana) => person.get(`/fhir${path}`)
  const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter })
  const ids = (answer: TestAnswer): string => {
    assert.equal(answer.status, 200, answer.text)
    return (answer.body.entry ?? []).map((one: { resource: { id: string } }) => one.resource.id).join(' ')
  }
  const value = (answer: TestAnswer, name: string): unknown => {
    assert.equal(answer.status, 200, answer.text)
    const found = answer.body.parameter.find((one: { name: string }) => one.name === name) ?? {}
    return Object.entries(found).find(([key]) => key.startsWith('value'))?.[1]
  }

  describe('$meta', () => {
    const tag = (code: string, display?: string) => ({ system: 'urn:t', code, ...(display ? { display } : {}) })

    test('is added to, shown at every level, and taken away', async () => {
      const added = await post(
        '/Patient/pat/$meta-add',
        parameters({ name: 'meta', valueMeta: { tag: [tag('a'), tag('b')] } }),
      )
      assert.equal(added.status, 200, added.text)
      const again = await post(
        '/Patient/pat/$meta-add',
        parameters({ name: 'meta', valueMeta: { tag: [tag('a', 'A')] } }),
      )
      assert.equal((value(again, 'return') as { tag: unknown[] }).tag.length, 2)
      for (const path of ['/Patient/pat/$meta', '/Patient/$meta', '/$meta']) {
        assert.deepEqual((value(await get(path), 'return') as { tag: unknown }).tag, [tag('a'), tag('b')], path)
      }
      assert.equal(ids(await get('/Patient?_tag=urn:t|b')), 'pat')
      const removed = await post(
        '/Patient/pat/$meta-delete',
        parameters({ name: 'meta', valueMeta: { tag: [tag('b')] } }),
      )
      assert.deepEqual((value(removed, 'return') as { tag: unknown }).tag, [tag('a')])
      assert.equal(value(await get('/Device/$meta'), 'return'), undefined)
    })

    test('is refused without a meta, for what is not there, and for another person', async () => {
      assert.equal((await post('/Patient/pat/$meta-add', parameters())).status, 400)
      assert.equal((await get('/Patient/none/$meta')).status, 404)
      const foreign = await post('/Patient/pat/$meta-add', parameters({ name: 'meta', valueMeta: {} }), ben)
      assert.equal(foreign.status, 404)
      assert.equal((await get('/Patient/pat/$meta-add')).status, 405)
    })
  })

  test('$lastn gives the newest of each code, by search parameters or Parameters', async () => {
    assert.equal(
      ids(await get('/Observation/$lastn?patient=pat&category=vital-signs'))
        .split(' ')
        .sort()
        .join(' '),
      'h1 w3',
    )
    assert.equal(ids(await get('/Observation/$lastn?patient=pat&code=29463-7&max=2')), 'w3 w2')
    const given = parameters({ name: 'subject', valueString: 'Patient/pat' }, { name: 'code', valueString: '29463-7' })
    assert.equal(ids(await post('/Observation/$lastn', given)), 'w3')
    for (const query of ['code=1', 'patient=pat', 'patient=pat&code=1&max=0', 'patient=pat&code=1&nonsense=2']) {
      assert.equal((await get(`/Observation/$lastn?${query}`)).status, 400, query)
    }
    assert.equal((await get('/Patient/$lastn?patient=pat&code=1')).status, 404)
    assert.equal(ids(await get('/Observation/$lastn?patient=pat&category=vital-signs', ben)), '')
  })

  test('$docref gives the newest document, or those of a time and a type', async () => {
    assert.equal(ids(await get('/DocumentReference/$docref?patient=pat')), 'd2')
    assert.equal(ids(await get('/DocumentReference/$docref?patient=pat&start=2023-12-01&end=2024-02-01')), 'd1')
    assert.equal(ids(await get(`/DocumentReference/$docref?patient=pat&start=2020-01-01&type=${LOINC}|34133-9`)), 'd1')
    assert.equal((await get('/DocumentReference/$docref')).status, 400)
    assert.equal((await get('/DocumentReference/$docref?patient=pat&start=never')).status, 400)
  })

  test('$everything keeps to the time of care, and takes Parameters', async () => {
    const found = ids(await get('/Patient/pat/$everything?start=2024-02-01&end=2024-03-31&_type=Observation,Condition'))
    assert.equal(found.split(' ').sort().join(' '), 'c w2 w3')
    const given = parameters({ name: '_type', valueString: 'Condition' })
    assert.equal(ids(await post('/Patient/pat/$everything', given)), 'c')
    assert.equal((await get('/Patient/pat/$everything?start=never')).status, 400)
  })

  describe('$summary', () => {
    test('is a document with the required sections, the same twice, and valid', async () => {
      const answer = await get('/Patient/pat/$summary')
      assert.equal(answer.status, 200, answer.text)
      const { body } = answer
      assert.equal(body.type, 'document')
      assert.deepEqual(body.meta.profile, [IPS])
      const [composition, patient] = body.entry.map((one: { resource: object }) => one.resource)
      assert.deepEqual([composition.resourceType, patient.resourceType], ['Composition', 'Patient'])
      const sections = new Map<
        string,
        { entry?: { reference: string }[]; emptyReason?: object; text: { div: string } }
      >(composition.section.map((one: { code: { coding: { code: string }[] } }) => [one.code.coding[0]?.code, one]))
      assert.deepEqual(sections.get('11450-4')?.entry, [{ reference: 'Condition/c' }])
      assert.ok(sections.get('48765-2')?.emptyReason)
      assert.ok(sections.get('10160-0')?.emptyReason)
      assert.equal(sections.get('8716-3')?.entry?.length, 2)
      assert.match(sections.get('11450-4')?.text.div ?? '', /Asthma &lt;script&gt;/)
      assert.match(sections.get('8716-3')?.text.div ?? '', /Weight &amp; &lt;b&gt;more&lt;\/b&gt;: 70.5 kg, 2024-03-01/)
      assert.ok(body.entry.some((one: { resource: { id: string } }) => one.resource.id === 'doc'))
      assert.equal((await get('/Patient/pat/$summary')).text, answer.text)
      const checked = await post('/Bundle/$validate', body)
      assert.equal(checked.body.issue[0].severity, 'information', checked.text)
    })

    test('is found by an identifier, and not for a stranger', async () => {
      assert.equal((await get('/Patient/$summary?identifier=m1')).status, 200)
      assert.equal((await get('/Patient/$summary?identifier=none')).status, 404)
      assert.equal((await get('/Patient/$summary')).status, 400)
      assert.equal((await get('/Patient/pat/$summary', ben)).status, 404)
      assert.equal((await get('/Patient/pat/$summary?nonsense=1')).status, 400)
    })
  })

  describe('terminology', () => {
    const codes = (answer: TestAnswer): string => {
      assert.equal(answer.status, 200, answer.text)
      return (answer.body.expansion.contains ?? []).map((one: { code: string }) => one.code).join(' ')
    }
    const set = (include: object, more: object = {}) => ({
      resourceType: 'ValueSet',
      url: 'urn:set',
      status: 'active',
      compose: { include: [include] },
      ...more,
    })

    test('$expand lists a value set, filtered and by pages', async () => {
      const url = 'http://hl7.org/fhir/ValueSet/administrative-gender'
      assert.equal(codes(await get(`/ValueSet/$expand?url=${url}`)), 'male female other unknown')
      assert.equal(codes(await get(`/ValueSet/$expand?url=${url}&filter=Male`)), 'male female')
      const page = await get(`/ValueSet/$expand?url=${url}&offset=1&count=2`)
      assert.equal(codes(page), 'female other')
      assert.equal(page.body.expansion.total, 4)
      assert.equal(codes(await post('/ValueSet/$expand', parameters({ name: 'url', valueUri: url }))).length, 25)
      assert.equal((await get('/ValueSet/$expand?url=urn:none')).status, 404)
      assert.equal((await get('/ValueSet/$expand')).status, 400)
    })

    test('$expand knows hierarchies, sets that come along and sets of the record', async () => {
      const system = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
      const inside = set({ system, filter: [{ property: 'concept', op: 'is-a', value: '_ActEncounterCode' }] })
      assert.match(codes(await post('/ValueSet/$expand', inside)), /AMB.*EMER/)
      const own = await post('/ValueSet', { ...set({ system: GENDER, concept: [{ code: 'male' }] }), url: 'urn:mine' })
      assert.equal(own.status, 201, own.text)
      assert.equal(codes(await get(`/ValueSet/${own.body.id}/$expand`)), 'male')
      assert.equal(codes(await post('/ValueSet/$expand', set({ valueSet: ['urn:mine'] }))), 'male')
      assert.equal((await get('/ValueSet/$expand?url=urn:mine', ben)).status, 404)
      const open = await post('/ValueSet/$expand', set({ system: 'http://snomed.info/sct' }))
      assert.equal(open.status, 422, open.text)
    })

    test('$validate-code tells codes of sets and systems, and displays', async () => {
      const url = 'http://hl7.org/fhir/ValueSet/administrative-gender'
      const check = (query: string) => get(`/ValueSet/$validate-code?url=${url}&${query}`)
      assert.equal(value(await check(`system=${GENDER}&code=male`), 'result'), true)
      assert.equal(value(await check(`system=${GENDER}&code=purple`), 'result'), false)
      assert.equal(value(await check(`system=${GENDER}&code=male&display=Female`), 'result'), false)
      assert.equal(value(await check('system=urn:x&code=male'), 'result'), false)
      const units = 'http://hl7.org/fhir/ValueSet/ucum-units'
      const ucum = await get(`/ValueSet/$validate-code?url=${units}&system=http://unitsofmeasure.org&code=mg/dL`)
      assert.equal(value(ucum, 'result'), true)
      assert.equal(value(await get(`/CodeSystem/$validate-code?url=${GENDER}&code=other`), 'result'), true)
      const coding = parameters({ name: 'coding', valueCoding: { system: GENDER, code: 'other', display: 'Other' } })
      assert.equal(value(await post('/CodeSystem/$validate-code', coding), 'result'), true)
      assert.equal((await get('/CodeSystem/$validate-code?url=urn:none&code=x')).status, 404)
      assert.equal((await get('/ValueSet/$validate-code?code=x')).status, 400)
    })

    test('$lookup and $subsumes know the hierarchy', async () => {
      const system = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
      const found = await get(`/CodeSystem/$lookup?system=${system}&code=AMB`)
      assert.equal(value(found, 'display'), 'ambulatory')
      const outcome = async (a: string, b: string) =>
        value(await get(`/CodeSystem/$subsumes?system=${system}&codeA=${a}&codeB=${b}`), 'outcome')
      assert.equal(await outcome('_ActEncounterCode', 'AMB'), 'subsumes')
      assert.equal(await outcome('AMB', '_ActEncounterCode'), 'subsumed-by')
      assert.equal(await outcome('AMB', 'EMER'), 'not-subsumed')
      assert.equal(await outcome('AMB', 'AMB'), 'equivalent')
      assert.equal((await get(`/CodeSystem/$lookup?system=${system}&code=NOTHING`)).status, 404)
      assert.equal((await get('/CodeSystem/$lookup?system=constructor&code=name')).status, 404)
      assert.equal((await get('/CodeSystem/$lookup?code=AMB')).status, 400)
    })

    test('a search takes a value set, and what is narrower than a code', async () => {
      assert.equal(ids(await get('/Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender')), '')
      const vitals = await post('/ValueSet', {
        ...set({ system: LOINC, concept: [{ code: '8302-2' }] }),
        url: 'urn:height',
      })
      assert.equal(ids(await get('/Observation?code:in=urn:height')), 'h1')
      assert.equal(ids(await get(`/Observation?code:in=ValueSet/${vitals.body.id}`)), 'h1')
      assert.equal(ids(await get('/Observation?code:not-in=urn:height&_sort=date')), 'w1 w2 w3')
      assert.equal(ids(await get('/Patient?_has:Observation:patient:code:in=urn:height')), 'pat')
      assert.equal((await get('/Observation?code:in=urn:none')).status, 400)
      const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
      await post('/Encounter', {
        resourceType: 'Encounter',
        status: 'planned',
        class: { system: act, code: 'AMB' },
        ...about,
      })
      const below = await get(`/Encounter?class:below=${act}|_ActEncounterCode&_total=accurate`)
      assert.equal(below.body.total, 1, below.text)
      assert.equal((await get(`/Encounter?class:above=${act}|AMB&_total=accurate`)).body.total, 1)
      assert.equal((await get(`/Encounter?class:below=${act}|EMER&_total=accurate`)).body.total, 0)
    })
  })
})
