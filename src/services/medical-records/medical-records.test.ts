import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { multipartOf, REPORT_TEXT, reportPdf } from './fixtures/documents.ts'

describe('medical-records: documents', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform({ environment: { TESSERACT_PATH: 'off' } })
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  const upload = (person: TestPerson, raw: Buffer | string, query = '') =>
    person.request('POST', `/api/v1/documents/upload${query}`, {
      raw,
      headers: { 'content-type': 'application/octet-stream' },
    })

  test('a document written by hand is listed, and one list shows it under every name', async () => {
    const made = await ana.post('/api/v1/documents', {
      title: 'Vaccination card',
      document_type: 'other',
      tags: [' a '],
    })
    assert.equal(made.status, 201, made.text)
    assert.deepEqual(made.body.tags, ['a'])
    for (const path of ['/api/v1/records', '/medical-records/api/v1/records', '/api/v1/documents']) {
      const list = await ana.get(path)
      assert.equal(list.status, 200, list.text)
      assert.equal(list.body.items[0].id, made.body.id)
      assert.equal(list.body.pages, 1)
    }
    const records = await ana.get('/health-records/records')
    assert.equal(records.body.records[0].record_id, made.body.id)
  })

  test('a text is read: its values wait with their page, place and line, and nothing of them counts yet', async () => {
    const added = await upload(ana, REPORT_TEXT, '?file_name=report.txt')
    assert.equal(added.status, 201, added.text)
    await platform.settle()
    const review = await ana.get(`/api/v1/documents/${added.body.id}/review`)
    assert.equal(review.status, 200, review.text)
    assert.equal(review.body.document.status, 'metadata_extracted')
    assert.equal(review.body.document.document_type, 'lab_report')
    assert.equal(review.body.document.document_date, '2026-03-12')
    const glucose = review.body.values.find(
      (one: { read: { test_name?: string } }) => one.read.test_name === 'Glucose, fasting',
    )
    assert.equal(glucose.read.value, 5.4)
    assert.equal(glucose.state, 'unconfirmed')
    assert.equal(glucose.page, 1)
    assert.equal(glucose.box.length, 4)
    assert.deepEqual((await ana.get('/api/v1/lab-results')).body.items, [])
  })

  test('a PDF is read by its own text', async () => {
    const pdf = reportPdf([REPORT_TEXT])
    const added = await ana.request(
      'POST',
      '/api/v1/documents/upload',
      multipartOf({ tags: 'lab, 2026' }, pdf, 'r.pdf'),
    )
    assert.equal(added.status, 201, added.text)
    await platform.settle()
    const review = await ana.get(`/api/v1/documents/${added.body.id}/review`)
    assert.equal(review.body.document.reading_method, 'text')
    assert.ok(review.body.values.length >= 6, review.text)
    const file = await ana.get(`/api/v1/documents/${added.body.id}/download`)
    assert.equal(file.headers['content-type'], 'application/pdf')
    assert.match(String(file.headers['content-disposition']), /^attachment; filename="r.pdf"/)
    assert.equal(file.headers['x-content-type-options'], 'nosniff')
  })
})
