import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'
import { appToken } from './fixtures/testing/appToken.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
const LAB = 'http://terminology.hl7.org/CodeSystem/observation-category'
const CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical'

/** A resource with what a plain reader of scopes needs to know of it. */
interface Known {
  readonly type: string
  readonly id: string
  /** Whose it is; empty for what belongs to no patient by its type. */
  readonly of: readonly string[]
  readonly tag?: string
  readonly body: object
}

const observation = (
  id: string,
  patient: string,
  tag: string,
  day: string,
  value: number,
  more: object = {},
): Known => ({
  type: 'Observation',
  id,
  of: [patient],
  tag,
  body: {
    status: 'final',
    category: [{ coding: [{ system: LAB, code: tag }] }],
    code: { coding: [{ system: 'urn:x', code: 'c' }], text: `text ${id}` },
    subject: { reference: `Patient/${patient}` },
    performer: [{ reference: 'Practitioner/d' }],
    effectiveDateTime: `2024-01-${day}`,
    valueQuantity: { value, code: 'kg', system: 'http://unitsofmeasure.org' },
    ...more,
  },
})
const condition = (id: string, patient: string, tag: string): Known => ({
  type: 'Condition',
  id,
  of: [patient],
  tag,
  body: {
    clinicalStatus: { coding: [{ system: CLINICAL, code: tag }] },
    code: { text: `text ${id}` },
    subject: { reference: `Patient/${patient}` },
    encounter: { reference: `Encounter/e${patient}` },
  },
})
const encounter = (patient: string): Known => ({
  type: 'Encounter',
  id: `e${patient}`,
  of: [patient],
  body: {
    status: 'finished',
    class: { system: 'urn:x', code: 'a' },
    subject: { reference: `Patient/${patient}` },
    participant: [{ individual: { reference: 'Practitioner/d' } }],
  },
})
const patientOf = (id: string, name: string): Known => ({
  type: 'Patient',
  id,
  of: [id],
  body: { name: [{ family: name }], generalPractitioner: [{ reference: 'Practitioner/d' }] },
})

const WORLD: readonly Known[] = [
  patientOf('p', 'Pine'),
  patientOf('q', 'Quince'),
  { type: 'Practitioner', id: 'd', of: [], body: { name: [{ family: 'Dock' }] } },
  { type: 'Practitioner', id: 'f', of: [], body: { name: [{ family: 'Fern' }] } },
  observation('o1', 'p', 'laboratory', '01', 5),
  observation('o2', 'p', 'vital-signs', '02', 6),
  observation('o3', 'p', 'laboratory', '03', 7, { hasMember: [{ reference: 'Observation/o2' }] }),
  observation('o4', 'q', 'laboratory', '04', 8, { derivedFrom: [{ reference: 'Observation/o1' }] }),
  observation('o5', 'q', 'vital-signs', '05', 9),
  condition('c1', 'p', 'active'),
  condition('c2', 'p', 'resolved'),
  condition('c3', 'q', 'active'),
  encounter('p'),
  encounter('q'),
  {
    type: 'List',
    id: 'l',
    of: ['p'],
    body: {
      status: 'current',
      mode: 'working',
      subject: { reference: 'Patient/p' },
      entry: [{ item: { reference: 'Observation/o1' } }, { item: { reference: 'Observation/o5' } }],
    },
  },
]
/** Deleted in every world that had it. */
const GONE = observation('og', 'p', 'vital-signs', '09', 1)

const SCOPES = [
  'patient/Observation.rs',
  `patient/Observation.rs?category=${LAB}|laboratory`,
  'patient/Observation.rs?category=vital-signs',
  'patient/Patient.rs',
  'patient/Practitioner.read',
  'patient/*.rs',
  'patient/Encounter.rs',
  'patient/List.read',
  'patient/Condition.rs?clinical-status=active',
  'user/Condition.rs?clinical-status=resolved',
  'user/Observation.rs?category=laboratory',
  'user/Observation.rs?subject=Patient/q',
  'user/Patient.read',
  'user/Encounter.rs?_id=eq',
  'patient/Observation.rs?date=ge2024-01-03',
  'user/Observation.rs?value-quantity=gt5.5|http://unitsofmeasure.org|kg&category=laboratory',
  'user/Observation.rs?category=laboratory,vital-signs&date=lt2024-01-05',
  'user/Patient.rs?name=qui',
  'user/Condition.rs?_lastUpdated=ge2000&subject=Patient/p,Patient/q',
  'user/Observation.rs?_id=o1,o4&code-value-quantity=urn:x|c$le8',
  'user/*.read',
] as const

/** The plain model: whether one of the scopes opens a resource, for a launch for `p`. */
function opens(scopes: readonly string[], { type, id, of, tag, body }: Known): boolean {
  return scopes.some((scope) => {
    const [head = '', query] = scope.split('?')
    const [level, what = ''] = head.split('/')
    const wanted = what.split('.')[0]
    if (wanted !== '*' && wanted !== type) return false
    if (level === 'patient' && !(of.includes('p') || (of.length === 0 && type === 'Practitioner'))) return false
    return [...new URLSearchParams(query ?? '')].every(([name, value]) =>
      value.split(',').some((one) => meets({ type, id, of, body, ...(tag === undefined ? {} : { tag }) }, name, one)),
    )
  })
}

/** One condition of a scope, said plainly. */
function meets({ id, of, tag, body }: Known, name: string, value: string): boolean {
  const said = body as { effectiveDateTime?: string; valueQuantity?: { value: number }; name?: { family: string }[] }
  const [day = '', amount = Number.NaN] = [said.effectiveDateTime, said.valueQuantity?.value]
  switch (name) {
    case '_id':
      return id === value
    case '_lastUpdated':
      return true
    case 'subject':
      return of.includes(value.replace('Patient/', ''))
    case 'date':
      return day !== '' && (value.startsWith('ge') ? day >= value.slice(2) : day < value.slice(2))
    case 'value-quantity':
      return amount > Number.parseFloat(value.slice(2))
    case 'code-value-quantity':
      return amount <= Number(value.split('$le')[1])
    case 'name':
      return said.name?.some((one) => one.family.toLowerCase().startsWith(value)) ?? false
    default:
      return tag === value.split('|').at(-1)
  }
}

const type = fc.constantFrom('Patient', 'Observation', 'Practitioner', 'Condition', 'Encounter', 'List')
const part = fc.constantFrom(
  'subject:Patient.name=Quince',
  'subject:Patient.name=Pine',
  'patient.general-practitioner.name=Dock',
  'performer:Practitioner.name=Dock',
  'encounter.subject:Patient.name=Pine',
  'has-member.category=vital-signs',
  'derived-from.value-quantity=gt1',
  '_has:Observation:patient:category=vital-signs',
  '_has:Observation:subject:_has:Observation:derived-from:category=laboratory',
  '_has:Condition:encounter:clinical-status=resolved',
  '_has:List:item:status=current',
  '_has:Patient:general-practitioner:name=Quince',
  '_list=l',
  'category=laboratory',
  'category:not=laboratory',
  'code:text=text',
  'code-value-quantity=urn:x|c$gt5',
  'date=ge2024-01-02',
  'value-quantity=gt5',
  'identifier:missing=true',
  '_id=p,q,d,o1,o2,o4,c1,c2,ep,eq,og',
  '_lastUpdated=ge2000',
  '_content=text',
  '_include=Observation:subject',
  '_include=*',
  '_include:iterate=Patient:general-practitioner',
  '_include=Observation:has-member',
  '_include=Condition:encounter',
  '_revinclude=Observation:subject',
  '_revinclude=List:item',
  '_revinclude:iterate=Encounter:practitioner',
  '_revinclude:iterate=Condition:encounter',
  '_sort=-date',
  '_sort=value-quantity,_id',
  '_sort=_id',
  '_count=2',
  '_count=0',
  '_total=accurate',
  '_summary=count',
  '_elements=id',
)
const query = fc.tuple(type, fc.array(part, { maxLength: 4 })).map(([of, parts]) => `${of}?${parts.join('&')}`)
const name = fc.constantFrom(...WORLD, GONE).map((one) => `${one.type}/${one.id}`)
const path = fc.oneof(
  { arbitrary: query, weight: 6 },
  { arbitrary: name, weight: 1 },
  { arbitrary: name.map((one) => `${one}/_history`), weight: 1 },
  { arbitrary: name.map((one) => `${one}/_history/1`), weight: 1 },
  { arbitrary: type.map((one) => `${one}/_history?_count=2`), weight: 1 },
  { arbitrary: fc.constantFrom('_history', '_history?_count=3'), weight: 1 },
  {
    arbitrary: fc.constantFrom('Patient/p/$everything', 'Patient/q/$everything', 'Patient/p/$everything?_count=3'),
    weight: 1,
  },
  { arbitrary: type.map((one) => `Patient/p/${one}`), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      'Observation/$lastn?patient=p&category=laboratory,vital-signs&max=2',
      'Observation/$lastn?subject=Patient/q&category=laboratory',
      'DocumentReference/$docref?patient=p',
      'Patient/p/$summary',
      '$meta',
      'Observation/$meta',
      'Observation/o2/$meta',
    ),
    weight: 1,
  },
  {
    arbitrary: fc.constantFrom(
      '?_type=Observation,Condition&_sort=_id',
      '?_lastUpdated=ge2000&_count=3',
      'Patient/q/*',
    ),
    weight: 1,
  },
)

describe('fhir: an app and what lies outside its scopes', () => {
  let platform: TestPlatform
  let whole: TestPerson

  const replay = async (person: TestPerson, world: readonly Known[]) => {
    const entry = world.map(({ type: of, id, body }) => ({
      resource: { resourceType: of, id, ...body },
      request: { method: 'PUT', url: `${of}/${id}` },
    }))
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry }
    const done = await person.request('POST', '/fhir', { raw: JSON.stringify(bundle), headers: HEADERS })
    assert.equal(done.status, 200, done.text)
    if (world.includes(GONE)) assert.equal((await person.delete('/fhir/Observation/og')).status, 204)
  }

  before(async () => {
    platform = await openTestPlatform()
    whole = await platform.person('whole')
    await replay(whole, [...WORLD, GONE])
  })
  after(() => platform.close())

  /** What an answer tells: what, how often, in which order, on how many pages; texts of refusals too. */
  const told = ({ status, body }: TestAnswer) => {
    if (body?.resourceType !== 'Bundle') return { status, body: status === 200 ? { ...body, meta: null } : body }
    // Documents are put together anew, under ids of their own.
    if (body.type === 'document') return { status, entries: body.entry.length }
    const entries = (body.entry ?? []).map(
      (one: { fullUrl?: string; search?: object; response?: object; resource?: object }) => [
        one.fullUrl,
        one.search,
        one.response,
        (one.resource as { resourceType?: string } | undefined)?.resourceType,
      ],
    )
    const links = (body.link ?? []).map((one: { relation: string }) => one.relation)
    return { status, total: body.total, entries, links }
  }

  test('answers are those of a record in which nothing else is: what, count, order, pages, refusals', async () => {
    let compared = 0
    const scopeSets = fc.sample(fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1, maxLength: 4 }), {
      numRuns: 14,
      seed: 20,
    })
    for (const [index, scopes] of scopeSets.entries()) {
      const token = await appToken(platform, { personId: whole.accountId, patient: 'p', scopes })
      const oracle = await platform.person(`oracle${index}`)
      await replay(
        oracle,
        [...WORLD, GONE].filter((one) => opens(scopes, one)),
      )
      await fc.assert(
        fc.asyncProperty(path, async (asked) => {
          const answer = await platform.request('GET', `/fhir/${asked}`.replace('/?', '?'), { token })
          if (answer.status === 403) return
          const expected = await oracle.get(`/fhir/${asked}`.replace('/?', '?'))
          assert.deepEqual(told(answer), told(expected), `${scopes.join(' ')}: ${asked}`)
          compared += 1
        }),
        { numRuns: 45, seed: index },
      )
    }
    assert.ok(compared > 300, `only ${compared} answers were compared`)
  })

  test('an app that looks into all records tells nothing of those that are closed now', async () => {
    const people: TestPerson[] = []
    for (const name of ['xena', 'yves', 'zora']) people.push(await platform.person(name))
    const marks = people.map((_one, index) => `secret${index}`)
    for (const [index, person] of people.entries()) {
      const own = patientOf(person.accountId, marks[index] as string)
      const seen = observation(`seen${index}`, person.accountId, 'laboratory', '01', 1, {
        note: [{ text: marks[index] }],
      })
      await replay(person, [own, seen])
    }
    const open = (index: number, isOpen: boolean) =>
      ['health_records', 'personal_info'].map((category, at) => {
        const id = `01890000-0000-7000-8000-0000000f0${index}${at}0`
        const until = new Date(platform.clock.now().getTime() + 86_400_000)
        const given = [whole.accountId, people[index]?.accountId, category, 'read', until, 'grant', id]
        return isOpen
          ? platform.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', given)
          : platform.rows('select kernel.end_access_right($1)', [id])
      })
    const token = await appToken(platform, {
      personId: whole.accountId,
      patient: 'p',
      scopes: ['user/*.rs', 'patient/*.rs'],
      spansRecords: true,
    })
    const asks = [
      (id: string) => `Patient/${id}`,
      (id: string) => `Patient/${id}/$everything`,
      (id: string) => `Patient/${id}/Observation`,
      (id: string) => `Patient/${id}/_history`,
      (id: string) => `Observation?patient=${id}&_include=Observation:subject`,
      (id: string) => `Observation?subject=Patient/${id}&_revinclude=Observation:subject&_total=accurate`,
      (id: string) => `Observation?subject:Patient.name=secret&patient=${id}`,
      (id: string) => `Observation?profile_id=${id}`,
    ]
    const others = [
      'Patient',
      'Patient?_count=1',
      'Patient?name=secret',
      'Observation',
      'Observation?_content=secret',
      '_history',
    ]
    for (const bits of [0, 1, 6, 5, 0, 7]) {
      const isOpen = (index: number) => ((bits >> index) & 1) === 1
      for (const index of people.keys()) await Promise.all(open(index, isOpen(index)))
      const get = (path: string) => platform.request('GET', `/fhir/${path}`, { token })
      const tellsOnlyOpen = ({ text }: TestAnswer, path: string) => {
        for (const [index, mark] of marks.entries())
          assert.ok(isOpen(index) || !text.includes(mark), `${path} tells of a closed record (${bits})`)
      }
      for (const path of others) tellsOnlyOpen(await get(path), path)
      for (const [index, { accountId }] of people.entries()) {
        for (const ask of asks) {
          const answer = await get(ask(accountId))
          tellsOnlyOpen(answer, ask('x'))
          assert.ok(answer.status < 500, answer.text)
        }
        assert.equal((await get(`Observation/seen${index}`)).status, isOpen(index) ? 200 : 404)
        assert.equal((await get(`Patient/${accountId}`)).text.includes(marks[index] as string), isOpen(index))
      }
    }
    await Promise.all([0, 1, 2].flatMap((index) => open(index, false)))
  })

  test('a refusal by 403 depends on the scopes alone, never on what is there', async () => {
    const names = [...new Set(WORLD.map((one) => one.type))]
    for (const scopes of [
      ['patient/Observation.rs'],
      ['user/Condition.rs?clinical-status=active'],
      ['patient/List.r', 'patient/Patient.s'],
    ]) {
      const token = await appToken(platform, { personId: whole.accountId, patient: 'p', scopes })
      const opened = (of: string, permission: string) =>
        scopes.some((one) => new RegExp(`/${of}\\.[cruds]*${permission}`).test(one))
      for (const of of names) {
        const get = async (asked: string) => (await platform.request('GET', `/fhir/${asked}`, { token })).status
        assert.equal((await get(of)) === 403, !opened(of, 's'), `${scopes} ${of}`)
        assert.equal((await get(`${of}/nobody`)) === 403, !opened(of, 'r'), `${scopes} ${of}/nobody`)
        for (const one of WORLD.filter((known) => known.type === of)) {
          assert.equal((await get(`${of}/${one.id}`)) === 403, !opened(of, 'r'), `${scopes} ${of}/${one.id}`)
        }
      }
    }
  })

  test('what an app may not see, it can neither change, nor delete, nor find taken', async () => {
    const scopes = ['patient/Observation.cruds?category=laboratory', 'patient/Patient.rs']
    const token = await appToken(platform, { personId: whole.accountId, patient: 'p', scopes })
    const send = (method: string, url: string, body?: object, headers = {}) =>
      platform.request(method, url, {
        token,
        ...(body === undefined ? {} : { body }),
        headers: { ...HEADERS, ...headers },
      })
    const as = (known: Known, id = known.id) => ({ resourceType: known.type, id, ...known.body })
    const lab = WORLD.find((one) => one.id === 'o1') as Known
    for (const hidden of ['o2', 'o4', 'o5', 'nobody', 'og']) {
      const label = (answer: TestAnswer) => answer.text.replaceAll(hidden, 'X')
      const same = async (method: string, body?: object, headers = {}) => {
        const [one, none] = [
          await send(method, `/fhir/Observation/${hidden}`, body, headers),
          await send(
            method,
            '/fhir/Observation/none',
            body === undefined ? undefined : { ...body, id: 'none' },
            headers,
          ),
        ]
        assert.equal(one.status, none.status, `${method} ${hidden}`)
        assert.equal(label(one), none.text.replaceAll('none', 'X'), `${method} ${hidden}`)
      }
      await same('PUT', as(lab, hidden))
      await same('PUT', as(lab, hidden), { 'if-match': 'W/"1"' })
      await same('DELETE')
      const patch = JSON.stringify([{ op: 'replace', path: '/status', value: 'amended' }])
      const [one, none] = await Promise.all(
        [hidden, 'none'].map((id) =>
          platform.request('PATCH', `/fhir/Observation/${id}`, {
            token,
            raw: patch,
            headers: { 'content-type': 'application/json-patch+json' },
          }),
        ),
      )
      assert.equal(one?.status, none?.status)
    }
    const vital = as(WORLD.find((one) => one.id === 'o2') as Known)
    assert.equal((await send('POST', '/fhir/Observation', vital)).status, 403)
    const foreign = as(WORLD.find((one) => one.id === 'o4') as Known)
    assert.equal((await send('POST', '/fhir/Observation', foreign)).status, 403)
    assert.equal((await send('PUT', '/fhir/Observation/o1', { ...vital, id: 'o1' })).status, 403)
    const conditional = await send('POST', '/fhir/Observation', as(lab), { 'if-none-exist': 'code=c&date=2024-01-02' })
    assert.equal(conditional.status, 201, 'what is hidden does not exist for a condition either')
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: as(lab), request: { method: 'PUT', url: 'Observation/o1' } },
        { request: { method: 'DELETE', url: 'Condition/c1' } },
      ],
    }
    assert.equal((await send('POST', '/fhir', bundle)).status, 403)
    assert.equal((await whole.get('/fhir/Observation/o1')).body.meta.versionId, '1', 'all or nothing')
    for (const one of WORLD) assert.equal((await whole.get(`/fhir/${one.type}/${one.id}`)).status, 200, one.id)
  })
})
