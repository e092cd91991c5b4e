import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const BREACHES = '/api/v1/compliance/breaches'
const WHAT = {
  title: 'A backup was left open',
  nature: 'A copy of the database stood on the net for an hour.',
  categories: ['vitals', 'personal_info'],
  consequences: 'Somebody may know your measurements.',
  measures: 'The copy was removed and its keys were changed.',
  advice: 'Be careful with messages that name your measurements.',
  detected_at: '2026-06-14T12:00:00Z',
}

describe('a breach of personal data', () => {
  let platform: TestPlatform
  let staff: TestPerson
  let anna: TestPerson
  let bert: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    staff = await platform.person('staff', { roles: ['operator'] })
    anna = await platform.person('anna')
    bert = await platform.person('bert')
  })
  after(() => platform.close())

  const record = (body: object) => staff.post(BREACHES, { ...WHAT, ...body })
  const titlesOf = async (person: TestPerson) =>
    (await person.get('/api/v1/my-data/breaches')).body.items.map((one: { title: string }) => one.title)

  test('is told to those it concerns, in plain words, and to nobody else', async () => {
    const made = await record({ account_ids: [anna.accountId] })
    assert.equal(made.status, 201, made.text)
    await platform.settle()
    const mails = platform.notices.filter((one) => one.subject === 'What happened to your data')
    assert.deepEqual(
      mails.map((one) => one.to),
      [anna.email],
    )
    for (const part of [WHAT.nature, WHAT.consequences, WHAT.measures, WHAT.advice]) {
      assert.ok(mails[0]?.text.includes(part), part)
    }
    assert.deepEqual([await titlesOf(anna), await titlesOf(bert)], [[WHAT.title], []])
    const [seen] = (await staff.get(BREACHES)).body.items
    assert.deepEqual(seen.notices, { concerned: 1, told: 1, waiting: 0 })
  })

  test('of everyone reaches everyone, once', async () => {
    await record({ title: 'All', affects_everyone: true })
    await platform.settle()
    await platform.settle()
    const told = platform.notices.filter((one) => one.text.startsWith('All')).map((one) => one.to)
    assert.deepEqual([...told].sort(), [anna.email, bert.email, staff.email].sort())
    assert.deepEqual(await titlesOf(bert), ['All'])
  })

  test('has a clock for the authority: 72 hours after it was found, and a control that fails when it is late', async () => {
    const { body } = await record({ title: 'Clock', account_ids: [bert.accountId] })
    assert.deepEqual([body.authority_due_at, body.authority_overdue], ['2026-06-17T12:00:00.000Z', false])
    const control = async () => {
      const answer = await staff.post('/api/v1/compliance/run', { controls: ['requests_answered_in_time'] })
      return answer.body.controls.find((one: { control: string }) => one.control === 'requests_answered_in_time').status
    }
    assert.equal(await control(), 'passed')
    const old = await record({ title: 'Old', detected_at: '2026-06-01', account_ids: [bert.accountId] })
    assert.equal(old.body.authority_overdue, true)
    assert.equal(await control(), 'failed')
    const told = (id: string) => staff.post(`${BREACHES}/${id}/authority`, { reference: 'DPB-1' })
    assert.equal((await told(old.body.breach_id)).body.authority_reference, 'DPB-1')
    assert.equal((await told(old.body.breach_id)).status, 409)
    assert.equal((await told('019ecb27-2200-7639-af6d-3e355e1e0c2b')).status, 404)
    assert.equal(await control(), 'passed')
  })

  test('is recorded by operators only, of a time that has been, with people it concerns', async () => {
    assert.equal((await anna.post(BREACHES, { ...WHAT, affects_everyone: true })).status, 403)
    assert.equal((await platform.request('GET', BREACHES)).status, 401)
    const refused = async (body: object) => (await record(body)).body.errors[0].field
    assert.equal(await refused({}), 'account_ids')
    assert.equal(await refused({ affects_everyone: true, account_ids: [anna.accountId] }), 'account_ids')
    assert.equal(await refused({ affects_everyone: true, detected_at: '2030-01-01' }), 'detected_at')
    assert.equal(await refused({ affects_everyone: true, detected_at: 'yesterday' }), 'detected_at')
  })

  test('is forgotten of a person who leaves, and shown in their export', async () => {
    const exported = await platform.exportAll(bert.accountId)
    assert.equal(exported['consent-audit']?.breaches?.length, 3)
    await platform.erase(bert.accountId)
    const left = await platform.rows('select from consent_audit.breach_notice where user_id = $1', [bert.accountId])
    assert.equal(left.length, 0)
  })
})
