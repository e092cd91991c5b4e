import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const SHARE = '/api/v1/share'
const USERS = '/api/v1/wellness/users'

describe('share links', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
    const { userid } = (await ana.post(USERS)).body
    await ana.post('/api/v1/wellness/wellness-metrics', { userid, wellness_score: 6.5 })
  })
  after(() => platform.close())

  async function link(more: object = {}) {
    const made = await ana.post(SHARE, { categories: ['wellness'], expires_days: 7, ...more })
    assert.equal(made.status, 201, made.text)
    return made.body as { id: string; token: string; url: string }
  }
  const open = (token: string) => platform.request('GET', `/share/${token}`)

  test('a link shows what was chosen, to somebody without an account and without scripts', async () => {
    const { token, url } = await link({ label: 'For <b>Dr. Rao</b>' })
    assert.ok(url.endsWith(`/share/${token}`))
    const page = await open(token)
    assert.equal(page.status, 200)
    assert.match(String(page.headers['content-type']), /text\/html/)
    assert.match(page.text, /6\.5 of 10/)
    assert.match(page.text, /For &lt;b&gt;Dr\. Rao/)
    assert.equal(/<script/i.test(page.text), false)
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'/)
    assert.equal(page.headers['x-robots-tag'], 'noindex, nofollow')
  })

  test('a link shows the newest of measurements, symptoms, goals and of what matters in an emergency, and nothing else', async () => {
    await ana.post('/api/v1/metrics', { metric_type: 'weight', value: 71.5, unit: 'kg' })
    await ana.post('/api/v1/symptoms', { symptom_name: 'Dizzy <i>', symptom_category: 'general', severity_level: 4 })
    const goal = { title: 'Lighter', metric_type: 'weight', goal_type: 'reduction', target_value: 65, unit: 'kg' }
    await ana.post('/api/v1/goals', goal)
    await ana.put('/api/v1/profile', { blood_type: 'O+', allergies: ['Penicillin'], occupation: 'Welder' })
    const { token } = await link({ categories: ['vitals', 'symptoms', 'goals', 'emergency'] })
    const { text } = await open(token)
    for (const part of [/71\.5 kg/, /Dizzy &lt;i/, /Lighter/, /Penicillin/, /O\+/]) assert.match(text, part)
    assert.doesNotMatch(text, /Welder|of 10/)
    const narrow = await link({ categories: ['symptoms'] })
    const shown = await open(narrow.token)
    assert.match(shown.text, /Dizzy/)
    assert.doesNotMatch(shown.text, /71\.5|Penicillin|Lighter/)
  })

  test('whoever only said how they are called is named where they share who they are', async () => {
    const cleo = await platform.person('cleo')
    await cleo.put('/api/v1/profile', { date_of_birth: '1980-04-02' })
    const made = await cleo.post(SHARE, { categories: ['personal_info'], expires_days: 7 })
    assert.match((await open(made.body.token)).text, /<th scope="row" dir="auto">Name<\/th><td dir="auto">cleo<\/td>/)
    assert.match(
      (await platform.request('GET', `/share/${made.body.token}?lang=ms`)).text,
      /<td dir="auto">2 April 1980</,
    )
    assert.match((await open(made.body.token)).text, /Open until 22 June 2026/)
  })

  test('a link shows only the days it names, of every part; what is undated stays', async () => {
    const { body: lab } = await ana.post('/api/v1/lab-results', {
      test_name: 'Potassium',
      value: 5.9,
      unit: 'mmol/L',
      test_date: '2026-01-05',
    })
    assert.ok(lab.id)
    const clinical = '/api/v1/medical-records/clinical/conditions'
    await ana.post(clinical, { display: 'Gout', status: 'active' })
    await ana.post(clinical, { display: 'Asthma', started_on: '2010', status: 'active' })
    await ana.post('/api/v1/metrics', {
      metric_type: 'weight',
      value: 80.5,
      unit: 'kg',
      timestamp: '2025-03-31T23:30:00Z',
    })
    const all = ['vitals', 'symptoms', 'goals', 'wellness', 'devices', 'health_records', 'emergency']
    const shown = async (days: object) => (await open((await link({ categories: all, ...days })).token)).text
    const quarter = await shown({ from: '2025-01-01', until: '2025-03-31' })
    assert.match(quarter, /Shown is what is dated January\s*–\s*March 2025, and what has no date\./)
    for (const part of [/80\.5 kg/, /Gout/, /Asthma/, /Penicillin/]) assert.match(quarter, part)
    assert.doesNotMatch(quarter, /71\.5|Dizzy|Lighter|of 10|Potassium/)
    assert.doesNotMatch(await shown({ until: '2009-12-31' }), /80\.5|Asthma|Potassium/)
    const later = await shown({ from: '2026-01-05' })
    assert.match(later, /Potassium/)
    assert.match(later, /dated 5 January 2026 or later/)
    assert.doesNotMatch(later, /80\.5/)
    const listed: { from: string | null; until: string | null }[] = (await ana.get(SHARE)).body.links
    assert.ok(listed.some(({ from, until }) => from === '2026-01-05' && until === null))
    for (const days of [{ from: '2026-02-01', until: '2026-01-01' }, { from: '2199-01-01' }, { until: 'June' }]) {
      const body = { categories: all, expires_days: 7, ...days }
      assert.equal((await ana.post(SHARE, body)).status, 422, JSON.stringify(days))
    }
  })

  test('D32: without an end, or without a choice, there is no link', async () => {
    for (const body of [
      { categories: ['wellness'] },
      { expires_days: 7 },
      { categories: [], expires_days: 7 },
      { categories: ['wellness'], expires_days: 91 },
      { categories: ['wellness'], expires_at: '2020-01-01' },
      { categories: ['conversations'], expires_days: 7 },
      { categories: ['rights'], expires_days: 7 },
      { permissions: ['clinical_research'], expires_days: 7 },
      { categories: ['wellness'], expires_days: 7, passcode: '123' },
    ]) {
      assert.equal((await ana.post(SHARE, body)).status, 422, JSON.stringify(body))
    }
  })

  test('D32: a link that is revoked, ran out, or was used up answers 410 at once; an unknown one 404', async () => {
    const revoked = await link()
    assert.equal((await open(revoked.token)).status, 200)
    assert.equal((await ana.delete(`${SHARE}/${revoked.id}`)).body.status, 'revoked')
    assert.equal((await open(revoked.token)).status, 410)
    const twice = await link({ max_uses: 2 })
    const answers = await Promise.all(Array.from({ length: 6 }, () => open(twice.token)))
    assert.deepEqual(answers.map((one) => one.status).sort(), [200, 200, 410, 410, 410, 410])
    // In another language it is another look: only a link that is not counted offers it.
    assert.ok(answers.every((one) => one.status === 410 || !one.text.includes('hreflang')))
    assert.match((await open((await link()).token)).text, /<a href="\?lang=hi" lang="hi" hreflang="hi"/)
    assert.equal((await open('no-such-token')).status, 404)
    const listed = (await ana.get(SHARE)).body.links as { id: string; status: string; access_count: number }[]
    const one = listed.find((other) => other.id === twice.id)
    assert.deepEqual([one?.status, one?.access_count], ['used-up', 2])
  })

  test('the right behind a link is what opens it: ended in the database, the page shows nothing', async () => {
    const { id, token } = await link()
    await platform.rows('select kernel.end_access_right($1)', [id])
    const page = await open(token)
    assert.equal(page.status, 200)
    assert.equal(page.text.includes('6.5 of 10'), false)
  })

  test('a passcode is asked for, stored stretched, and five wrong ones close the door for a while', async () => {
    const { id, token } = await link({ passcode: 'blue-door' })
    const asked = await open(token)
    assert.match(asked.text, /<form method="post">/)
    assert.equal(asked.text.includes('6.5 of 10'), false)
    const send = (passcode: string) => platform.request('POST', `/share/${token}`, { form: { passcode } })
    assert.match((await send('blue-door')).text, /6\.5 of 10/)
    for (let attempt = 0; attempt < 5; attempt += 1) assert.equal((await send('wrong')).status, 403)
    assert.equal((await send('blue-door')).status, 429)
    platform.clock.advance({ minutes: 15, seconds: 1 })
    assert.equal((await send('blue-door')).status, 200)
    const [stored] = await platform.rows('select * from consent_audit.share_link where id = $1', [id])
    assert.equal(JSON.stringify(stored).includes('blue-door'), false)
    assert.equal(JSON.stringify(stored).includes(token), false)
  })

  test('guessing in parallel gets no more tries', async () => {
    const { token } = await link({ passcode: 'red-door' })
    const send = () => platform.request('POST', `/share/${token}`, { form: { passcode: 'wrong' } })
    const statuses = (await Promise.all(Array.from({ length: 12 }, send))).map((one) => one.status)
    assert.equal(statuses.filter((status) => status === 403).length, 5)
    assert.equal(statuses.filter((status) => status === 429).length, 7)
  })

  test('another’s link cannot be revoked, and is in nobody else’s list', async () => {
    const { id, token } = await link()
    assert.equal((await ben.delete(`${SHARE}/${id}`)).status, 404)
    assert.deepEqual((await ben.get(SHARE)).body.links, [])
    assert.equal((await open(token)).status, 200)
  })

  test('who opened a link is told in the audit of the owner', async () => {
    const { token } = await link()
    await open(token)
    await platform.settle()
    const { entries } = (await ana.get('/api/v1/audit/my?action=link_opened&limit=1')).body
    assert.match(entries[0].sentence, /^Somebody with your link opened a link to a part of the record/)
  })

  test('a record that waits for erasure shows nothing through a link', async () => {
    const { token } = await link()
    await ana.request('DELETE', '/api/v1/my-data?confirm=true')
    assert.equal((await open(token)).text.includes('6.5 of 10'), false)
    await ana.post('/api/v1/my-data/erasure/cancel')
    assert.match((await open(token)).text, /6\.5 of 10/)
  })
})

describe('emergency access', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let doctor: TestPerson
  let userid = 0
  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    doctor = await platform.person('doctor', { roles: ['clinician'] })
    userid = (await ana.post(USERS)).body.userid
  })
  after(() => platform.close())

  const PATH = '/api/v1/break-glass'
  const REASON = 'unconscious in the emergency room'
  const seen = async () => (await doctor.get(`${USERS}/${userid}?profile_id=${ana.accountId}`)).status
  const glass = (reason = REASON) => doctor.post(PATH, { patient_id: ana.accountId, reason })

  test('opens for an hour, to read, and tells the owner at once', async () => {
    assert.equal(await seen(), 404)
    const opened = await glass()
    assert.equal(opened.status, 201, opened.text)
    assert.equal(await seen(), 200)
    const write = await doctor.request('DELETE', `${USERS}/${userid}?profile_id=${ana.accountId}`)
    assert.equal(write.status, 404)
    const mail = platform.notices.filter((notice) => notice.to === ana.email).at(-1)
    assert.match(mail?.subject ?? '', /opened in an emergency/)
    assert.equal(mail?.text.includes(REASON), false)
    const [listed] = (await ana.get('/api/v1/sharing/emergency-access')).body.items
    assert.deepEqual([listed.reason, listed.clinician_account_id, listed.is_open], [REASON, doctor.accountId, true])
    await platform.settle()
    const { entries } = (await ana.get('/api/v1/audit/my?action=emergency_override')).body
    assert.match(entries[0].sentence, /^A clinician opened the record in an emergency/)
    platform.clock.advance({ minutes: 29 })
    assert.equal(await seen(), 200)
    platform.clock.advance({ minutes: 31, seconds: 1 })
    const fresh = await platform.request('POST', '/api/v1/auth/login', {
      body: { email: doctor.email, password: doctor.password },
    })
    const late = await platform.request('GET', `${USERS}/${userid}?profile_id=${ana.accountId}`, {
      token: fresh.body.access_token,
    })
    assert.equal(late.status, 404)
  })

  test('needs the role, a reason, and somebody else', async () => {
    const [ada, medic] = [await platform.person('ada'), await platform.person('medic', { roles: ['clinician'] })]
    assert.equal((await ada.post(PATH, { patient_id: medic.accountId, reason: REASON })).status, 403)
    assert.equal((await medic.post(PATH, { patient_id: ada.accountId, reason: 'short' })).status, 422)
    assert.equal((await medic.post(PATH, { patient_id: ada.accountId })).status, 422)
    assert.equal((await medic.post(PATH, { patient_id: medic.accountId, reason: REASON })).status, 422)
  })

  test('the owner, and the clinician, can close it at once', async () => {
    const [ivy, medic] = [await platform.person('ivy'), await platform.person('medic', { roles: ['clinician'] })]
    const record = (await ivy.post(USERS)).body.userid
    const look = async () => (await medic.get(`${USERS}/${record}?profile_id=${ivy.accountId}`)).status
    const first = (await medic.post(PATH, { patient_id: ivy.accountId, reason: REASON })).body
    assert.equal(await look(), 200)
    assert.equal((await ivy.delete(`/api/v1/sharing/emergency-access/${first.id}`)).body.is_open, false)
    assert.equal(await look(), 404)
    const second = (await medic.post(PATH, { patient_id: ivy.accountId, reason: REASON })).body
    assert.equal((await medic.delete(`${PATH}/${second.id}`)).body.is_open, false)
    assert.equal(await look(), 404)
    assert.equal((await medic.get(PATH)).body.items.length, 2)
  })
})
