import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { auth } from '../auth/contract.ts'
import { MAXIMUM_PROFILES } from './contract/family.ts'
import { userProfile } from './contract.ts'
import { demo } from './demo.ts'

const PROFILES = '/api/v1/profiles'
const UNKNOWN = '01890000-0000-7000-8000-000000000000'

describe('the family', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  async function keep(person: TestPerson, body: object = {}): Promise<string> {
    const made = await person.post(PROFILES, { display_name: 'Meera', relationship: 'child', ...body })
    assert.equal(made.status, 201, made.text)
    return made.body.id
  }

  const facts = (personId: string) => platform.call(userProfile.operations.facts, {}, personId)
  /** What the frame says: the one question that the door and every table ask. */
  const decide = async (accountId: string, personId: string, action: 'read' | 'write' = 'write') => {
    const [row] = await platform.rows(
      `select verdict, source from kernel.decide_access($1, $2, 'vitals', $3, null, null, now())`,
      [accountId, personId, action],
    )
    return { allowed: row?.verdict === 'yes', reason: row?.source ?? 'unknown' }
  }
  const wellnessOf = async (keeper: TestPerson, personId: string): Promise<number> => {
    const made = await keeper.request('POST', `/api/v1/wellness/users?profile_id=${personId}`, { body: {} })
    assert.equal(made.status, 201, made.text)
    return made.body.userid
  }
  const stored = async (personId: string) =>
    Number(
      (await platform.rows('select count(*)::int as n from user_profile.section where user_id = $1', [personId]))[0]?.n,
    )

  describe('profiles of an account', () => {
    test('the own profile is there from the start, and comes first', async () => {
      const eve = await platform.person('eve')
      const { body } = await eve.get(PROFILES)
      assert.equal(body.items.length, 1)
      const [own] = body.items
      assert.deepEqual(
        [own.id, own.display_name, own.relationship, own.role, own.is_own],
        [eve.accountId, 'eve', 'self', 'self', true],
      )
      const kept = await keep(eve)
      assert.deepEqual(
        (await eve.get(PROFILES)).body.items.map((item: { id: string }) => item.id),
        [eve.accountId, kept],
      )
    })

    test('a child has an id of its own, the name it was given and what was said', async () => {
      const made = await ana.post(PROFILES, {
        display_name: 'Meera',
        relationship: 'child',
        date_of_birth: '2023-01-01',
        weight: 26,
        weight_unit: 'lbs',
        timezone: 'Asia/Kolkata',
      })
      assert.equal(made.status, 201, made.text)
      const { id, display_name, relationship, role, is_own, weight_kg, age_years, timezone } = made.body
      assert.notEqual(id, ana.accountId)
      assert.deepEqual(
        { display_name, relationship, role, is_own, weight_kg, age_years, timezone },
        {
          ...{ display_name: 'Meera', relationship: 'child', role: 'guardian', is_own: false },
          ...{ weight_kg: 11.79, age_years: 3, timezone: 'Asia/Kolkata' },
        },
      )
      assert.deepEqual((await ana.get(`${PROFILES}/${id}`)).body, made.body)
    })

    test('an account manages whoever is no child', async () => {
      const id = await keep(ana, { relationship: 'parent' })
      assert.equal((await ana.get(`${PROFILES}/${id}`)).body.role, 'manager')
    })

    for (const [why, body, status, field] of [
      ['no name', { relationship: 'child' }, 422, 'display_name'],
      ['no relationship', { display_name: 'A' }, 422, 'relationship'],
      ['a relationship nobody has', { display_name: 'A', relationship: 'dog' }, 422, 'relationship'],
      ['a blank name', { display_name: '  ', relationship: 'child' }, 422, 'preferred_name'],
      ['an unknown field', { display_name: 'A', relationship: 'child', pet: 1 }, 422, 'pet'],
      ['a wrong date', { display_name: 'A', relationship: 'child', date_of_birth: '2023-13-01' }, 422, 'date_of_birth'],
      ['oneself', { display_name: 'A', relationship: 'self' }, 409, 'exists already'],
    ] as const) {
      test(`${why} is refused with ${status}, naming ${field}, and nobody is made`, async () => {
        const before = (await ana.get(PROFILES)).body.items.length
        const answer = await ana.post(PROFILES, body)
        assert.equal(answer.status, status, answer.text)
        assert.ok(answer.text.includes(field), answer.text)
        assert.equal((await ana.get(PROFILES)).body.items.length, before)
      })
    }

    test('nobody signed out has profiles', async () => {
      for (const [method, path] of [
        ['GET', PROFILES],
        ['POST', PROFILES],
        ['GET', `${PROFILES}/${UNKNOWN}`],
        ['PUT', `${PROFILES}/${UNKNOWN}`],
        ['DELETE', `${PROFILES}/${UNKNOWN}`],
      ] as const) {
        const body = method === 'POST' || method === 'PUT' ? { body: {} } : {}
        assert.equal((await platform.request(method, path, body)).status, 401, path)
      }
    })

    test('a repeated POST with one Idempotency-Key makes one person', async () => {
      const eve = await platform.person('eve')
      const send = () =>
        eve.request('POST', PROFILES, {
          body: { display_name: 'Meera', relationship: 'child' },
          headers: { 'idempotency-key': 'one-child' },
        })
      const first = await send()
      assert.deepEqual((await send()).body, first.body)
      assert.equal((await eve.get(PROFILES)).body.items.length, 2)
    })

    test('an account keeps a bounded number of people', async () => {
      const eve = await platform.person('eve')
      for (let count = 0; count < MAXIMUM_PROFILES; count += 1) await keep(eve)
      const refused = await eve.post(PROFILES, { display_name: 'One more', relationship: 'other' })
      assert.equal(refused.status, 409, refused.text)
      const [, first] = (await eve.get(PROFILES)).body.items
      assert.equal((await eve.delete(`${PROFILES}/${first.id}`)).status, 204)
      await keep(eve)
    })

    test('PUT replaces the record, keeps the relationship unless given, and minds the version', async () => {
      const id = await keep(ana, { date_of_birth: '2016-09-18' })
      const url = `${PROFILES}/${id}`
      const put = (body: object, ifMatch = '*') => ana.request('PUT', url, { body, headers: { 'if-match': ifMatch } })
      const changed = await put({ display_name: 'Mira', blood_type: 'B+' }, 'W/"1"')
      assert.equal(changed.status, 200, changed.text)
      const { display_name, blood_type, date_of_birth, relationship, version } = changed.body
      assert.deepEqual(
        [display_name, blood_type, date_of_birth, relationship, version],
        ['Mira', 'B+', null, 'child', 2],
      )
      const stale = await put({ display_name: 'Late', relationship: 'other' }, 'W/"1"')
      assert.equal(stale.status, 412, stale.text)
      assert.equal((await ana.get(url)).body.relationship, 'child', 'nothing of a refused change is kept')
      const moved = await put({ display_name: 'Mira', relationship: 'sibling' })
      assert.deepEqual([moved.body.relationship, moved.body.role], ['sibling', 'manager'])
      assert.equal((await put({ display_name: 'Mira', relationship: 'self' })).status, 422)
      assert.equal((await put({ relationship: 'child' })).status, 422)
    })

    test('the own profile is read and replaced there too, and is nobody else’s', async () => {
      const eve = await platform.person('eve')
      const url = `${PROFILES}/${eve.accountId}`
      assert.equal((await eve.get(url)).body.is_own, true)
      const changed = await eve.put(url, { display_name: 'Eve', relationship: 'self' })
      assert.equal(changed.status, 200, changed.text)
      assert.equal((await eve.get('/api/v1/profile')).body.display_name, 'Eve')
      assert.equal((await eve.put(url, { display_name: 'Eve', relationship: 'child' })).status, 422)
      const refused = await eve.delete(url)
      assert.equal(refused.status, 409, refused.text)
    })
  })

  describe('access', () => {
    test('a guardian reads and writes every record of the child, by parameter or header', async () => {
      const id = await keep(ana)
      const asked = `profile_id=${id}`
      assert.equal((await ana.get(`/api/v1/profile?${asked}`)).body.id, id)
      const byHeader = await ana.request('GET', '/api/v1/profile', { headers: { 'x-profile-id': id } })
      assert.equal(byHeader.body.id, id)
      await ana.request('PATCH', `/api/v1/privacy?${asked}`, { body: { share_for_research: true } })
      assert.equal((await ana.get('/api/v1/privacy')).body.share_for_research, false)
      assert.equal((await ana.get(`/api/v1/privacy?${asked}`)).body.share_for_research, true)
    })

    test('a wellness score is recorded for the child and stays with the child', async () => {
      const id = await keep(ana)
      const userid = await wellnessOf(ana, id)
      assert.deepEqual((await ana.get(`/api/v1/wellness/users?profile_id=${id}`)).body, [{ userid }])
      const scored = await ana.post(`/api/v1/wellness/wellness-metrics?profile_id=${id}`, { userid, wellness_score: 7 })
      assert.equal(scored.status, 201, scored.text)
      const path = `/api/v1/wellness/users/${userid}/wellness-metrics`
      assert.equal((await ana.get(`${path}?profile_id=${id}`)).body.total_count, 1)
      assert.equal((await ana.get(path)).status, 404, 'it is not the record of the mother')
      assert.equal((await ben.get(`${path}?profile_id=${id}`)).status, 404)
    })

    test('to everybody else the person does not exist', async () => {
      const id = await keep(ana)
      for (const [method, path] of [
        ['GET', `${PROFILES}/${id}`],
        ['PUT', `${PROFILES}/${id}`],
        ['DELETE', `${PROFILES}/${id}`],
        ['GET', `/api/v1/profile?profile_id=${id}`],
        ['PATCH', `/api/v1/health-attributes?profile_id=${id}`],
        ['GET', `/api/v1/wellness/users?profile_id=${id}`],
      ] as const) {
        const body = method === 'PUT' || method === 'PATCH' ? { body: { display_name: 'Mine' } } : {}
        const foreign = await ben.request(method, path, body)
        const nobody = await ben.request(method, path.replace(id, UNKNOWN), body)
        assert.equal(foreign.status, 404, `${method} ${path} ${foreign.text}`)
        assert.equal(nobody.body.detail, foreign.body.detail, 'as if there were no such person')
      }
      assert.equal((await ben.get(`${PROFILES}/${ana.accountId}`)).status, 404)
      assert.equal((await ana.get(`${PROFILES}/not-an-id`)).status, 422)
      assert.equal((await ana.get(`${PROFILES}/${id}`)).body.display_name, 'Meera')
    })

    test('the frame lets in whoever keeps the person, and nobody else', async () => {
      const child = await keep(ana)
      const parent = await keep(ana, { relationship: 'parent' })
      assert.deepEqual(await decide(ana.accountId, child), { allowed: true, reason: 'guardian' })
      assert.deepEqual(await decide(ana.accountId, parent, 'read'), { allowed: true, reason: 'guardian' })
      const refused = { allowed: false, reason: 'unknown' }
      assert.deepEqual(await decide(ben.accountId, child), refused)
      assert.deepEqual(await decide(ana.accountId, ben.accountId), refused)
      assert.deepEqual(await decide(child, ana.accountId), refused, 'a child holds no account')
    })

    test('what is for services only is not on HTTP', async () => {
      for (const path of ['facts']) {
        assert.equal((await ana.post(`/user-profile/api/v1/${path}`, {})).status, 404)
      }
    })
  })

  describe('removal', () => {
    test('access ends at once, the removal is announced once, and the person is erased everywhere', async () => {
      const id = await keep(ana, { timezone: 'Asia/Kolkata' })
      await wellnessOf(ana, id)
      const url = `${PROFILES}/${id}`
      const answers = await Promise.all([ana.delete(url), ana.delete(url), ana.delete(url)])
      assert.deepEqual(answers.map((answer) => answer.status).sort(), [204, 404, 404])
      for (const path of [url, `/api/v1/profile?profile_id=${id}`, `/api/v1/wellness/users?profile_id=${id}`]) {
        assert.equal((await ana.get(path)).status, 404, path)
      }
      assert.ok(!(await ana.get(PROFILES)).text.includes(id))
      assert.equal((await decide(ana.accountId, id)).allowed, false)
      const removed = await platform.eventsOf(userProfile.events.profileRemoved)
      assert.deepEqual(
        removed.filter((one) => one.user_id === id),
        [{ user_id: id }],
      )
      await platform.settle()
      assert.equal(await stored(id), 0)
      assert.deepEqual(await platform.rows('select 1 from wellness.member where user_id = $1', [id]), [])
      assert.deepEqual(await platform.rows('select 1 from user_profile.membership where person_id = $1', [id]), [])
    })

    test('an account that is erased takes along whom nobody else keeps', async () => {
      const eve = await platform.person('eve')
      const kept = await keep(eve)
      const others = await keep(ana)
      await eve.request('PATCH', '/api/v1/profile', { body: { first_name: 'Eve' } })
      const receipt = await platform.erase(eve.accountId)
      assert.ok((receipt['user-profile.section'] ?? 0) >= 2, JSON.stringify(receipt))
      assert.equal(receipt['user-profile.membership'], 1)
      await platform.settle()
      assert.deepEqual([await stored(eve.accountId), await stored(kept)], [0, 0])
      assert.equal(await stored(others), 1)
    })

    test('a copy of everything holds the documents and the family', async () => {
      const eve = await platform.person('eve')
      const kept = await keep(eve)
      await eve.request('PATCH', '/api/v1/profile', { body: { first_name: 'Eve', units: 'metric' } })
      const mine = (await platform.exportAll(eve.accountId))['user-profile']
      const sections = mine?.records?.map((record) => (record as { section: string }).section)
      assert.deepEqual(sections, ['account', 'preferences', 'profile'])
      assert.deepEqual(
        mine?.family?.map((member) => (member as { person_id: string }).person_id),
        [kept],
      )
      const theirs = (await platform.exportAll(kept))['user-profile']
      assert.deepEqual([theirs?.records?.length, theirs?.family], [1, []])
    })
  })

  describe('facts', () => {
    test('D2: what nobody said is null and named', async () => {
      const nobody = await facts(UNKNOWN)
      assert.deepEqual([nobody.height_cm, nobody.age_years, nobody.time_zone], [null, null, null])
      assert.ok(nobody.missing.includes('height_cm'))
    })

    test('what was said is there, for the person of the call or the one that is named', async () => {
      const id = await keep(ana, { date_of_birth: '2016-09-18', sex_at_birth: 'female', height_cm: 134 })
      const asked = `?profile_id=${id}`
      await ana.request('PATCH', `/api/v1/health-attributes${asked}`, {
        body: { has_asthma: true, reference_ranges: [{ metric_type: 'temperature', high: 99.5, unit: '°F' }] },
      })
      await ana.request('PATCH', `/api/v1/preferences${asked}`, { body: { timezone: 'Asia/Kolkata', language: 'hi' } })
      const known = await facts(id)
      assert.deepEqual(
        [known.display_name, known.birth_date, known.age_years, known.sex_at_birth, known.height_cm],
        ['Meera', '2016-09-18', 9, 'female', 134],
      )
      assert.deepEqual([known.time_zone, known.language, known.conditions], ['Asia/Kolkata', 'hi', ['asthma']])
      assert.deepEqual(known.personal_reference_ranges, [
        { metric_type: 'temperature', low: null, high: 37.5, unit: 'Cel' },
      ])
      assert.deepEqual(await platform.call(userProfile.operations.facts, { person_id: id }, ana.accountId), known)
      await assert.rejects(platform.call(userProfile.operations.facts, {}), { code: 'validation_failed' })
    })
  })

  describe('news of accounts', () => {
    const announce = (type: 'account-created' | 'facts-given', data: { user_id: string }) =>
      platform.rows(
        `select kernel.publish(gen_random_uuid(), 'auth', 'auth.${type}.v1', 'health-events', $1, $2, 'test', $3)`,
        [data.user_id, JSON.stringify(data), platform.clock.now()],
      )

    const created = (user_id: string, facts: object) => ({
      ...{ user_id, display_name: 'Ravi', first_name: null, last_name: null, email: null, phone: '+919999999999' },
      ...{ language: 'hi', is_anonymous: false, facts },
    })

    test('the phone sign-up fills the profile, and never over what the person said before', async () => {
      const eve = await platform.person('eve')
      await eve.request('PATCH', '/api/v1/profile', { body: { blood_type: 'A+' } })
      await announce('account-created', created(eve.accountId, { blood_group: 'O-', conditions: ['asthma'], age: 40 }))
      await platform.settle()
      const { body } = await eve.get('/api/v1/profile')
      assert.deepEqual(
        [body.blood_type, body.conditions, body.phone_number, body.date_of_birth, body.display_name],
        ['A+', ['asthma'], '+919999999999', null, 'Ravi'],
      )
      assert.equal((await eve.get('/api/v1/preferences')).body.language, 'hi')
    })

    test('facts changed on the old /auth/me are the newest word', async () => {
      const eve = await platform.person('eve')
      await eve.request('PATCH', '/api/v1/profile', { body: { blood_type: 'A+', city: 'Pune' } })
      await announce('facts-given', {
        user_id: eve.accountId,
        ...{ display_name: 'Eve', facts: { blood_group: 'O-' } },
      } as { user_id: string })
      await platform.settle()
      const { body } = await eve.get('/api/v1/profile')
      assert.deepEqual([body.blood_type, body.city, body.display_name, body.email], ['O-', 'Pune', 'Eve', eve.email])
    })

    test('the names of the events are those auth announces', () => {
      assert.deepEqual([auth.events.accountCreated.version, auth.events.factsGiven.version], [1, 1])
    })
  })

  test('the demo writes the same facts every time', async () => {
    const eve = await platform.person('eve')
    const context = platform.platformOf('user-profile').systemContext('user-profile', eve.accountId)
    const person = {
      ...{ personId: eve.accountId, accountId: eve.accountId, key: 'asha', displayName: 'Asha (demo)' },
      ...{ birthDate: '1984-03-12', sexAtBirth: 'female' as const, heightCm: 163, weightKg: 68 },
      ...{ seed: 1, today: '2026-06-15' },
    }
    assert.equal(await demo.seed(context, person), 3)
    const known = await facts(eve.accountId)
    assert.deepEqual(
      [known.display_name, known.age_years, known.weight_kg, known.time_zone, known.allergies, known.is_pregnant],
      ['Asha (demo)', 42, 68, 'Asia/Kolkata', ['penicillin'], false],
    )
    await demo.seed(context, person)
    assert.deepEqual(await facts(eve.accountId), known)
    const document = (await eve.get('/api/v1/profile/export')).body
    assert.equal((await eve.post('/api/v1/profile/import', document)).status, 200, 'what the demo says is valid')
  })
})
