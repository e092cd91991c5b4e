import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { consentAudit } from './contract.ts'

const GRANTS = '/api/v1/sharing/grants'
const SHARE = '/api/v1/share'
const USERS = '/api/v1/wellness/users'
const SCORES = '/api/v1/wellness/wellness-metrics'

describe('grants between people', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson
  let userid = 0

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
    userid = (await ana.post(USERS)).body.userid
    await ana.post(SCORES, { userid, wellness_score: 7 })
  })
  after(() => platform.close())

  const ends = (days = 30) => new Date(platform.clock.now().getTime() + days * 86_400_000).toISOString()
  const seen = async () => (await ben.get(`${USERS}/${userid}/wellness-metrics?profile_id=${ana.accountId}`)).status
  const write = async () => (await ben.post(SCORES, { userid, wellness_score: 3, profile_id: ana.accountId })).status

  async function give(more: object = {}): Promise<string> {
    const body = { account_id: ben.accountId, categories: ['wellness'], ends_at: ends(), ...more }
    const made = await ana.post(GRANTS, body)
    assert.equal(made.status, 201, made.text)
    return made.body.id
  }

  async function open(more: object = {}): Promise<string> {
    const id = await give(more)
    const accepted = await ben.post(`${GRANTS}/${id}/accept`)
    assert.equal(accepted.status, 200, accepted.text)
    return id
  }

  test('nothing is open before the other accepts, and nothing after it is revoked', async () => {
    const id = await give()
    assert.equal(await seen(), 404)
    assert.equal((await ben.get(`${GRANTS}/received`)).body.grants[0].status, 'invited')
    await ben.post(`${GRANTS}/${id}/accept`)
    assert.equal(await seen(), 200)
    assert.equal(await write(), 404)
    const revoked = await ana.delete(`${GRANTS}/${id}`)
    assert.deepEqual([revoked.status, revoked.body.status], [200, 'revoked'])
    assert.equal(await seen(), 404)
    assert.equal((await ben.post(`${GRANTS}/${id}/accept`)).status, 404)
  })

  test('who was let in sees what the person is called while it lasts, and nothing of the owner’s own notes', async () => {
    const note = 'The one who talks too much'
    const id = await open({ label: note })
    const received = async () => {
      const answer = await ben.get(`${GRANTS}/received`)
      assert.ok(!answer.text.includes(note))
      return answer.body.grants.find((one: { id: string }) => one.id === id)
    }
    assert.match((await received()).person_name, /ana/i)
    assert.equal((await ana.get(GRANTS)).body.grants.find((one: { id: string }) => one.id === id).label, note)
    await ana.delete(`${GRANTS}/${id}`)
    assert.deepEqual([(await received()).status, (await received()).person_name], ['revoked', null])
  })

  test('a grant to write reads too; one to another category opens nothing', async () => {
    const other = await open({ categories: ['vitals', 'medications'], access: 'write' })
    assert.deepEqual([await seen(), await write()], [404, 404])
    const id = await open({ access: 'write' })
    assert.deepEqual([await seen(), await write()], [200, 201])
    await ana.delete(`${GRANTS}/${id}`)
    await ana.delete(`${GRANTS}/${other}`)
  })

  test('whoever was let in may leave', async () => {
    const id = await open()
    assert.equal((await ben.post(`${GRANTS}/${id}/decline`)).body.status, 'left')
    assert.equal(await seen(), 404)
    const declined = await give()
    assert.equal((await ben.post(`${GRANTS}/${declined}/decline`)).body.status, 'declined')
  })

  test('a grant can be narrowed, at once; more is refused', async () => {
    const id = await open({ categories: ['wellness', 'vitals'] })
    const roster = { time_zone: 'Asia/Kolkata', shifts: [{ weekday: 'mon', starts_at: '08:00', ends_at: '16:00' }] }
    const patch = (body: object) => ana.request('PATCH', `${GRANTS}/${id}`, { body })
    assert.deepEqual((await patch({ duty_roster: roster })).body.duty_roster, roster)
    assert.equal(await seen(), 200)
    assert.equal((await patch({ categories: ['wellness', 'symptoms'] })).status, 409)
    assert.equal((await patch({ ends_at: ends(60) })).status, 409)
    assert.deepEqual((await patch({ categories: ['vitals'] })).body.categories, ['vitals'])
    assert.equal(await seen(), 404)
    await ana.delete(`${GRANTS}/${id}`)
    assert.equal((await patch({ categories: ['vitals'] })).status, 409)
  })

  for (const [why, body, field] of [
    ['no end', { ends_at: undefined }, 'ends_at'],
    ['an end in the past', { ends_at: '2020-01-01T00:00:00Z' }, 'ends_at'],
    ['more than a year', { ends_at: '2028-01-01' }, 'ends_at'],
    ['a day that does not exist', { ends_at: '2026-06-31' }, 'ends_at'],
    ['nothing chosen', { categories: [] }, 'categories'],
    ['everything', { categories: ['*'] }, 'categories'],
    ['what is said to a companion', { categories: ['conversations'] }, 'categories'],
    ['the person’s own rights', { categories: ['rights'] }, 'categories'],
    ['nobody', { account_id: undefined }, 'account_id'],
    ['two at once', { email: 'x@example.test' }, 'account_id'],
  ] as const) {
    test(`422 naming ${field} for ${why}`, async () => {
      const whole = { account_id: ben.accountId, categories: ['wellness'], ends_at: ends(), ...body }
      const answer = await ana.post(GRANTS, whole)
      assert.equal(answer.status, 422, answer.text)
      assert.match(answer.body.detail, new RegExp(field))
    })
  }

  test('an invitation tells nothing of whether somebody is known, and its code opens it once', async () => {
    const known = await ana.post(GRANTS, { email: ben.email, categories: ['wellness'], ends_at: ends() })
    const unknown = await ana.post(GRANTS, { email: 'nobody@example.test', categories: ['wellness'], ends_at: ends() })
    const shape = ({ status, body }: typeof known) => [status, body.status, body.delivery, body.grantee_account_id]
    assert.deepEqual(shape(known), [201, 'invited', 'email', null])
    assert.deepEqual(shape(unknown), shape(known))
    const stranger = '01890000-0000-7000-8000-000000000001'
    const byId = await ana.post(GRANTS, { account_id: stranger, categories: ['wellness'], ends_at: ends() })
    assert.deepEqual([byId.status, byId.body.status], [201, 'invited'])
    const mail = platform.notices.filter((notice) => notice.to === ben.email).at(-1)
    const code = /code: (\S+)/.exec(mail?.text ?? '')?.[1]
    assert.equal((await ben.post('/api/v1/sharing/invitations/accept', { code: 'wrong' })).status, 404)
    assert.equal((await ana.post('/api/v1/sharing/invitations/accept', { code })).status, 409)
    assert.equal((await ben.post('/api/v1/sharing/invitations/accept', { code })).status, 200)
    assert.equal(await seen(), 200)
    assert.equal((await ben.post('/api/v1/sharing/invitations/accept', { code })).status, 404)
    await ana.delete(`${GRANTS}/${known.body.id}`)
    const stored = JSON.stringify(await platform.rows('select * from consent_audit.share_grant'))
    assert.equal(stored.includes('nobody@example.test'), false)
  })

  test('another’s grant cannot be read, changed, revoked or accepted by its id', async () => {
    const id = await give()
    const cara = await platform.person('cara')
    assert.equal((await cara.delete(`${GRANTS}/${id}`)).status, 404)
    assert.equal((await cara.post(`${GRANTS}/${id}/accept`)).status, 404)
    assert.equal((await cara.post(`${GRANTS}/${id}/decline`)).status, 404)
    assert.equal((await ben.delete(`${GRANTS}/${id}`)).status, 404)
    assert.deepEqual((await cara.get(GRANTS)).body.grants, [])
    assert.deepEqual((await cara.get(`${GRANTS}/received`)).body.grants, [])
  })

  test('a grantee cannot share on, consent, export or erase for the owner', async () => {
    const id = await open({ categories: ['wellness', 'personal_info', 'health_records'], access: 'write' })
    const of = `profile_id=${ana.accountId}`
    for (const [method, path, body] of [
      ['POST', `${GRANTS}?${of}`, { account_id: ben.accountId, categories: ['vitals'], ends_at: ends() }],
      ['POST', `${SHARE}?${of}`, { categories: ['wellness'], expires_days: 1 }],
      ['POST', `/api/v1/consent/grant?${of}`, { data_category: 'vitals', purpose: 'sharing' }],
      ['GET', `/api/v1/my-data?${of}`, undefined],
      ['POST', `/api/v1/my-data/exports?${of}`, {}],
      ['DELETE', `/api/v1/my-data?confirm=true&${of}`, undefined],
      ['GET', `/api/v1/audit/my?${of}`, undefined],
    ] as const) {
      const answer = await ben.request(method, path, body === undefined ? {} : { body })
      assert.equal(answer.status, 404, `${method} ${path} ${answer.text}`)
    }
    await ana.delete(`${GRANTS}/${id}`)
  })

  test('the caregiver paths are the same grants', async () => {
    const body = { account_id: ben.accountId, categories: ['wellness'], ends_at: ends(), relation: 'caregiver' }
    const { id } = (await ana.post('/api/v1/caregiver', body)).body
    assert.ok((await ana.get('/api/v1/caregiver')).body.grants.some((one: { id: string }) => one.id === id))
    assert.equal((await ana.delete(`/api/v1/caregiver/${id}`)).body.status, 'revoked')
  })

  test('what an account may see is announced, and that it ended', async () => {
    const id = await open()
    await ana.delete(`${GRANTS}/${id}`)
    const events = (await platform.eventsOf(consentAudit.events.accessChanged)).filter((one) => one.source_id === id)
    assert.deepEqual(
      events.map((one) => one.access),
      ['read', 'none'],
    )
  })

  describe('duty', () => {
    const DUTY = '/api/v1/sharing/duty'
    let cara: TestPerson
    const hours = (n: number) => new Date(platform.clock.now().getTime() + n * 3_600_000).toISOString()
    const take = (person: TestPerson, until = hours(8), of = ana) => person.put(`${DUTY}/${of.accountId}`, { until })
    const seenBy = async (person: TestPerson, of = ana) => {
      const answer = await person.get(DUTY)
      assert.equal(answer.status, 200, answer.text)
      return (answer.body.items as DutySeen[]).find((one) => one.person_id === of.accountId)
    }
    interface DutySeen {
      person_id: string
      on_duty: { name: string | null; is_you: boolean; until: string } | null
      note: { text: string; name: string | null } | null
    }
    async function letIn(person: TestPerson, categories: string[]): Promise<string> {
      const made = await ana.post(GRANTS, { account_id: person.accountId, categories, ends_at: ends() })
      await person.post(`${GRANTS}/${made.body.id}/accept`)
      return made.body.id
    }
    before(async () => {
      cara = await platform.person('cara')
      await ben.put('/api/v1/profile', { first_name: 'Ben' })
      await letIn(ben, ['vitals'])
    })

    test('one is on duty until the hour that was said; everybody who may see the alarms, and the person, sees who', async () => {
      const id = await letIn(cara, ['vitals'])
      const taken = await take(ben)
      assert.equal(taken.status, 200, taken.text)
      assert.deepEqual([taken.body.on_duty.is_you, taken.body.on_duty.until], [true, hours(8)])
      const [forCara, forAna] = [await seenBy(cara), await seenBy(ana)]
      assert.deepEqual([forCara?.on_duty?.name, forCara?.on_duty?.is_you], ['Ben', false])
      assert.equal(forAna?.on_duty?.name, 'Ben')
      assert.equal((await take(cara)).body.on_duty.is_you, true)
      assert.equal((await ben.post(`${DUTY}/${ana.accountId}/end`, {})).status, 409)
      const ended = await cara.post(`${DUTY}/${ana.accountId}/end`, { note: 'Ate little <b>today' })
      assert.deepEqual([ended.status, ended.body.on_duty, ended.body.note.text], [200, null, 'Ate little <b>today'])
      assert.equal((await seenBy(ben))?.note?.text, 'Ate little <b>today')
      const [kept] = await platform.rows('select note from consent_audit.handover_note')
      assert.ok(!(kept as { note: Buffer }).note.includes(Buffer.from('Ate')))
      assert.equal((await ben.put(`${DUTY}/${ana.accountId}/note`, { note: null })).body.note, null)
      await platform.settle()
      const { entries } = (await ana.get('/api/v1/audit/my?action=duty_taken&limit=5')).body
      assert.equal(entries.length, 2)
      await ana.delete(`${GRANTS}/${id}`)
    })

    test('a duty ends by itself, and with the grant that it stood on', async () => {
      await take(ben, hours(0.1))
      platform.clock.advance({ minutes: 7 })
      assert.equal((await seenBy(ana))?.on_duty, null)
      const id = await letIn(cara, ['vitals'])
      await take(cara)
      await ana.delete(`${GRANTS}/${id}`)
      assert.equal((await seenBy(ana))?.on_duty, null)
      assert.equal(await seenBy(cara), undefined)
    })

    test('on duty is nobody who was not let in to see the alarms, for more than a day, or for themselves', async () => {
      assert.equal((await take(cara)).status, 404)
      assert.equal((await cara.put(`${DUTY}/${ana.accountId}/note`, { note: 'x' })).status, 404)
      const id = await letIn(cara, ['wellness'])
      assert.equal((await take(cara)).status, 403)
      assert.equal((await take(ana)).status, 403)
      assert.equal((await take(ben, hours(25))).status, 422)
      assert.equal((await take(ben, hours(-1))).status, 422)
      assert.equal((await ben.put(`${DUTY}/${ana.accountId}/note`, { note: 'x'.repeat(1001) })).status, 422)
      assert.equal((await platform.request('GET', DUTY)).status, 401)
      await ana.delete(`${GRANTS}/${id}`)
    })

    test('an export has duty and note of the person; erasing either account leaves nothing of it', async () => {
      await letIn(cara, ['vitals'])
      await take(cara)
      await cara.put(`${DUTY}/${ana.accountId}/note`, { note: 'Sleeps' })
      const exported = (await platform.exportAll(ana.accountId))['consent-audit']
      assert.match(JSON.stringify([exported?.duties, exported?.handover_notes]), /Sleeps/)
      await platform.erase(cara.accountId)
      assert.deepEqual(await platform.rows('select 1 from consent_audit.duty'), [])
      assert.deepEqual(await platform.rows('select author from consent_audit.handover_note'), [{ author: null }])
      await platform.erase(ana.accountId)
      assert.deepEqual(await platform.rows('select 1 from consent_audit.handover_note'), [])
    })
  })
})
