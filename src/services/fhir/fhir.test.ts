import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'
import { engines } from './handlers/engines.ts'

const JSON_TYPE = { 'content-type': 'application/fhir+json' }

describe('fhir: interactions', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  const send = (
    person: TestPerson,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) =>
    person.request(method, `/fhir${path}`, {
      ...(body === undefined ? {} : { raw: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: { ...JSON_TYPE, ...headers },
    })

  const patient = (more: object = {}) => ({
    resourceType: 'Patient',
    name: [{ family: 'Rao', given: ['Asha'] }],
    ...more,
  })
  const observation = (more: object = {}) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    ...more,
  })

  async function created(body: object, person = ana): Promise<{ id: string; answer: TestAnswer }> {
    const { resourceType } = body as { resourceType: string }
    const answer = await send(person, 'POST', `/${resourceType}`, body)
    assert.equal(answer.status, 201, answer.text)
    return { id: answer.body.id, answer }
  }

  function refused(answer: TestAnswer, status: number, code?: string): void {
    assert.equal(answer.status, status, answer.text)
    assert.match(String(answer.headers['content-type']), /^application\/fhir\+json/)
    assert.equal(answer.body.resourceType, 'OperationOutcome')
    assert.equal(answer.body.issue[0].severity, 'error')
    if (code !== undefined) assert.equal(answer.body.issue[0].code, code)
  }

  test('what is created is read back with id, version, time and headers', async () => {
    const { id, answer } = await created(patient())
    assert.equal(answer.headers.etag, 'W/"1"')
    assert.match(String(answer.headers.location), new RegExp(`/fhir/Patient/${id}/_history/1$`))
    const read = await send(ana, 'GET', `/Patient/${id}`)
    assert.equal(read.status, 200)
    assert.equal(read.headers.etag, 'W/"1"')
    assert.equal(read.body.meta.versionId, '1')
    assert.equal(read.body.meta.lastUpdated, platform.clock.now().toISOString())
    assert.deepEqual(read.body.name, patient().name)
    assert.equal((await send(ana, 'HEAD', `/Patient/${id}`)).status, 200)
  })

  test('decimals keep their exact text', async () => {
    const text = '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00}}'
    const made = await send(ana, 'POST', '/Observation', text)
    assert.equal(made.status, 201, made.text)
    const read = await send(ana, 'GET', `/Observation/${made.body.id}`)
    assert.match(read.text, /"value":1\.00[,}]/)
    const history = await send(ana, 'GET', `/Observation/${made.body.id}/_history`)
    assert.match(history.text, /"value":1\.00[,}]/)
  })

  test("another person's resources are not there, under any interaction", async () => {
    const { id } = await created(patient())
    refused(await send(ben, 'GET', `/Patient/${id}`), 404, 'not-found')
    refused(await send(ben, 'GET', `/Patient/${id}/_history`), 404)
    refused(await send(ben, 'GET', `/Patient/${id}/_history/1`), 404)
    refused(await send(ben, 'GET', `/Patient/${id}/$everything`), 404)
    assert.equal((await send(ben, 'GET', `/Patient?_id=${id}&_total=accurate`)).body.total, 0)
    assert.equal((await send(ben, 'DELETE', `/Patient/${id}`)).status, 204)
    assert.equal((await send(ana, 'GET', `/Patient/${id}`)).status, 200)
    // The same id in another record is another resource.
    const own = await send(ben, 'PUT', `/Patient/${id}`, patient({ id, gender: 'male' }))
    assert.equal(own.status, 201, own.text)
    assert.equal((await send(ana, 'GET', `/Patient/${id}`)).body.gender, undefined)
    refused(await ben.request('GET', `/fhir/Patient/${id}?profile_id=${ana.accountId}`, {}), 404)
  })

  test('without a credential everything but metadata is 401, as OperationOutcome', async () => {
    refused(await platform.request('GET', '/fhir/Patient'), 401, 'login')
    refused(await platform.request('POST', '/fhir/Patient', { raw: '{}', headers: JSON_TYPE }), 401)
    const capability = await platform.request('GET', '/fhir/metadata')
    assert.equal(capability.status, 200, capability.text)
    assert.equal(capability.body.resourceType, 'CapabilityStatement')
    assert.equal(capability.body.fhirVersion, '4.0.1')
  })

  test('an address or a type that does not exist is 404, as OperationOutcome', async () => {
    refused(await send(ana, 'GET', '/Nonsense/1'), 404)
    refused(await send(ana, 'GET', '/Patient/a/b/c/d'), 404)
    refused(await send(ana, 'GET', '/Patient/unknown'), 404, 'not-found')
    refused(await send(ana, 'POST', '/Patient/1/$nothing', {}), 404)
  })

  test('a method that an address does not take is 405, saying which it does', async () => {
    const { id } = await created(patient())
    for (const [method, path, allowed] of [
      ['PUT', '/metadata', 'GET'],
      ['POST', `/Patient/${id}`, 'PATCH'],
      ['DELETE', `/Patient/${id}/_history`, 'GET'],
      ['PUT', '/Patient/_search', 'POST'],
      ['PUT', '/Patient/$validate', 'POST'],
    ] as const) {
      const answer = await send(ana, method, path, {})
      refused(answer, 405, 'not-supported')
      assert.ok(String(answer.headers.allow).split(/, ?/).includes(allowed), `${path}: ${answer.headers.allow}`)
    }
  })

  test('another version of FHIR is neither taken nor given', async () => {
    const { id } = await created(patient())
    const type = (version: string) => `application/fhir+json; charset=utf-8; fhirVersion=${version}`
    const read = (version: string) => ana.request('GET', `/fhir/Patient/${id}`, { headers: { accept: type(version) } })
    const write = (version: string) =>
      ana.request('POST', '/fhir/Patient', {
        raw: JSON.stringify(patient()),
        headers: { 'content-type': type(version) },
      })
    assert.deepEqual([(await read('4.0')).status, (await write('4.0')).status], [200, 201])
    refused(await read('3.0'), 406)
    refused(await write('3.0'), 415)
  })

  test('what is known of codes is told beside the capabilities', async () => {
    const { body } = await send(ana, 'GET', '/metadata?mode=terminology')
    assert.equal(body.resourceType, 'TerminologyCapabilities')
    assert.deepEqual(engines().validator.validate(body), [])
  })

  test('$fhirpath asks what is sent or stored, within bounds, and nothing of anybody else', async () => {
    const { id } = await created(patient({ gender: 'female' }))
    const stored = await send(ana, 'GET', `/Patient/${id}/$fhirpath?expression=Patient.gender`)
    assert.deepEqual(stored.body.parameter[1].part, [{ name: 'code', valueCode: 'female' }])
    const parameter = [
      { name: 'expression', valueString: '%least < value.value' },
      { name: 'context', valueString: 'Observation.component' },
      { name: 'variables', part: [{ name: 'least', valueInteger: 5 }] },
      {
        name: 'resource',
        resource: {
          resourceType: 'Observation',
          component: [{ valueQuantity: { value: 4 } }, { valueQuantity: { value: 6.0 } }],
        },
      },
    ]
    const sent = await send(ana, 'POST', '/$fhirpath', { resourceType: 'Parameters', parameter })
    const results = sent.body.parameter.slice(1).map((one: { part: object[] }) => one.part)
    assert.deepEqual(results, [[{ name: 'boolean', valueBoolean: false }], [{ name: 'boolean', valueBoolean: true }]])
    refused(await send(ana, 'GET', `/Patient/${id}/$fhirpath?expression=Patient.(`), 400)
    refused(await send(ana, 'GET', `/Patient/${id}/$fhirpath?expression=Patient.nothing`), 422)
    refused(await send(ana, 'GET', `/Patient/${id}/$fhirpath`), 400)
    refused(await send(ben, 'GET', `/Patient/${id}/$fhirpath?expression=id`), 404)
  })

  test('an update makes a version, and every version stays readable', async () => {
    const { id } = await created(patient())
    platform.clock.advance({ minutes: 1 })
    const updated = await send(ana, 'PUT', `/Patient/${id}`, patient({ id, gender: 'female' }))
    assert.equal(updated.status, 200, updated.text)
    assert.equal(updated.headers.etag, 'W/"2"')
    assert.equal((await send(ana, 'GET', `/Patient/${id}/_history/1`)).body.gender, undefined)
    assert.equal((await send(ana, 'GET', `/Patient/${id}/_history/2`)).body.gender, 'female')
    refused(await send(ana, 'GET', `/Patient/${id}/_history/3`), 404)
    const history = (await send(ana, 'GET', `/Patient/${id}/_history`)).body
    assert.equal(history.total, 2)
    assert.deepEqual(
      history.entry.map((entry: { response: { etag: string } }) => entry.response.etag),
      ['W/"2"', 'W/"1"'],
    )
  })

  test('an update to an id that is free creates', async () => {
    const made = await send(ana, 'PUT', '/Patient/chosen-id', patient({ id: 'chosen-id' }))
    assert.equal(made.status, 201, made.text)
    refused(await send(ana, 'PUT', '/Patient/other-id', patient({ id: 'chosen-id' })), 400)
    refused(await send(ana, 'PUT', '/Patient/other-id', patient()), 400)
  })

  test('a deleted resource is gone, keeps its history, and can come back', async () => {
    const { id } = await created(patient())
    assert.equal((await send(ana, 'DELETE', `/Patient/${id}`)).status, 204)
    refused(await send(ana, 'GET', `/Patient/${id}`), 410, 'deleted')
    assert.equal((await send(ana, 'DELETE', `/Patient/${id}`)).status, 204)
    assert.equal((await send(ana, 'GET', `/Patient/${id}/_history/1`)).status, 200)
    refused(await send(ana, 'GET', `/Patient/${id}/_history/2`), 410)
    assert.equal((await send(ana, 'GET', `/Patient?_id=${id}`)).body.entry, undefined)
    const back = await send(ana, 'PUT', `/Patient/${id}`, patient({ id }))
    assert.equal(back.status, 201, back.text)
    assert.equal(back.headers.etag, 'W/"3"')
  })

  test('If-Match refuses an update of a version that is not current', async () => {
    const { id } = await created(patient())
    refused(await send(ana, 'PUT', `/Patient/${id}`, patient({ id }), { 'if-match': 'W/"9"' }), 412)
    assert.equal((await send(ana, 'PUT', `/Patient/${id}`, patient({ id }), { 'if-match': 'W/"1"' })).status, 200)
    refused(await send(ana, 'DELETE', `/Patient/${id}`, undefined, { 'if-match': 'W/"1"' }), 412)
    refused(await send(ana, 'PUT', `/Patient/${id}`, patient({ id }), { 'if-none-match': '*' }), 412)
  })

  test('a read of what the client has is 304', async () => {
    const { id } = await created(patient())
    assert.equal((await send(ana, 'GET', `/Patient/${id}`, undefined, { 'if-none-match': 'W/"1"' })).status, 304)
    const now = platform.clock.now().toUTCString()
    assert.equal((await send(ana, 'GET', `/Patient/${id}`, undefined, { 'if-modified-since': now })).status, 304)
    assert.equal((await send(ana, 'GET', `/Patient/${id}`, undefined, { 'if-none-match': 'W/"2"' })).status, 200)
  })

  test('of two updates with one If-Match only one is done', async () => {
    const { id } = await created(patient())
    const both = await Promise.all(
      ['male', 'female'].map((gender) =>
        send(ana, 'PUT', `/Patient/${id}`, patient({ id, gender }), { 'if-match': 'W/"1"' }),
      ),
    )
    assert.deepEqual(both.map((one) => one.status).sort(), [200, 412])
  })

  test('If-None-Exist creates once, also when asked ten times at once', async () => {
    const body = patient({ identifier: [{ system: 'urn:test', value: 'once' }] })
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        send(ana, 'POST', '/Patient', body, { 'if-none-exist': 'identifier=urn:test|once' }),
      ),
    )
    assert.equal(answers.filter((one) => one.status === 201).length, 1)
    assert.equal(answers.filter((one) => one.status === 200).length, 9)
    assert.equal(new Set(answers.map((one) => one.body.id)).size, 1)
  })

  test('conditional update and delete find one, none or too many', async () => {
    const identified = (value: string, more: object = {}) =>
      patient({ identifier: [{ system: 'urn:c', value }], ...more })
    const query = (value: string) => `/Patient?identifier=urn:c|${value}`
    assert.equal((await send(ana, 'PUT', query('one'), identified('one'))).status, 201)
    assert.equal((await send(ana, 'PUT', query('one'), identified('one', { gender: 'male' }))).status, 200)
    await created(identified('two'))
    await created(identified('two'))
    refused(await send(ana, 'PUT', query('two'), identified('two')), 412)
    refused(await send(ana, 'DELETE', query('two')), 412)
    assert.equal((await send(ana, 'DELETE', query('one'))).status, 204)
    assert.equal((await send(ana, 'DELETE', query('one'))).status, 204)
    refused(await send(ana, 'DELETE', '/Patient'), 400)
    refused(await send(ana, 'DELETE', '/Patient?unknown=1'), 400)
  })

  test('a JSON Patch changes what it says, or nothing', async () => {
    const { id } = await created(patient())
    const patch = (body: unknown) =>
      send(ana, 'PATCH', `/Patient/${id}`, body, { 'content-type': 'application/json-patch+json' })
    const done = await patch([
      { op: 'test', path: '/name/0/family', value: 'Rao' },
      { op: 'replace', path: '/name/0/given/0', value: 'Usha' },
      { op: 'add', path: '/gender', value: 'female' },
    ])
    assert.equal(done.status, 200, done.text)
    assert.deepEqual([done.body.name[0].given, done.body.gender], [['Usha'], 'female'])
    refused(await patch([{ op: 'test', path: '/gender', value: 'male' }]), 422)
    refused(await patch([{ op: 'replace', path: '/gender', value: 'nonsense' }]), 422, 'code-invalid')
    refused(await patch([{ op: 'remove', path: '/nothing' }]), 422)
    refused(await patch([{ op: 'replace', path: '/id', value: 'other' }]), 422)
    refused(await send(ana, 'PATCH', `/Patient/${id}`, []), 415)
    assert.equal((await send(ana, 'GET', `/Patient/${id}`)).headers.etag, 'W/"2"')
  })

  test('Prefer decides what a write shows', async () => {
    const prefer = (word: string) => send(ana, 'POST', '/Patient', patient(), { prefer: `return=${word}` })
    assert.equal((await prefer('minimal')).text, '')
    assert.equal((await prefer('representation')).body.resourceType, 'Patient')
    assert.equal((await prefer('OperationOutcome')).body.resourceType, 'OperationOutcome')
  })

  for (const [why, body, code] of [
    ['an unknown member', patient({ nickname: 'x' }), 'structure'],
    ['a missing member', { resourceType: 'Observation', code: { text: 'x' } }, 'required'],
    ['a code outside its set', patient({ gender: 'x' }), 'code-invalid'],
    ['a day that does not exist', patient({ birthDate: '2023-02-29' }), 'value'],
    ['two types of one choice', observation({ valueString: 'x', valueInteger: 1 }), 'structure'],
    ['a broken invariant', observation({ valueString: 'x', dataAbsentReason: { text: 'no' } }), 'invariant'],
    ['a reference to a wrong type', observation({ subject: { reference: 'Medication/1' } }), 'value'],
    ['an empty list', patient({ name: [] }), 'structure'],
    ['a reference to nothing contained', observation({ subject: { reference: '#p' } }), 'invariant'],
    [
      'a script in its narrative',
      patient({
        text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><script>1</script></div>' },
      }),
      'invariant',
    ],
  ] as const) {
    test(`a resource with ${why} is refused, naming the place`, async () => {
      const answer = await send(ana, 'POST', `/${body.resourceType}`, body)
      refused(answer, 422, code)
      assert.match(answer.body.issue[0].expression[0], /^(Patient|Observation)/)
      const validated = await send(ana, 'POST', `/${body.resourceType}/$validate`, body)
      assert.equal(validated.status, 200)
      assert.deepEqual(validated.body.issue, answer.body.issue)
    })
  }

  test('who has a right to the record reads it, and writes only with a right to write', async () => {
    const { id } = await created(patient())
    const give = (action: string) =>
      platform.rows(
        `insert into kernel.access_right values ($1, $2, 'health_records', $3, 'infinity', 'grant', gen_random_uuid())`,
        [ben.accountId, ana.accountId, action],
      )
    const query = `?profile_id=${ana.accountId}`
    await give('read')
    const headers = { 'x-profile-id': ana.accountId }
    assert.equal((await send(ben, 'GET', `/Patient/${id}`, undefined, headers)).status, 200)
    const found = await send(ben, 'GET', `/Patient${query}&_id=${id}`)
    assert.equal(found.body.entry.length, 1)
    assert.match(found.body.link[0].url, /profile_id=/)
    refused(await send(ben, 'PUT', `/Patient/${id}${query}`, patient({ id })), 404)
    refused(await send(ben, 'DELETE', `/Patient/${id}${query}`), 404)
    refused(await send(ben, 'POST', `${query}`, { resourceType: 'Bundle', type: 'batch' }), 404)
    await give('write')
    assert.equal((await send(ben, 'PUT', `/Patient/${id}${query}`, patient({ id, gender: 'female' }))).status, 200)
    assert.equal((await send(ana, 'GET', `/Patient/${id}`)).body.gender, 'female')
    await platform.rows('delete from kernel.access_right where account_id = $1', [ben.accountId])
    refused(await send(ben, 'GET', `/Patient/${id}${query}`), 404)
    await platform.settle()
    const audited = await platform.rows(`select outcome from kernel.audit where service = 'fhir' and person_id = $1`, [
      ana.accountId,
    ])
    assert.ok(audited.length >= 5, JSON.stringify(audited))
  })

  test('NUL characters and hostile narratives are refused at once', async () => {
    refused(await send(ana, 'GET', '/Patient?name=a%00b'), 400)
    refused(await send(ana, 'GET', '/Patient/a%00b'), 400)
    refused(await send(ana, 'POST', '/Patient', patient({ language: 'a\u0000b' })), 422)
    for (const piece of ['<!--', '<a "', '<a ', '</div>', '<div']) {
      const div = `<div xmlns="http://www.w3.org/1999/xhtml">${piece.repeat(100_000)}`
      refused(await send(ana, 'POST', '/Patient', patient({ text: { status: 'generated', div } })), 422)
    }
  })

  test('what is no JSON, no resource, too large or XML is refused', async () => {
    refused(await send(ana, 'POST', '/Patient', '{'), 400, 'structure')
    refused(await send(ana, 'POST', '/Patient', '[]'), 422)
    refused(await send(ana, 'POST', '/Patient', observation()), 400)
    refused(await send(ana, 'POST', '/Patient', '<Patient/>', { 'content-type': 'application/fhir+xml' }), 415)
    refused(await send(ana, 'GET', '/Patient', undefined, { accept: 'application/fhir+xml' }), 406)
  })

  test('$validate says that all is well, takes Parameters, and says what it does not check', async () => {
    const fine = await send(ana, 'POST', '/Patient/$validate', patient())
    assert.equal(fine.body.issue[0].severity, 'information')
    const parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'resource', resource: patient({ gender: 'x' }) },
        { name: 'profile', valueUri: 'urn:p' },
      ],
    }
    const wrapped = await send(ana, 'POST', '/Patient/$validate', parameters)
    assert.deepEqual(
      wrapped.body.issue.map((issue: { code: string }) => issue.code),
      ['code-invalid', 'not-supported'],
    )
  })

  test('history of a type and of the record goes page by page, newest first', async () => {
    const person = await platform.person('carla')
    for (let index = 0; index < 5; index += 1) await created(patient({ gender: 'other' }), person)
    await created(observation(), person)
    const seen: string[] = []
    let path = '/Patient/_history?_count=2'
    for (let page = 0; page < 5 && path !== ''; page += 1) {
      const answer = await send(person, 'GET', path)
      assert.equal(answer.status, 200, answer.text)
      seen.push(...answer.body.entry.map((entry: { fullUrl: string }) => entry.fullUrl))
      const next = answer.body.link.find((link: { relation: string }) => link.relation === 'next')
      path = next === undefined ? '' : next.url.slice(next.url.indexOf('/fhir') + 5)
    }
    assert.equal(new Set(seen).size, 5)
    assert.equal((await send(person, 'GET', '/_history')).body.total, 6)
    refused(await send(person, 'GET', '/_history?nonsense=1'), 400)
  })

  test('an export has everything and erasure leaves nothing', async () => {
    const person = await platform.person('dora')
    const { id } = await created(patient({ birthDate: '1980-01-01' }), person)
    await created(
      observation({ subject: { reference: `Patient/${id}` }, valueQuantity: { value: 3 }, effectiveDateTime: '2020' }),
      person,
    )
    const exported = (await platform.exportAll(person.accountId)).fhir
    assert.deepEqual([exported?.resources?.length, exported?.history?.length], [2, 2])
    const receipt = await platform.erase(person.accountId)
    assert.equal(receipt['fhir.resource'], 2)
    for (const table of ['resource', 'history', 'date_value', 'number_value', 'text_value', 'reference_value']) {
      const rows = await platform.rows(`select from fhir.${table} where user_id = $1`, [person.accountId])
      assert.equal(rows.length, 0, table)
    }
  })
})
