import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

describe('medical-records', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
  })
  after(() => platform.close())

  test('a document written by hand is listed, and one list shows it under every name', async () => {
    const made = await ana.post('/api/v1/documents', { title: 'Vaccination card', document_type: 'other' })
    assert.equal(made.status, 201, made.text)
    for (const path of ['/api/v1/records', '/medical-records/api/v1/records', '/api/v1/documents']) {
      const list = await ana.get(path)
      assert.equal(list.status, 200, list.text)
      assert.equal(list.body.items[0].id, made.body.id)
    }
  })
  test('a text file is taken', async () => {
    const up = await ana.request('POST', '/api/v1/documents/upload?file_name=a.txt', {
      raw: 'Hemoglobin 13.5 g/dL 12.0 - 16.0',
      headers: { 'content-type': 'text/plain' },
    })
    assert.equal(up.status, 201, up.text)
    const got = await ana.get(`/api/v1/documents/${up.body.id}/download`)
    assert.equal(got.text, 'Hemoglobin 13.5 g/dL 12.0 - 16.0')
  })
})
