import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const SERVICE = 'device-data'
const ENTRIES = `/api/v1/${SERVICE}/entries`

describe(SERVICE, () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  test('a note comes back tidy, and the list shows the newest first', async () => {
    const first = await ana.post(ENTRIES, { note: '  the   first ' })
    assert.equal(first.status, 201, first.text)
    assert.deepEqual(first.body, { id: first.body.id, note: 'the first', created_at: '2026-06-15T12:00:00.000Z' })
    platform.clock.advance({ minutes: 1 })
    const second = await ana.post(ENTRIES, { note: 'the second' })
    assert.deepEqual((await ana.get(ENTRIES)).body, [second.body, first.body])
    assert.deepEqual((await ana.get(`${ENTRIES}?limit=1`)).body, [second.body])
  })

  test('the notes of one person are not those of another', async () => {
    await ana.post(ENTRIES, { note: 'mine' })
    assert.deepEqual((await ben.get(ENTRIES)).body, [])
  })

  for (const [why, body] of [
    ['missing', {}],
    ['empty', { note: '' }],
    ['only spaces', { note: '   ' }],
    ['too long', { note: 'a'.repeat(501) }],
    ['not a text', { note: 1 }],
    ['beside an unknown field', { note: 'fine', mood: 1 }],
  ] as const) {
    test(`a note is refused with 422 when it is ${why}`, async () => {
      assert.equal((await ana.post(ENTRIES, body)).status, 422)
    })
  }

  test('a list of no or too many notes is refused with 422', async () => {
    for (const limit of [0, 1001]) assert.equal((await ana.get(`${ENTRIES}?limit=${limit}`)).status, 422)
  })

  test('who is not signed in is refused with 401', async () => {
    assert.equal((await platform.request('POST', ENTRIES, { body: { note: 'mine' } })).status, 401)
    assert.equal((await platform.request('GET', ENTRIES)).status, 401)
  })

  test('export gives everything and erasure leaves nothing', async () => {
    const cleo = await platform.person('cleo')
    await cleo.post(ENTRIES, { note: 'to be forgotten' })
    assert.equal((await platform.exportAll(cleo.accountId))[SERVICE]?.entries?.length, 1)
    assert.equal((await platform.erase(cleo.accountId))[`${SERVICE}.entry`], 1)
    const left = 'select * from device_data.entry where user_id = $1'
    assert.deepEqual(await platform.rows(left, [cleo.accountId]), [])
  })
})
