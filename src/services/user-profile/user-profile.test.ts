import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'
import { userProfile } from './contract.ts'

const PROFILE = '/api/v1/profile'
/** The four groups of the original service, each with a change that is fine and one that is not. */
const GROUPS = [
  {
    path: 'profile',
    good: { first_name: 'Ana' },
    shown: { first_name: 'Ana' },
    bad: { height: 70 },
    field: 'height_unit',
  },
  {
    path: 'preferences',
    good: { theme: 'dark', timezone: 'Asia/Kolkata' },
    shown: { theme: 'dark', timezone: 'Asia/Kolkata', units: 'metric' },
    bad: { timezone: 'Mars/Olympus' },
    field: 'timezone',
  },
  {
    path: 'privacy',
    good: { share_for_research: true, consent_status: { sleep_data: 'denied' } },
    shown: { share_for_research: true, share_health_data: false, data_retention_period: 7 },
    bad: { data_retention_period: 51 },
    field: 'data_retention_period',
  },
  {
    path: 'health-attributes',
    good: { has_asthma: true, reference_ranges: [{ metric_type: 'temperature', high: 99.5, unit: '°F' }] },
    shown: {
      has_asthma: true,
      has_diabetes: null,
      reference_ranges: [{ metric_type: 'temperature', low: null, high: 37.5, unit: 'Cel', note: null }],
    },
    bad: { reference_ranges: [{ metric_type: 'heart_rate', low: 60, unit: 'kg' }] },
    field: 'reference_ranges.0.unit',
  },
] as const

describe('user-profile', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  const patch = (person: TestPerson, path: string, body: unknown, ifMatch?: string) =>
    person.request('PATCH', path, { body, ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }) })

  function assertFault(answer: TestAnswer, field: string): void {
    assert.equal(answer.status, 422, answer.text)
    assert.ok(
      answer.body.errors.some((fault: { field: string }) => fault.field === field),
      answer.text,
    )
  }

  function assertHas(answer: TestAnswer, expected: object): void {
    const shown = Object.fromEntries(Object.keys(expected).map((name) => [name, answer.body[name]]))
    assert.deepEqual(shown, expected, answer.text)
  }

  describe('the profile', () => {
    test('S002 reads it with and without the prefix before anything was saved', async () => {
      const eve = await platform.person('eve')
      for (const path of [PROFILE, '/user-profile/api/v1/profile', '/user-profile/profile', `${PROFILE}/`]) {
        const answer = await eve.get(path)
        assert.equal(answer.status, 200, `${path} ${answer.text}`)
        assertHas(answer, { id: eve.accountId, version: 0, email: eve.email, full_name: 'eve', display_name: 'eve' })
        assert.equal(answer.headers.etag, 'W/"0"')
      }
    })

    test('it is there before the news of the account is', async () => {
      const body = { email: 'early@example.test', password: 'Passw0rd-early', full_name: 'Early Bird' }
      const made = await platform.request('POST', '/api/v1/auth/register', { body })
      const token = made.body.access_token as string
      const early = await platform.request('GET', PROFILE, { token })
      assert.equal(early.status, 200, early.text)
      assert.equal(early.body.email, null)
      const saved = await platform.request('PATCH', PROFILE, { token, body: { preferred_name: 'Birdie' } })
      await platform.settle()
      assertHas(await platform.request('GET', PROFILE, { token }), {
        email: 'early@example.test',
        full_name: 'Early Bird',
        display_name: 'Birdie',
        version: saved.body.version,
      })
    })

    test('PATCH sets what is given, null clears, the rest stays; PUT clears what is not given', async () => {
      const eve = await platform.person('eve')
      await patch(eve, PROFILE, { first_name: 'Eve', city: 'Pune', allergies: [] })
      assertHas(await patch(eve, PROFILE, { city: null }), { first_name: 'Eve', city: null, allergies: [], version: 2 })
      assertHas(await eve.put(PROFILE, { last_name: 'Adams' }), {
        first_name: null,
        last_name: 'Adams',
        allergies: null,
      })
    })

    test('the original PUT .../me changes what is given and leaves the rest', async () => {
      const eve = await platform.person('eve')
      await patch(eve, PROFILE, { first_name: 'Eve' })
      for (const prefix of ['/api/v1', '/user-profile/api/v1', '']) {
        const answer = await eve.put(`${prefix}/user-profile/profile/me`, { city: 'Pune' })
        assert.equal(answer.status, 200, answer.text)
        assertHas(answer, { first_name: 'Eve', city: 'Pune' })
      }
    })

    test('an answer can be sent back as it was read', async () => {
      const eve = await platform.person('eve')
      await patch(eve, PROFILE, { date_of_birth: '1990-02-01', timezone: 'Asia/Kolkata', pregnancy_status: 'pregnant' })
      const read = (await eve.get(PROFILE)).body
      const sent = await eve.put(PROFILE, read)
      assert.equal(sent.status, 200, sent.text)
      assert.deepEqual({ ...sent.body, version: 0 }, { ...read, version: 0 })
      const stale = await eve.put(PROFILE, read)
      assert.equal(stale.status, 412, 'the version of the body is an expectation')
    })

    test('inches and pounds are stored in centimetres and kilograms', async () => {
      const answer = await patch(ana, PROFILE, { height: 70, height_unit: 'in', weight: 154, weight_unit: 'lbs' })
      assertHas(answer, { height_cm: 177.8, weight_kg: 69.85 })
    })

    test('a child’s weight is taken once the date of birth is known', async () => {
      const eve = await platform.person('eve')
      assertFault(await patch(eve, PROFILE, { weight_kg: 12 }), 'weight_kg')
      await patch(eve, PROFILE, { date_of_birth: '2023-01-01' })
      assertHas(await patch(eve, PROFILE, { weight_kg: 12 }), { weight_kg: 12 })
    })

    test('language, zone and units are one with the preferences', async () => {
      const eve = await platform.person('eve')
      await patch(eve, PROFILE, { timezone: 'Europe/Madrid', units: 'imperial' })
      assertHas(await eve.get('/api/v1/preferences'), { timezone: 'Europe/Madrid', units: 'imperial' })
      await patch(eve, '/api/v1/preferences', { language: 'pt-BR' })
      assertHas(await eve.put(PROFILE, { first_name: 'Eve' }), { language: 'pt-BR', timezone: 'Europe/Madrid' })
    })

    test('results are read in the units of the country until the person chooses others', async () => {
      const ivy = await platform.person('ivy')
      const card = async () => (await ivy.get('/api/v1/profiles')).body.items[0]
      const units = { glucose_unit: 'mg/dL', hba1c_unit: '%', laboratory_units: 'as_reported' }
      assertHas(await ivy.get('/api/v1/preferences'), units)
      await patch(ivy, PROFILE, { country: ' Malaysia ' })
      assertHas(await ivy.get('/api/v1/preferences'), { ...units, glucose_unit: 'mmol/L' })
      await patch(ivy, PROFILE, { country: 'gb' })
      assertHas(await ivy.get('/api/v1/preferences'), { ...units, glucose_unit: 'mmol/L', hba1c_unit: 'mmol/mol' })
      assert.deepEqual([(await card()).glucose_unit, (await card()).date_format], ['mmol/L', null])
      const chosen = {
        glucose_unit: 'mg/dL',
        laboratory_units: 'si',
        date_format: 'MM/DD/YYYY',
        time_format: '12-hour',
      }
      assertHas(await patch(ivy, '/api/v1/preferences', chosen), { ...chosen, hba1c_unit: 'mmol/mol' })
      assert.deepEqual({ ...(await card()), ...chosen }, await card())
      assertHas(await patch(ivy, '/api/v1/preferences', { glucose_unit: null }), { glucose_unit: 'mmol/L' })
      for (const name of ['glucose_unit', 'hba1c_unit', 'laboratory_units', 'date_format', 'time_format']) {
        assertFault(await patch(ivy, '/api/v1/preferences', { [name]: 'stones' }), name)
      }
      const exported = (await ivy.get('/api/v1/preferences/export')).body.data
      assert.equal(exported.laboratory_units, 'si')
    })

    test('completion names what is missing and what it is good for', async () => {
      const eve = await platform.person('eve')
      const before = (await eve.get('/user-profile/api/v1/user-profile/profile/me/completion')).body
      assert.ok(before.missing_fields.includes('date_of_birth') && !before.is_complete)
      await patch(eve, PROFILE, { date_of_birth: '1990-01-01' })
      const after = (await eve.get(`${PROFILE}/completion`)).body
      assert.ok(after.completion_percentage > before.completion_percentage)
      assert.equal(after.next_steps.length, before.next_steps.length - 1)
    })

    for (const [why, body, field] of [
      ['an unknown field', { shoe_size: 43 }, 'shoe_size'],
      ['a wrong word', { gender: 'yes' }, 'gender'],
      ['a date that does not exist', { date_of_birth: '2023-02-29' }, 'date_of_birth'],
      ['a future birth', { date_of_birth: '2030-01-01' }, 'date_of_birth'],
      ['a height of 301 cm', { height_cm: 301 }, 'height_cm'],
      ['a text for a number', { weight_kg: '70' }, 'weight_kg'],
      ['no e-mail address', { email: 'nobody' }, 'email'],
      ['a blood type of Mars', { blood_type: 'Z+' }, 'blood_type'],
      ['too many allergies', { allergies: Array.from({ length: 101 }, (_, index) => `${index}`) }, 'allergies'],
      ['a negative version', { version: -1 }, 'version'],
    ] as const) {
      test(`${why} is refused with 422, naming ${field}, and nothing is stored`, async () => {
        const before = (await ana.get(PROFILE)).body
        for (const method of ['PATCH', 'PUT', 'POST']) {
          assertFault(await ana.request(method, PROFILE, { body: { city: 'Elsewhere', ...body } }), field)
        }
        assert.deepEqual((await ana.get(PROFILE)).body, before)
      })
    }

    test('the wrong unit is answered with the units allowed', async () => {
      const answer = await patch(ana, PROFILE, { height: 170, height_unit: 'kg' })
      assertFault(answer, 'height_unit')
      assert.ok(answer.body.errors[0].allowed.includes('inches'), answer.text)
    })
  })

  for (const { path, good, shown, bad, field } of GROUPS) {
    describe(`the group ${path}`, () => {
      const url = `/api/v1/${path}`
      const me = `/user-profile/api/v1/user-profile/${path}/me`

      test('answers at its canonical and its original paths', async () => {
        const eve = await platform.person('eve')
        const first = await eve.get(url)
        assertHas(first, { id: eve.accountId, version: 0, created_at: null })
        for (const alias of [
          me,
          `/api/v1/user-profile/${path}/me`,
          `/user-profile/${path}/me`,
          `/user-profile/${path}`,
        ]) {
          assert.deepEqual((await eve.get(alias)).body, first.body, alias)
        }
      })

      test('is created once, changed, replaced and cleared, each with a new version', async () => {
        const eve = await platform.person('eve')
        const made = await eve.post(`/user-profile/api/v1/user-profile/${path}`, good)
        assert.equal(made.status, 201, made.text)
        assertHas(made, { ...shown, version: 1 })
        assert.equal(made.headers.etag, 'W/"1"')
        const again = await eve.post(url, good)
        assert.equal(again.status, 409, again.text)
        assert.equal(again.body.code, 'already_exists')
        assertHas(await eve.put(me, {}), { ...shown, version: 1 })
        assertHas(await eve.put(url, good), { ...shown, version: 2 })
        assert.equal((await eve.delete(me)).status, 204)
        const cleared = await eve.get(url)
        assert.equal(cleared.status, 200)
        assert.notDeepEqual({ ...cleared.body, ...shown }, cleared.body)
        assert.equal(cleared.body.version, 3)
        assertHas(await eve.post(url, good), { ...shown, version: 4 })
      })

      test('is changed only from the version that is expected', async () => {
        const eve = await platform.person('eve')
        assert.equal((await patch(eve, url, good, 'W/"1"')).status, 412, 'never saved is version 0')
        assert.equal((await patch(eve, url, good, 'W/"0"')).status, 200)
        assert.equal((await patch(eve, url, good, 'W/"0"')).status, 412)
        assert.equal((await patch(eve, url, good, 'nonsense')).status, 412)
        assert.equal((await patch(eve, url, good, '*')).status, 200)
        const refused = await eve.request('DELETE', url, { headers: { 'if-match': '"1"' } })
        assert.equal(refused.status, 412, refused.text)
        assert.equal((await eve.get(url)).body.version, 2)
      })

      test('of many changes of one version one is taken and the others answer 412', async () => {
        const eve = await platform.person('eve')
        for (const expected of ['W/"0"', 'W/"1"']) {
          const answers = await Promise.all(Array.from({ length: 6 }, () => patch(eve, url, good, expected)))
          assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 412, 412, 412, 412, 412])
        }
      })

      test('of many first saves one is taken', async () => {
        const eve = await platform.person('eve')
        const answers = await Promise.all(Array.from({ length: 4 }, () => eve.post(url, good)))
        assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409, 409])
      })

      test('is validated without being saved', async () => {
        const eve = await platform.person('eve')
        assert.deepEqual((await eve.post(`${me}/validate`, good)).body, { is_valid: true, errors: [] })
        const { body } = await eve.post(`${url}/validate`, bad)
        assert.equal(body.is_valid, false)
        assert.equal(body.errors[0].field, field)
        assert.equal((await eve.get(url)).body.version, 0)
      })

      test('is exported and imported again, all of it or nothing', async () => {
        const eve = await platform.person('eve')
        await patch(eve, url, good)
        const document = (await eve.get(`${me}/export`)).body
        assert.equal(document.section, path)
        const zoe = await platform.person('zoe')
        const wrong = { ...document, data: { ...document.data, ...bad } }
        assert.equal((await zoe.post(`${url}/import`, wrong)).status, 422)
        assert.equal((await zoe.post(`${url}/import`, { ...document, format: 'other' })).status, 422)
        assert.equal((await zoe.get(url)).body.version, 0, 'nothing of a refused import is kept')
        const taken = await zoe.post(`${me}/import`, document)
        assert.equal(taken.status, 200, taken.text)
        assertHas(taken, shown)
        assert.deepEqual((await zoe.get(`${url}/export`)).body, document)
      })

      test('has a summary', async () => {
        for (const address of [`${url}/summary`, `${me}/summary`]) {
          const answer = await ana.get(address)
          assert.equal(answer.status, 200, answer.text)
          assert.equal(answer.body.id, ana.accountId)
        }
      })

      test('refuses what is wrong, naming it', async () => {
        assertFault(await patch(ana, url, bad), field)
        assertFault(await patch(ana, url, { no_such_field: 1 }), 'no_such_field')
        assert.equal((await patch(ana, url, { first_name: 'x'.repeat(300_000) })).status, 413)
      })

      test('belongs to one person: another finds nothing, nobody is asked to sign in', async () => {
        const asked = `?profile_id=${ana.accountId}`
        const before = (await ana.get(url)).body
        for (const [method, address] of [
          ['GET', url],
          ['POST', url],
          ['PUT', url],
          ['PATCH', url],
          ['DELETE', url],
          ['POST', `${url}/validate`],
          ['GET', `${url}/export`],
          ['GET', `${url}/summary`],
        ] as const) {
          const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} }
          const foreign = await ben.request(method, `${address}${asked}`, body)
          assert.equal(foreign.status, 404, `${method} ${address} ${foreign.text}`)
          assert.equal((await platform.request(method, address, body)).status, 401)
        }
        assert.deepEqual((await ana.get(url)).body, before)
      })
    })
  }

  test('a key for another service opens nothing here, and a claimed identity is refused (D14)', async () => {
    const made = await ana.post('/api/v1/auth/api-keys', { name: 'scores', scopes: ['wellness:read'] })
    const key = { 'x-api-key': made.body.key ?? made.body.api_key }
    assert.equal((await platform.request('GET', PROFILE, { headers: key })).status, 403)
    const claimed = await ben.request('GET', PROFILE, { headers: { 'x-user-id': ana.accountId } })
    assert.equal(claimed.status, 403, claimed.text)
  })

  test('summaries say what counts', async () => {
    const eve = await platform.person('eve')
    await patch(eve, '/api/v1/preferences', { sms_notifications: true, email_notifications: false })
    await patch(eve, '/api/v1/privacy', { share_with_caregivers: true, data_categories: ['sleep_data'] })
    await patch(eve, '/api/v1/health-attributes', { smoking_status: true, has_asthma: false })
    assertHas(await eve.get('/api/v1/preferences/summary'), { channels: ['sms', 'push', 'in_app'], language: 'en' })
    assertHas(await eve.get('/api/v1/privacy/summary'), {
      shared: ['share_with_caregivers'],
      data_categories: ['sleep_data'],
    })
    const health = (await eve.get('/api/v1/health-attributes/summary')).body
    assert.deepEqual(health.risk_flags, ['smoking_status'])
    assert.ok(health.unknown_flags.includes('has_diabetes') && !health.unknown_flags.includes('has_asthma'))
  })

  test('a change is announced with the names of its fields and no value', async () => {
    const eve = await platform.person('eve')
    await patch(eve, PROFILE, { first_name: 'Secret', timezone: 'Asia/Kolkata' })
    const own = (await platform.eventsOf(userProfile.events.profileChanged)).filter(
      (one) => one.user_id === eve.accountId,
    )
    assert.deepEqual(own.at(-1), { user_id: eve.accountId, fields: ['first_name', 'timezone'] })
    assert.ok(!JSON.stringify(own).includes('Secret'))
    const count = own.length
    await patch(eve, PROFILE, { first_name: 'Other' }, 'W/"9"')
    await patch(eve, PROFILE, { first_name: ' ' })
    const after = (await platform.eventsOf(userProfile.events.profileChanged)).filter(
      (one) => one.user_id === eve.accountId,
    )
    assert.equal(after.length, count, 'what is refused is not announced')
  })

  test('whatever is sent is stored as it is answered, or refused with 4xx', async () => {
    const eve = await platform.person('eve')
    const value = fc.oneof(
      fc.string({ maxLength: 120, unit: 'binary' }),
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom('2024-02-29', '0000-00-00', 'A+', -0, 1e308, 170.123456789, null, '\u202e', '𝒶'.repeat(51)),
    )
    const name = fc.constantFrom(
      'first_name',
      'date_of_birth',
      'height_cm',
      'allergies',
      'timezone',
      'blood_type',
      'email',
    )
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 3 }), async (body) => {
        const answer = await patch(eve, PROFILE, body)
        assert.ok(answer.status === 200 || (answer.status >= 400 && answer.status < 500), answer.text)
        if (answer.status === 200) assert.deepEqual((await eve.get(PROFILE)).body, answer.body)
      }),
      { numRuns: 300 },
    )
  })
})
