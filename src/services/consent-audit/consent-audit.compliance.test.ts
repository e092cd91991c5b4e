import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const USERS = '/api/v1/wellness/users'
const STATUS = '/api/v1/compliance/gdpr/status'

interface Control {
  readonly control: string
  readonly status: string
  readonly finding: string | null
  readonly checked_at: string | null
}

describe('audit and controls', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson
  let staff: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
    staff = await platform.person('staff', { roles: ['operator'] })
  })
  after(() => platform.close())

  test('D30: what was not executed is not yet checked, whatever the log holds', async () => {
    const { body } = await staff.get(STATUS)
    assert.deepEqual([body.status, body.score, body.checked_at], ['not_yet_checked', null, null])
    for (const control of body.controls as Control[]) {
      assert.deepEqual([control.status, control.checked_at], ['not yet checked', null])
    }
    assert.ok(body.not_covered.length > 0)
  })

  test('the audit reads as sentences', async () => {
    const record = (await ana.post(USERS)).body.userid
    const body = { account_id: ben.accountId, categories: ['wellness'], ends_at: '2026-08-01', relation: 'caregiver' }
    const { id } = (await ana.post('/api/v1/sharing/grants', { ...body, label: 'Sister' })).body
    await ben.post(`/api/v1/sharing/grants/${id}/accept`)
    await ben.get(`${USERS}/${record}?profile_id=${ana.accountId}`)
    await staff.get(`${USERS}/${record}?profile_id=${ana.accountId}`)
    await platform.settle()
    const { entries } = (await ana.get('/api/v1/audit/my')).body as { entries: { sentence: string; outcome: string }[] }
    const sentences = entries.map((one) => one.sentence)
    assert.ok(
      sentences.includes(
        'Your caregiver (Sister) looked at wellness (one wellness record), because you gave them access.',
      ),
      sentences.join('\n'),
    )
    assert.ok(sentences.some((one) => /^The account \w{6} tried and was refused: looked at wellness/.test(one)))
    assert.ok(sentences.includes('You invited somebody to the record.'))
    const refused = (await ana.get('/api/v1/audit/my?outcome=refused')).body.entries as { outcome: string }[]
    assert.deepEqual(new Set(refused.map((one) => one.outcome)), new Set(['refused']))
    assert.equal((await ana.get('/api/v1/audit/my?limit=501')).status, 422)
    assert.equal((await ana.get('/api/v1/audit/my?limit=1')).body.entries.length, 1)
    const page = (await ana.get('/api/v1/audit/my?limit=1')).body
    const next = (await ana.get(`/api/v1/audit/my?limit=1&cursor=${page.next_cursor}`)).body
    assert.notEqual(next.entries[0].id, page.entries[0].id)
    const mine = (await ben.get('/api/v1/audit/logs/my')).body.items as { person_id: string }[]
    assert.ok(mine.some((row) => row.person_id === ana.accountId))
  })

  test('the documented audit paths answer staff, and nobody else; reading them is in the audit', async () => {
    for (const path of [
      '/api/v1/audit/logs',
      `/api/v1/audit/logs/user/${ana.accountId}`,
      '/api/v1/audit/violations',
      '/api/v1/audit/high-risk',
      '/api/v1/audit/processing',
      '/api/v1/audit/summary',
      '/api/v1/audit/events/consent',
      '/consent-audit/api/v1/audit/logs',
      '/api/v1/hipaa/phi-access-log',
      '/api/v1/hipaa/business-associates',
      '/api/v1/gdpr/processing-activities',
      '/api/v1/hipaa/privacy-rule/status',
      '/api/v1/hipaa/security-rule/status',
      '/api/v1/compliance/hipaa/status',
      '/api/v1/compliance/dpdp/status',
      '/api/v1/compliance/overall/status',
      '/api/v1/compliance/reports',
      '/api/v1/compliance/checklist/gdpr',
      '/consent-audit/api/v1/compliance/gdpr/status',
    ]) {
      const answer = await staff.get(path)
      assert.equal(answer.status, 200, `${path} ${answer.text}`)
      assert.equal((await ben.get(path)).status, 403, path)
      assert.equal((await platform.request('GET', path)).status, 401, path)
    }
    await platform.settle()
    const { entries } = (await ana.get('/api/v1/audit/my?action=audit_read')).body
    assert.match(entries[0].sentence, /read the audit of the record/)
  })

  test('D30: a status names the controls that were executed, when, and what came of each', async () => {
    const ran = await staff.post('/api/v1/compliance/run')
    assert.equal(ran.status, 200, ran.text)
    const controls = ran.body.controls as Control[]
    const states = Object.fromEntries(controls.map((one) => [one.control, one.status]))
    assert.deepEqual(
      states,
      {
        rows_closed_by_person: 'passed',
        consent_enforced: 'passed',
        grant_enforced: 'passed',
        audit_unaltered: 'passed',
        encryption_at_rest: 'passed',
        export_drill: 'passed',
        erasure_drill: 'passed',
        requests_answered_in_time: 'passed',
      },
      JSON.stringify(controls, null, 1),
    )
    for (const control of controls) assert.equal(control.checked_at, platform.clock.now().toISOString())
    assert.equal((await ben.post('/api/v1/compliance/run')).status, 403)
    const left = await platform.rows('select 1 from kernel.access_right where source_id = person_id')
    assert.deepEqual(left, [])
  })

  test('D30: a control that finds something open says so, and the status follows', async () => {
    await platform.rows('alter table wellness.score no force row level security')
    const run = (controls: string[]) => staff.post('/api/v1/compliance/run', { controls })
    await run(['rows_closed_by_person'])
    const { body } = await staff.get(STATUS)
    const control = (body.controls as Control[]).find((one) => one.control === 'rows_closed_by_person')
    assert.deepEqual([control?.status, control?.finding], ['failed', 'open: wellness.score'])
    assert.deepEqual([body.status, body.violations], ['non_compliant', 1])
    await platform.rows('alter table wellness.score force row level security')
    await run(['rows_closed_by_person'])
    assert.equal((await staff.get(STATUS)).body.violations, 0)
    const checklist = (await staff.get('/api/v1/compliance/checklist/gdpr')).body.items as { status: string }[]
    assert.ok(checklist.some((item) => item.status === 'no control'))
  })

  test('D30: an answer that is late is a control that fails', async () => {
    await ana.post('/api/v1/my-data/grievances', { subject: 'x', detail: 'y' })
    await platform.rows("update consent_audit.rights_request set due_at = '2026-06-01'")
    await staff.post('/api/v1/compliance/run', { controls: ['requests_answered_in_time'] })
    const { body } = await staff.get(STATUS)
    const control = (body.controls as Control[]).find((one) => one.control === 'requests_answered_in_time')
    assert.equal(control?.status, 'failed')
  })
})
