import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { REPORT_STATUSES } from './contract/reports.ts'
import { medicalRecords } from './contract.ts'
import { nextStatuses } from './domain/reports/status.ts'

const REPORTS = '/api/v1/clinical-reports'

describe('medical-records: clinical reports', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ben = await platform.person('ben')
  })
  after(() => platform.close())
  beforeEach(async () => {
    ana = await platform.person('ana')
  })

  const write = async (more: object = {}) => {
    const made = await ana.post(REPORTS, {
      report_type: 'DISCHARGE_SUMMARY',
      title: 'After the operation',
      content: 'All went well.',
      ...more,
    })
    assert.equal(made.status, 201, made.text)
    return made.body
  }
  const move = (id: string, status: string, more: object = {}) =>
    ana.post(`${REPORTS}/${id}/status`, { status, ...more })
  const publish = async (id: string) => {
    for (const status of ['PENDING_REVIEW', 'REVIEWED', 'APPROVED', 'PUBLISHED'])
      assert.equal((await move(id, status)).status, 200)
  }

  test('a report begins as a draft, and comes back by id, list, search, filter and in the statistics', async () => {
    const report = await write({ priority: 'HIGH', tags: ['knee'], report_date: '2026-06-01' })
    await write({ report_type: 'PROGRESS_NOTE', title: 'Week two', content: 'Walking again' })
    assert.deepEqual(
      [report.status, report.version, report.revision, report.allowed_next],
      ['DRAFT', 1, 1, ['PENDING_REVIEW', 'ARCHIVED']],
    )
    assert.deepEqual((await ana.get(`${REPORTS}/${report.id}`)).body, report)
    const total = async (path: string) => (await ana.get(`${REPORTS}${path}`)).body.total
    assert.deepEqual(
      await Promise.all(
        [
          '',
          '?priority=HIGH',
          '?report_type=PROGRESS_NOTE',
          '?status=PUBLISHED',
          '/search?query=WELL+operation',
          '/search?query=moon',
          '?to=2026-06-02',
        ].map(total),
      ),
      [2, 1, 1, 0, 1, 0, 1],
    )
    const { body } = await ana.get(`${REPORTS}/statistics`)
    assert.deepEqual(body, {
      total: 2,
      by_status: { DRAFT: 2 },
      by_type: { DISCHARGE_SUMMARY: 1, PROGRESS_NOTE: 1 },
      by_priority: { HIGH: 1, NORMAL: 1 },
    })
    const { items } = (await ana.get(`${REPORTS}/templates`)).body
    assert.match(items[0].content, /^## Subjective\n\n## Objective/)
  })

  test('a report goes through review to publication, and every step is in its log', async () => {
    const { id } = await write()
    await publish(id)
    const steps = (await ana.get(`${REPORTS}/${id}/audit-logs`)).body
    assert.deepEqual(
      steps.items.map((one: { to_status: string }) => one.to_status),
      ['PUBLISHED', 'APPROVED', 'REVIEWED', 'PENDING_REVIEW', 'DRAFT'],
    )
    assert.deepEqual([steps.items[4].action, steps.items[0].done_by], ['created', ana.accountId])
  })

  test('every step that there is not is refused with 409, and changes nothing', async () => {
    const { id } = await write()
    for (const status of REPORT_STATUSES.filter((one) => !nextStatuses('DRAFT').includes(one))) {
      assert.equal((await move(id, status)).status, 409, status)
    }
    assert.equal((await ana.get(`${REPORTS}/${id}`)).body.version, 1)
  })

  test('a change keeps the content before, and takes back a review', async () => {
    const { id } = await write()
    await move(id, 'PENDING_REVIEW')
    await move(id, 'REVIEWED')
    const changed = await ana.put(`${REPORTS}/${id}`, {
      content: 'All went very well.',
      change_reason: 'typed wrongly',
    })
    assert.deepEqual([changed.status, changed.body.status, changed.body.revision], [200, 'DRAFT', 2], changed.text)
    const { items, total } = (await ana.get(`${REPORTS}/${id}/versions`)).body
    assert.deepEqual(
      [total, items[0].content, items[0].reason, items[1].content],
      [2, 'All went very well.', 'typed wrongly', 'All went well.'],
    )
    const moved = await ana.put(`${REPORTS}/${id}`, { priority: 'LOW' })
    assert.equal(moved.body.revision, 2)
  })

  test('what is published is not written over: 409; it is superseded by another report', async () => {
    const { id } = await write()
    await publish(id)
    assert.equal((await ana.put(`${REPORTS}/${id}`, { content: 'other' })).status, 409)
    assert.equal((await move(id, 'SUPERSEDED')).status, 422)
    assert.equal((await move(id, 'SUPERSEDED', { superseded_by: id })).status, 422)
    assert.equal((await move(id, 'SUPERSEDED', { superseded_by: ana.accountId })).status, 404)
    const next = await write({ title: 'Corrected' })
    const moved = await move(id, 'SUPERSEDED', { superseded_by: next.id })
    assert.deepEqual([moved.status, moved.body.superseded_by, moved.body.allowed_next], [200, next.id, []])
  })

  test('another version is refused with 412', async () => {
    const { id } = await write()
    assert.equal((await ana.put(`${REPORTS}/${id}`, { title: 'New', version: 2 })).status, 412)
    assert.equal((await move(id, 'PENDING_REVIEW', { version: 3 })).status, 412)
    assert.equal((await ana.request('DELETE', `${REPORTS}/${id}`, { headers: { 'if-match': '"9"' } })).status, 412)
  })

  for (const [why, body] of [
    ['an unknown type', { report_type: 'POEM', title: 'a', content: 'b' }],
    ['no content', { report_type: 'OTHER', title: 'a' }],
    ['an unknown priority', { report_type: 'OTHER', title: 'a', content: 'b', priority: 'SOON' }],
    ['a date ahead', { report_type: 'OTHER', title: 'a', content: 'b', report_date: '2030-01-01' }],
    ['an unknown field', { report_type: 'OTHER', title: 'a', content: 'b', mood: 1 }],
  ] as const) {
    test(`${why} is refused with 422`, async () => assert.equal((await ana.post(REPORTS, body)).status, 422))
  }

  test("another person's report is not found, and nobody unknown gets in", async () => {
    const { id } = await write()
    for (const path of ['', '/versions', '/audit-logs'])
      assert.equal((await ben.get(`${REPORTS}/${id}${path}`)).status, 404)
    assert.equal((await ben.put(`${REPORTS}/${id}`, { title: 'x' })).status, 404)
    assert.equal((await ben.post(`${REPORTS}/${id}/status`, { status: 'ARCHIVED' })).status, 404)
    assert.equal((await ben.delete(`${REPORTS}/${id}`)).status, 404)
    for (const path of ['', '/search?query=a', '/templates', '/statistics'])
      assert.equal((await platform.request('GET', `${REPORTS}${path}`)).status, 401)
    assert.equal((await ana.delete(`${REPORTS}/${id}`)).status, 204)
    assert.equal((await ana.get(`${REPORTS}/${id}`)).status, 404)
  })

  test('a report is given to FHIR with its text, exported with its versions, and erased', async () => {
    const { id } = await write({ content: 'Grüße ✓' })
    const { items } = await platform.call(medicalRecords.operations.recordsFhirResources, { ids: [id] }, ana.accountId)
    const resource = JSON.parse(items[0]?.content ?? '{}')
    assert.deepEqual(
      [resource.resourceType, resource.status, resource.code.coding[0].code],
      ['DiagnosticReport', 'registered', '18842-5'],
    )
    assert.equal(Buffer.from(resource.presentedForm[0].data, 'base64').toString(), 'Grüße ✓')
    const exported = (await platform.exportAll(ana.accountId))['medical-records']
    assert.deepEqual([exported?.clinical_reports?.length, exported?.clinical_report_revisions?.length], [1, 1])
    const counts = await platform.erase(ana.accountId)
    assert.deepEqual(
      [counts['medical-records.clinical_report'], counts['medical-records.clinical_report_step']],
      [1, 1],
    )
  })
})
