import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { consentAudit } from './contract.ts'
import { isGenuine } from './providers/receipts.ts'

const CONSENT = '/api/v1/consent'
const REMINDERS = { data_category: 'medications', purpose: 'reminder' } as const

describe('consents', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  const check = async (person: TestPerson, cell: object = REMINDERS) =>
    (await person.post(`${CONSENT}/check`, cell)).body

  test('a consent that is given comes back in the shape of S001', async () => {
    const made = await ana.post(`${CONSENT}/grant`, { ...REMINDERS, expires_in_days: 30, consent_text: 'Remind me' })
    assert.equal(made.status, 200, made.text)
    const { id, user_id, data_category, purpose, granted_to, status, expires_at, revocable } = made.body
    assert.ok(Number.isInteger(id))
    assert.deepEqual(
      { user_id, data_category, purpose, granted_to, status, expires_at, revocable },
      {
        user_id: ana.accountId,
        ...REMINDERS,
        granted_to: 'self',
        status: 'active',
        expires_at: '2026-07-15T12:00:00.000Z',
        revocable: true,
      },
    )
    const list = (await ana.get(`${CONSENT}/my`)).body
    assert.deepEqual([list.total, list.active_count, list.consents[0].id], [1, 1, id])
    assert.deepEqual((await ana.get(CONSENT)).body, list)
    assert.deepEqual((await check(ana)).has_consent, true)
  })

  test('withdrawing takes one call, as giving does, and takes effect at once', async () => {
    await ana.post(`${CONSENT}/grant`, REMINDERS)
    const revoked = await ana.post(`${CONSENT}/revoke`, REMINDERS)
    assert.equal(revoked.status, 200, revoked.text)
    assert.deepEqual(
      [revoked.body.consents_revoked, revoked.body.effective_immediately, revoked.body.dpdp_compliant],
      [1, true, true],
    )
    assert.deepEqual([(await check(ana)).has_consent, (await check(ana)).reason], [false, 'the consent was withdrawn'])
    assert.equal((await ana.post(`${CONSENT}/revoke`, REMINDERS)).body.consents_revoked, 0)
    assert.deepEqual(await platform.rows('select * from kernel.consent where person_id = $1', [ana.accountId]), [])
  })

  test('a consent ends at its time', async () => {
    const cleo = await platform.person('cleo')
    await cleo.post(`${CONSENT}/grant`, { ...REMINDERS, expires_in_days: 1 })
    assert.equal((await check(cleo)).has_consent, true)
    platform.clock.advance({ days: 1, seconds: 1 })
    const late = await platform.request('POST', '/api/v1/auth/login', {
      body: { email: cleo.email, password: cleo.password },
    })
    const ask = await platform.request('POST', `${CONSENT}/check`, { body: REMINDERS, token: late.body.access_token })
    assert.deepEqual([ask.body.has_consent, ask.body.reason], [false, 'the consent ran out'])
    ana = await again(ana)
    ben = await again(ben)
  })

  /** The same person, signed in anew: the clock has moved on. */
  async function again(person: TestPerson): Promise<TestPerson> {
    const { email, password } = person
    const { body } = await platform.request('POST', '/api/v1/auth/login', { body: { email, password } })
    const token = body.access_token as string
    const request: TestPerson['request'] = (method, url, given = {}) =>
      platform.request(method, url, { token, ...given })
    return {
      ...person,
      token,
      request,
      get: (url) => request('GET', url),
      post: (url, data) => request('POST', url, { body: data ?? {} }),
      put: (url, data) => request('PUT', url, { body: data ?? {} }),
      delete: (url) => request('DELETE', url),
    }
  }

  test('giving twice is one consent: the second supersedes the first', async () => {
    await ben.post(`${CONSENT}/grant`, REMINDERS)
    await ben.post(`${CONSENT}/grant`, REMINDERS)
    const { body } = await ben.get(`${CONSENT}/my`)
    assert.equal(body.active_count, 1)
    assert.deepEqual(
      body.consents.map((one: { end_reason: string | null }) => one.end_reason),
      [null, 'superseded'],
    )
  })

  test('ten at once leave one consent', async () => {
    const cell = { data_category: 'vitals', purpose: 'analytics' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => ben.post(`${CONSENT}/grant`, cell)))
    assert.deepEqual(new Set(answers.map((one) => one.status)), new Set([200]))
    const live = await platform.rows(
      `select 1 from consent_audit.consent where user_id = $1 and category = 'vitals' and ended_at is null`,
      [ben.accountId],
    )
    assert.equal(live.length, 1)
  })

  for (const [body, code] of [
    [{ data_category: 'secrets', purpose: 'storage' }, 'DPDP_CATEGORY_NOT_ALLOWED'],
    [{ data_category: 'rights', purpose: 'storage' }, 'DPDP_CATEGORY_NOT_ALLOWED'],
    [{ data_category: 'vitals', purpose: 'fun' }, 'DPDP_PURPOSE_NOT_ALLOWED'],
    [{ data_category: 'vitals', purpose: 'sharing', granted_to: 'everybody' }, 'DPDP_PURPOSE_NOT_ALLOWED'],
    [{ data_category: 'conversations', purpose: 'sharing', granted_to: 'family' }, 'DPDP_PURPOSE_NOT_ALLOWED'],
  ] as const) {
    test(`403 ${code} for ${Object.values(body).join(', ')}`, async () => {
      for (const path of ['grant', 'check']) {
        const answer = await ana.post(`${CONSENT}/${path}`, body)
        assert.deepEqual([answer.status, answer.body.error_code], [403, code], answer.text)
      }
    })
  }

  test('D14: whose consent it is comes from the credential; another’s is 404, a typed X-User-Id 403', async () => {
    assert.equal((await ben.get(`${CONSENT}/status/${ana.accountId}`)).status, 404)
    assert.equal((await ben.get(`${CONSENT}/history/${ana.accountId}`)).status, 404)
    assert.equal((await ben.post(`${CONSENT}/grant`, { ...REMINDERS, user_id: ana.accountId })).status, 404)
    const typed = await ben.request('GET', CONSENT, { headers: { 'x-user-id': ana.accountId } })
    assert.equal(typed.status, 403)
    assert.equal((await platform.request('GET', CONSENT)).status, 401)
    assert.equal((await ben.post(`${CONSENT}/revoke`, { user_id: ana.accountId })).status, 404)
  })

  test('D15: another’s consent cannot be withdrawn by its number', async () => {
    const { id } = (await ana.post(`${CONSENT}/grant`, REMINDERS)).body
    assert.equal((await ben.post(`${CONSENT}/records/${id}/revoke`)).status, 404)
    assert.equal((await ben.get(`${CONSENT}/receipts/${id}`)).status, 404)
    assert.equal((await ana.post(`${CONSENT}/records/${id}/revoke`)).body.consents_revoked, 1)
  })

  test('the words of the sign-up and of S002 stand for cells of the one matrix', async () => {
    const dora = await platform.person('dora')
    const made = await dora.post(`${CONSENT}/records`, { consent_type: 'emergency_sharing', granted: true })
    assert.equal(made.status, 201, made.text)
    assert.equal(made.body.items.length, 2)
    const verified = (await dora.post(`${CONSENT}/verify`, { consent_type: 'emergency_sharing' })).body
    assert.deepEqual([verified.has_consent, verified.missing], [true, []])
    const partly = (await dora.post(`${CONSENT}/verify`, { consent_type: 'ai_analysis' })).body
    assert.deepEqual([partly.verified, partly.missing], [false, ['health_records.ai_processing.ai_service']])
    await dora.post(`${CONSENT}/revoke`, { purpose: 'emergency_sharing' })
    assert.equal((await dora.post(`${CONSENT}/verify`, { consent_type: 'emergency_sharing' })).body.has_consent, false)
  })

  test('revoking everything of a category, of a purpose, or all', async () => {
    const erna = await platform.person('erna')
    const give = async (data_category: string, purpose: string) =>
      erna.post(`${CONSENT}/grant`, { data_category, purpose, granted_to: 'hospital' })
    await give('vitals', 'treatment')
    await give('vitals', 'sharing')
    await give('symptoms', 'sharing')
    await give('documents', 'storage')
    assert.equal((await erna.post(`${CONSENT}/revoke`, { data_category: 'vitals' })).body.consents_revoked, 2)
    assert.equal((await erna.post(`${CONSENT}/revoke`, { purpose: 'sharing' })).body.consents_revoked, 1)
    assert.equal((await erna.post(`${CONSENT}/revoke`)).body.consents_revoked, 1)
  })

  test('consents of the phone sign-up arrive in the matrix, and their withdrawal too', async () => {
    const consents = ['emergency_sharing', 'health_record_storage', 'ai_symptom_checker'].map((purpose) => ({
      data_category: 'health_records',
      purpose,
      granted: true,
    }))
    const made = await platform.request('POST', '/auth/signup', {
      body: { name: 'Gita', phone_number: '9812345670', consents },
    })
    assert.equal(made.status, 201, made.text)
    await platform.settle()
    const token = made.body.access_token as string
    const status = await platform.request('GET', `${CONSENT}/status/${made.body.user.id}`, { token })
    const features = Object.fromEntries(
      status.body.ai_features.map((one: { feature: string; allowed: boolean }) => [one.feature, one.allowed]),
    )
    assert.deepEqual([features.symptom_checker, features.document_analysis], [true, false])
    const list = (await platform.request('GET', '/auth/consents', { token })).body as { id: number; purpose: string }[]
    const checker = list.find((one) => one.purpose === 'ai_symptom_checker')
    await platform.request('PUT', `/auth/consents/${checker?.id}`, { token, body: { granted: false } })
    await platform.settle()
    const afterwards = await platform.request('POST', `${CONSENT}/check`, {
      token,
      body: { data_category: 'diagnostics', purpose: 'ai_processing', granted_to: 'ai_service' },
    })
    assert.deepEqual([afterwards.body.has_consent, afterwards.body.reason], [false, 'consent was denied'])
  })

  test('a receipt is stable and shows any change', async () => {
    const { id } = (await ana.post(`${CONSENT}/grant`, { ...REMINDERS, consent_text: 'Yes' })).body
    const receipt = (await ana.get(`${CONSENT}/receipts/${id}`)).body
    assert.deepEqual((await ana.get(`${CONSENT}/receipts/${id}`)).body, receipt)
    assert.equal(isGenuine(receipt), true)
    assert.equal(isGenuine({ ...receipt, purpose: 'marketing' }), false)
    assert.match(receipt.text_sha256, /^[0-9a-f]{64}$/)
  })

  test('a decision is never edited: the database refuses', async () => {
    const { id } = (await ana.post(`${CONSENT}/grant`, REMINDERS)).body
    for (const change of [
      "purpose = 'marketing'",
      'expires_at = now()',
      'granted = false',
      "given_at = '2020-01-01'",
    ]) {
      await assert.rejects(
        platform.rows(`update consent_audit.consent set ${change} where seq = $1`, [id]),
        /never edited/,
        change,
      )
    }
    await ana.post(`${CONSENT}/records/${id}/revoke`)
    const reopen = 'update consent_audit.consent set ended_at = null, end_reason = null where seq = $1'
    await assert.rejects(platform.rows(reopen, [id]), /never edited/)
  })

  test('notices are itemised and in plain words, for everyone to read beforehand', async () => {
    const { status, body } = await platform.request(
      'GET',
      `${CONSENT}/notices?data_category=medications&purpose=reminder`,
    )
    assert.equal(status, 200)
    const [notice] = body.notices
    assert.ok(notice.items.length >= 2 && notice.uses.length >= 1)
    assert.match(notice.calls.withdraw, /consent\/revoke/)
    assert.match(notice.calls.complain, /grievances/)
    assert.equal(notice.pages.withdraw, '/app/consents')
    const matrix = (await platform.request('GET', '/consent-audit/api/v1/consent/matrix')).body
    assert.ok(matrix.aliases.some((one: { word: string }) => one.word === 'hipaa_treatment'))
    const policies = (await platform.request('GET', `${CONSENT}/policies`)).body.policies
    assert.deepEqual(
      policies.map((one: { code: string; childAge: number }) => [one.code, one.childAge]),
      [
        ['IN', 18],
        ['EU', 16],
        ['US', 13],
      ],
    )
  })

  test('other services may ask, for the person of their call', async () => {
    await ana.post(`${CONSENT}/grant`, REMINDERS)
    const ask = (purpose: string) =>
      platform.call(
        consentAudit.operations.hasConsent,
        { category: 'medications', purpose, recipient: 'self' },
        ana.accountId,
      )
    assert.equal((await ask('reminder')).allowed, true)
    assert.deepEqual(await ask('analytics'), { allowed: false, consent_id: null })
  })

  test('whoever acts on a consent hears that it ended', async () => {
    const fay = await platform.person('fay')
    await fay.post(`${CONSENT}/grant`, REMINDERS)
    await fay.post(`${CONSENT}/revoke`, REMINDERS)
    const events = (await platform.eventsOf(consentAudit.events.consentChanged)).filter(
      (data) => data.user_id === fay.accountId,
    )
    const cell = { category: 'medications', purpose: 'reminder', recipient: 'self' }
    assert.deepEqual(events, [
      { user_id: fay.accountId, given: [cell], withdrawn: [] },
      { user_id: fay.accountId, given: [], withdrawn: [cell] },
    ])
  })
})
