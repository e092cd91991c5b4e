import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '../../kernel/ids.ts'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'
import { appToken } from './fixtures/testing/appToken.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'
const idsOf = (answer: TestAnswer): string[] => {
  assert.equal(answer.status, 200, answer.text)
  return (answer.body.entry ?? []).map((one: { resource: { id: string } }) => one.resource.id).sort()
}

describe('fhir: scopes of apps', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  const observation = (id: string, category: string) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [{ coding: [{ system: CATEGORY, code: category }] }],
    code: { text: 'x' },
    subject: { reference: 'Patient/p' },
  })
  const put = async (person: TestPerson, resource: { resourceType: string; id: string }) => {
    const answer = await person.request('PUT', `/fhir/${resource.resourceType}/${resource.id}`, {
      body: resource,
      headers: HEADERS,
    })
    assert.ok([200, 201].includes(answer.status), answer.text)
  }

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
    for (const person of [ana, ben]) {
      await put(person, { resourceType: 'Patient', id: 'p' })
      await put(person, observation('lab', 'laboratory'))
      await put(person, observation('vital', 'vital-signs'))
    }
  })
  after(() => platform.close())

  const tokenFor = (scopes: readonly string[], patient = 'p') =>
    appToken(platform, { personId: ana.accountId, patient, scopes })
  const as = (token: string) => (method: string, path: string, body?: object) =>
    platform.request(method, path, { token, headers: HEADERS, ...(body === undefined ? {} : { body }) })

  test('each letter opens its own interactions and no other', async () => {
    const permitted = async (letters: string) => {
      const app = as(await tokenFor([`patient/Observation.${letters}`]))
      const id = `made-${letters}`
      await put(ana, observation(id, 'laboratory'))
      const statuses = {
        c: (await app('POST', '/fhir/Observation', observation('x', 'laboratory'))).status === 201,
        r: (await app('GET', `/fhir/Observation/${id}`)).status === 200,
        u: (await app('PUT', `/fhir/Observation/${id}`, observation(id, 'laboratory'))).status === 200,
        s: (await app('GET', '/fhir/Observation')).status === 200,
        d: (await app('DELETE', `/fhir/Observation/${id}`)).status === 204,
      }
      return Object.entries(statuses).flatMap(([letter, isOpen]) => (isOpen ? [letter] : []))
    }
    for (const letter of ['c', 'r', 'u', 'd', 's']) assert.deepEqual(await permitted(letter), [letter])
    assert.deepEqual(await permitted('read'), ['r', 's'])
    assert.deepEqual(await permitted('write'), ['c', 'u', 'd'])
    assert.deepEqual(await permitted('cruds'), ['c', 'r', 'u', 's', 'd'])
    assert.equal(
      (await as(await tokenFor(['patient/Observation.sr']))('GET', '/fhir/Observation')).status,
      403,
      'another order is no scope',
    )
  })

  test('a condition that no scope can have opens nothing', async () => {
    for (const query of [
      'code:text=x',
      'subject.name=x',
      '_has:Observation:subject:code=x',
      'category:not=laboratory',
      '_list=l',
      '_content=x',
      '_count=1',
      'date=sometime',
      'date=ge2024,sometime',
      'value-quantity=much',
      'unknown=1',
      'category=',
    ]) {
      const answer = await as(await tokenFor([`patient/Observation.rs?${query}`]))('GET', '/fhir/Observation')
      assert.equal(answer.status, 403, query)
    }
  })

  test('a resource that was moved out of the scope shows only the versions from before', async () => {
    const app = as(await tokenFor(['patient/Observation.rs?category=laboratory']))
    await put(ana, observation('moving', 'laboratory'))
    await put(ana, observation('moving', 'vital-signs'))
    assert.equal((await app('GET', '/fhir/Observation/moving')).status, 404)
    assert.equal((await app('GET', '/fhir/Observation/moving/_history/2')).status, 404)
    assert.equal((await app('GET', '/fhir/Observation/moving/_history/1')).status, 200)
    assert.deepEqual(idsOf(await app('GET', '/fhir/Observation')).includes('moving'), false)
  })

  test('without a patient in context, and with one of another record, patient scopes open nothing', async () => {
    const none = await appToken(platform, { personId: ana.accountId, scopes: ['patient/*.rs'] })
    assert.equal((await as(none)('GET', '/fhir/Observation')).status, 403)
    const other = as(await tokenFor(['patient/*.rs'], 'somebody-else'))
    assert.deepEqual(idsOf(await other('GET', '/fhir/Observation')), [])
    assert.equal((await other('GET', '/fhir/Patient/p')).status, 404)
  })

  test('system scopes are for backend services, the others for apps of people', async () => {
    const launched = as(await tokenFor(['system/*.rs']))
    assert.equal((await launched('GET', '/fhir/Observation')).status, 403)
    const service = await platform.person('service')
    const until = new Date(platform.clock.now().getTime() + 86_400_000)
    const right = '01890000-0000-7000-8000-0000000000bb'
    await platform.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', [
      service.accountId,
      ana.accountId,
      'health_records',
      'read',
      until,
      'grant',
      right,
    ])
    const at = `?profile_id=${ana.accountId}`
    const backend = (scopes: readonly string[]) => appToken(platform, { accountId: service.accountId, scopes })
    const narrow = as(await backend(['system/Observation.rs?category=laboratory', 'user/*.rs', 'patient/*.rs']))
    const found = idsOf(await narrow('GET', `/fhir/Observation${at}&_id=lab,vital`))
    assert.deepEqual(found, ['lab'])
    assert.equal((await narrow('GET', `/fhir/Patient${at}`)).status, 403)
    assert.equal((await narrow('GET', `/fhir/Observation?profile_id=${ben.accountId}`)).status, 404)
    await platform.rows('select kernel.end_access_right($1)', [right])
    assert.equal((await narrow('GET', `/fhir/Observation${at}`)).status, 404)
  })

  test('entries of a batch are opened one by one', async () => {
    const app = as(await tokenFor(['patient/Observation.rs?category=laboratory']))
    const bundle = {
      resourceType: 'Bundle',
      type: 'batch',
      entry: ['Observation/lab', 'Observation/vital', 'Observation/none', 'Patient/p', 'Patient'].map((url) => ({
        request: { method: 'GET', url },
      })),
    }
    const answer = await app('POST', '/fhir', bundle)
    const statuses = answer.body.entry.map((one: { response: { status: string } }) => one.response.status)
    assert.deepEqual(statuses, ['200', '404', '404', '403', '403'])
  })

  test('operations are open within the scopes; a summary only to whoever sees all that it speaks of', async () => {
    const app = as(await tokenFor(['patient/Observation.rs?category=laboratory', 'patient/Patient.rs']))
    for (const path of [
      '/fhir/Patient/p/$summary',
      '/fhir/DocumentReference/$docref?patient=p',
      '/fhir/Condition/$meta',
    ])
      assert.equal((await app('GET', path)).status, 403, path)
    for (const id of ['lab', 'vital']) {
      const tag = [{ system: 'urn:x', code: `tag-${id}` }]
      await put(ana, { ...observation(id, id === 'lab' ? 'laboratory' : 'vital-signs'), meta: { tag } } as never)
    }
    for (const path of ['/fhir/$meta', '/fhir/Observation/$meta', '/fhir/Observation/lab/$meta']) {
      const answer = await app('GET', path)
      assert.equal(answer.status, 200, path)
      assert.ok(answer.text.includes('tag-lab') && !answer.text.includes('tag-vital'), answer.text)
    }
    assert.equal((await app('GET', '/fhir/Observation/vital/$meta')).status, 404)
    const last = await app('GET', '/fhir/Observation/$lastn?patient=p&code:missing=false&max=10')
    assert.equal(idsOf(last).includes('vital'), false)
    const set = 'http%3A%2F%2Fhl7.org%2Ffhir%2FValueSet%2Fadministrative-gender'
    assert.equal((await app('GET', `/fhir/ValueSet/$expand?url=${set}`)).status, 200)
    const whole = as(await tokenFor(['patient/*.rs']))
    assert.equal((await whole('GET', '/fhir/Patient/p/$summary')).status, 200)
    assert.equal((await whole('GET', '/fhir/DocumentReference/$docref?patient=p')).status, 200)
    const partly = as(await tokenFor(['patient/*.r', 'patient/Condition.s?clinical-status=active']))
    assert.equal((await partly('GET', '/fhir/Patient/p/$summary')).status, 403)
  })

  test('exports and imports are not for apps of people', async () => {
    const app = as(await tokenFor(['patient/Observation.rs', 'patient/Patient.rs']))
    for (const path of ['/fhir/$export', '/fhir/Patient/$export', '/fhir/Patient/p/$export']) {
      const answer = await platform.request('GET', path, {
        token: await tokenFor(['user/*.cruds', 'patient/*.cruds']),
        headers: { prefer: 'respond-async' },
      })
      assert.equal(answer.status, 403, path)
    }
    assert.deepEqual(idsOf(await app('GET', '/fhir/Patient/p/$everything')).includes('lab'), true)
    assert.equal((await app('POST', '/fhir/Observation/$validate', observation('y', 'laboratory'))).status, 200)
  })

  test('refusals are OperationOutcomes, and say the scope that is missing', async () => {
    const answer = await as(await tokenFor(['patient/Patient.rs']))('GET', '/fhir/Observation')
    assert.equal(answer.status, 403)
    assert.equal(answer.body.resourceType, 'OperationOutcome')
    assert.match(answer.text, /no scope to search Observation/)
  })

  test('an app that was let into all records finds each person in theirs; no other app, and nobody once it is closed', async () => {
    const person = ben.accountId
    await put(ben, { resourceType: 'Patient', id: person, name: [{ family: 'Ben' }] } as never)
    const subject = { reference: `Patient/${person}` }
    await put(ben, { ...observation('only-bens', 'laboratory'), subject } as never)
    const until = new Date(platform.clock.now().getTime() + 86_400_000)
    const rights: string[] = []
    for (const category of ['health_records', 'personal_info']) {
      const id = newId()
      rights.push(id)
      await platform.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', [
        ana.accountId,
        person,
        category,
        'read',
        until,
        'grant',
        id,
      ])
    }
    const token = (spansRecords: boolean, scopes: readonly string[]) =>
      appToken(platform, { personId: ana.accountId, patient: 'p', scopes, spansRecords })
    const wide = as(await token(true, ['user/*.rs']))
    assert.ok(idsOf(await wide('GET', '/fhir/Patient')).includes(person))
    assert.equal((await wide('GET', `/fhir/Patient/${person}`)).body.name[0].family, 'Ben')
    assert.deepEqual(idsOf(await wide('GET', `/fhir/Observation?patient=${person}`)), ['only-bens'])
    assert.equal((await wide('GET', '/fhir/Observation/only-bens')).status, 200)
    assert.deepEqual(idsOf(await wide('GET', `/fhir/Patient?_count=1&_id=p`)), ['p'])
    const named = await wide('GET', `/fhir/Observation?profile_id=${person}&_id=only-bens`)
    assert.deepEqual(idsOf(named), ['only-bens'])
    const change = await wide('PUT', `/fhir/Observation/only-bens?profile_id=${person}`, observation('only-bens', 'x'))
    assert.ok(change.status >= 400, change.text)
    await platform.settle()
    assert.match((await ben.get('/api/v1/audit/my?limit=100')).text, /app:/)

    const launched = as(await token(true, ['patient/*.rs', 'user/Observation.rs?category=laboratory']))
    assert.equal((await launched('GET', `/fhir/Patient/p?profile_id=${person}`)).status, 403, 'p is one of the launch')
    assert.deepEqual(idsOf(await launched('GET', `/fhir/Observation?patient=${person}`)), ['only-bens'])
    const narrow = as(await token(false, ['user/*.rs']))
    assert.equal(idsOf(await narrow('GET', '/fhir/Patient')).includes(person), false)
    for (const path of [`Patient/${person}`, 'Observation/only-bens', `Observation/only-bens?profile_id=${person}`])
      assert.equal((await narrow('GET', `/fhir/${path}`)).status, 404, path)

    const service = newId()
    await platform.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', [
      service,
      person,
      'health_records',
      'read',
      until,
      'grant',
      newId(),
    ])
    const backend = as(await appToken(platform, { accountId: service, scopes: ['system/*.rs'] }))
    assert.deepEqual(idsOf(await backend('GET', `/fhir/Observation?patient=${person}`)), ['only-bens'])

    for (const id of rights) await platform.rows('select kernel.end_access_right($1)', [id])
    assert.equal(idsOf(await wide('GET', '/fhir/Patient')).includes(person), false)
    for (const path of [`Patient/${person}`, 'Observation/only-bens'])
      assert.equal((await wide('GET', `/fhir/${path}`)).status, 404, path)
  })

  test('a person who said nothing in a profile yet is found as the Patient of their record', async () => {
    const cleo = await platform.person('cleo')
    assert.deepEqual(idsOf(await cleo.get('/fhir/Patient')), [cleo.accountId])
    assert.deepEqual(idsOf(await cleo.get('/fhir/Patient?name=nobody')), [])
    const token = await appToken(platform, {
      personId: cleo.accountId,
      patient: cleo.accountId,
      scopes: ['patient/Patient.rs'],
    })
    assert.deepEqual(idsOf(await as(token)('GET', '/fhir/Patient')), [cleo.accountId])
    const none = await appToken(platform, { accountId: newId(), scopes: ['system/*.rs'] })
    assert.deepEqual(idsOf(await as(none)('GET', '/fhir/Patient')), [])
  })

  test('grants of the record stand above all scopes: a right to read is no right to write', async () => {
    const until = new Date(platform.clock.now().getTime() + 86_400_000)
    const right = '01890000-0000-7000-8000-0000000000cc'
    await platform.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', [
      ben.accountId,
      ana.accountId,
      'health_records',
      'read',
      until,
      'grant',
      right,
    ])
    const app = as(
      await appToken(platform, {
        personId: ana.accountId,
        accountId: ben.accountId,
        patient: 'p',
        scopes: ['patient/*.cruds'],
      }),
    )
    assert.equal((await app('GET', '/fhir/Observation/lab')).status, 200)
    const write = await app('PUT', '/fhir/Observation/lab', observation('lab', 'laboratory'))
    assert.ok([403, 404].includes(write.status), write.text)
    await platform.rows('select kernel.end_access_right($1)', [right])
    assert.equal((await app('GET', '/fhir/Observation/lab')).status, 404)
  })
})
