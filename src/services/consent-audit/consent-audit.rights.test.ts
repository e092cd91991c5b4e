import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { strFromU8, unzipSync } from 'fflate'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const DATA = '/api/v1/my-data'
const USERS = '/api/v1/wellness/users'
const SCORES = '/api/v1/wellness/wellness-metrics'

describe('rights over one’s data', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson
  let staff: TestPerson
  let origin = ''

  before(async () => {
    platform = await openTestPlatform()
    origin = await platform.listen()
    ana = await withScores('ana')
    ben = await platform.person('ben')
    staff = await platform.person('staff', { roles: ['operator'] })
  })
  after(() => platform.close())

  async function withScores(name: string): Promise<TestPerson> {
    const person = await platform.person(name)
    const { userid } = (await person.post(USERS)).body
    for (const wellness_score of [5, 6]) await person.post(SCORES, { userid, wellness_score })
    return person
  }

  const download = (person: TestPerson, path: string) =>
    fetch(origin + path, { headers: { authorization: `Bearer ${person.token}` } })

  async function exported(person: TestPerson) {
    const started = await person.post(`${DATA}/exports`)
    assert.equal(started.status, 202, started.text)
    await platform.settle()
    return (await person.get(`${DATA}/exports/${started.body.id}`)).body
  }

  test('everything is shown, service by service', async () => {
    await ana.post('/api/v1/consent/grant', { data_category: 'wellness', purpose: 'analytics' })
    const { status, body, text } = await ana.get(DATA)
    assert.equal(status, 200, text)
    assert.equal(body.services.wellness.scores.length, 2)
    assert.equal(body.services.auth.account.length, 1)
    assert.equal(body.consents.length, 1)
    assert.deepEqual([body.is_complete, body.unreachable, body.shortened], [true, [], []])
  })

  test('an export is made in the background: one zip with JSON, CSV and a page, checked by its hash', async () => {
    const started = await ana.post(`${DATA}/exports`)
    assert.deepEqual([started.body.status, started.body.progress], ['waiting', 0])
    assert.equal((await ana.post(`${DATA}/exports`)).status, 409)
    assert.equal((await ana.get(`${DATA}/exports/${started.body.id}/download`)).status, 409)
    await platform.settle()
    const ready = (await ana.get(`${DATA}/exports/${started.body.id}`)).body
    assert.deepEqual([ready.status, ready.progress], ['ready', 100])
    const answer = await download(ana, ready.download_url)
    assert.equal(answer.headers.get('content-type'), 'application/zip')
    const bytes = new Uint8Array(await answer.arrayBuffer())
    assert.equal(bytes.length, ready.size_bytes)
    assert.equal(createHash('sha256').update(bytes).digest('hex'), ready.sha256)
    const files = unzipSync(bytes)
    const scores = JSON.parse(strFromU8(files['wellness/scores.json'] as Uint8Array))
    assert.deepEqual(
      scores.map((one: { wellness_score: number }) => one.wellness_score),
      [5, 6],
    )
    assert.match(strFromU8(files['wellness/scores.csv'] as Uint8Array), /^id,userid,wellness_score,time\r\n/)
    assert.match(strFromU8(files['index.html'] as Uint8Array), /href="wellness\/scores\.csv"/)
    assert.ok(files['audit/who-did-what.json'] !== undefined)
  })

  test('another’s export is 404; after two days the zip is gone', async () => {
    const cara = await withScores('cara')
    const made = await exported(cara)
    assert.equal((await ben.get(`${DATA}/exports/${made.id}`)).status, 404)
    assert.equal((await download(ben, `${DATA}/exports/${made.id}/download`)).status, 404)
    const [{ address } = {}] = await platform.rows('select address from consent_audit.export where id = $1', [made.id])
    platform.clock.advance({ days: 2, seconds: 1 })
    await platform.settle()
    const owner = { personId: cara.accountId, area: 'consent-audit' }
    const context = platform.platformOf('consent-audit').systemContext('consent-audit', cara.accountId)
    await assert.rejects(context.ports.files.open(owner, String(address)), { code: 'not_found' })
    ana = await again(ana)
    ben = await again(ben)
    staff = await again(staff)
  })

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

  test('D30: erasure closes at once, can be taken back, and removes everything when its time comes, with proof', async () => {
    let dora = await withScores('dora')
    assert.equal((await dora.delete(DATA)).status, 400)
    const asked = await dora.delete(`${DATA}?confirm=true`)
    assert.equal(asked.status, 202, asked.text)
    assert.deepEqual((await dora.get(USERS)).body, [])
    assert.equal((await dora.post(USERS)).status, 403)
    assert.equal((await dora.delete(`${DATA}?confirm=true`)).status, 409)
    assert.equal((await dora.get(DATA)).body.services.wellness.scores.length, 2)
    assert.equal((await dora.post(`${DATA}/erasure/cancel`)).body.status, 'cancelled')
    assert.equal((await dora.get(USERS)).body.length, 1)
    assert.equal((await dora.post(`${DATA}/erasure/cancel`)).status, 404)
    const { receipt_code, executes_at } = (await dora.delete(`${DATA}?confirm=true`)).body
    assert.equal(executes_at, new Date(platform.clock.now().getTime() + 7 * 86_400_000).toISOString())
    const certificate = () => platform.request('POST', `${DATA}/erasure/certificate`, { body: { receipt_code } })
    assert.equal((await certificate()).body.status, 'pending')
    platform.clock.advance({ days: 7, hours: 2 })
    await platform.settle()
    const proof = (await certificate()).body
    assert.deepEqual([proof.status, proof.services_waiting, proof.rows_removed['wellness.score']], ['executed', [], 2])
    assert.equal(
      (await platform.request('POST', `${DATA}/erasure/certificate`, { body: { receipt_code: 'x' } })).status,
      404,
    )
    const login = await platform.request('POST', '/api/v1/auth/login', {
      body: { email: dora.email, password: dora.password },
    })
    assert.equal(login.status, 401)
    dora = { ...dora }
    assert.deepEqual(await traces(dora.accountId), [])
    ana = await again(ana)
    ben = await again(ben)
    staff = await again(staff)
  })

  /** Tables of any schema that still name the person; the announcement of leaving goes once it is thirty days old. */
  async function traces(personId: string): Promise<string[]> {
    const tables = await platform.rows(
      `select schemaname || '.' || tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    const found: string[] = []
    for (const { name } of tables) {
      const rows = await platform.rows(`select 1 from ${name} t where to_jsonb(t)::text like $1 limit 1`, [
        `%${personId}%`,
      ])
      if (rows.length > 0 && !['kernel.outbox', 'kernel.inbox'].includes(String(name))) found.push(String(name))
    }
    return found
  }

  test('a correction, a complaint: each has a reference and a day it is due, and is answered by staff', async () => {
    const ticket = await ana.request('PATCH', DATA, { body: { field: 'date_of_birth', corrected_value: '1980-02-03' } })
    assert.equal(ticket.status, 202, ticket.text)
    assert.match(ticket.body.ticket, /^CORR-\d{8}-[0-9A-F]{8}$/)
    assert.equal((await ana.request('PATCH', DATA, { body: {} })).status, 422)
    const complaint = (await ana.post(`${DATA}/grievances`, { subject: 'Slow', detail: 'No answer' })).body
    assert.match(complaint.request_id, /^GRV-/)
    assert.equal(new Date(complaint.due_at).getTime() - new Date(complaint.created_at).getTime(), 90 * 86_400_000)
    const open = (await staff.get('/api/v1/rights/requests')).body.items as { request_id: string }[]
    assert.ok(open.some((one) => one.request_id === complaint.request_id))
    assert.equal((await ben.get('/api/v1/rights/requests')).status, 403)
    const path = `/api/v1/rights/requests/${complaint.request_id}/answer`
    assert.equal((await ben.post(path, { outcome: 'done', answer: 'x' })).status, 403)
    assert.equal((await staff.post(path, { outcome: 'done', answer: 'Sorry, mended.' })).body.status, 'done')
    assert.equal((await staff.post(path, { outcome: 'done', answer: 'again' })).status, 404)
    const mine = (await ana.get(`${DATA}/requests`)).body.items as { request_id: string; answer: string | null }[]
    assert.equal(mine.find((one) => one.request_id === complaint.request_id)?.answer, 'Sorry, mended.')
  })

  test('restriction keeps the record for the person alone, and ends', async () => {
    const body = { account_id: ben.accountId, categories: ['wellness'], ends_at: '2026-08-01' }
    const { id } = (await ana.post('/api/v1/sharing/grants', body)).body
    await ben.post(`/api/v1/sharing/grants/${id}/accept`)
    const seen = async () => (await ben.get(`${USERS}?profile_id=${ana.accountId}`)).status
    assert.equal(await seen(), 200)
    assert.equal((await ana.post(`${DATA}/restriction`)).body.restricted, true)
    assert.equal(await seen(), 404)
    assert.equal((await ana.get(USERS)).body.length, 1)
    assert.equal((await ana.delete(`${DATA}/restriction`)).body.restricted, false)
    assert.equal(await seen(), 200)
  })

  test('an objection ends consents, and none is taken while it stands', async () => {
    const cell = { data_category: 'wellness', purpose: 'marketing', granted_to: 'third_party' }
    await ben.post('/api/v1/consent/grant', cell)
    const objected = (await ben.post(`${DATA}/objections`, { purposes: ['marketing'] })).body
    assert.deepEqual(objected, { purposes: ['marketing'], consents_revoked: 1 })
    assert.equal((await ben.post('/api/v1/consent/grant', cell)).status, 409)
    assert.deepEqual((await ben.delete(`${DATA}/objections/marketing`)).body.purposes, [])
    assert.equal((await ben.delete(`${DATA}/objections/marketing`)).status, 404)
    assert.equal((await ben.post('/api/v1/consent/grant', cell)).status, 200)
    assert.equal((await ben.post(`${DATA}/objections`, { purposes: [] })).status, 422)
  })

  test('a nominee is named, read and taken away', async () => {
    assert.equal((await ben.get(`${DATA}/nominee`)).status, 404)
    await ben.put(`${DATA}/nominee`, { name: 'Cara', relationship: 'sister', contact: 'cara@example.test' })
    assert.equal((await ben.get(`${DATA}/nominee`)).body.name, 'Cara')
    assert.equal((await ben.delete(`${DATA}/nominee`)).status, 204)
    assert.equal((await ben.delete(`${DATA}/nominee`)).status, 404)
  })

  test('D30: a right in the words of S002 is carried out, not only noted', async () => {
    const erna = await withScores('erna')
    const exercise = (right_type: string, more: object = {}) =>
      erna.post('/api/v1/consent/exercise-right', { right_type, ...more })
    const access = await exercise('right_to_access')
    assert.deepEqual([access.status, access.body.status], [202, 'completed'])
    await platform.settle()
    assert.equal((await erna.get(`${DATA}/exports`)).body.exports[0].status, 'ready')
    assert.equal((await exercise('right_to_restriction')).body.status, 'completed')
    const held = await platform.rows('select kind from kernel.person_hold where person_id = $1', [erna.accountId])
    assert.deepEqual(held, [{ kind: 'restriction' }])
    assert.equal((await exercise('right_to_rectification')).body.status, 'processing')
    assert.equal((await exercise('right_to_erasure')).status, 400)
    assert.match((await exercise('right_to_erasure', { confirm: true })).body.done, /receipt code/)
    const rights = (await erna.get(`/api/v1/consent/rights/${erna.accountId}`)).body
    assert.deepEqual([rights.jurisdiction, rights.rights.length], ['IN', 9])
  })

  test('the law a person names decides by when', async () => {
    await ben.put(`${DATA}/jurisdiction`, { jurisdiction: 'EU' })
    const complaint = (await ben.post(`${DATA}/grievances`, { subject: 'x', detail: 'y' })).body
    assert.equal(new Date(complaint.due_at).getTime() - new Date(complaint.created_at).getTime(), 30 * 86_400_000)
  })

  test('whoever deletes the account is closed out at once, can take it back, and leaves nothing after the grace', async () => {
    const gone = await withScores('gone')
    await gone.post('/api/v1/consent/grant', { data_category: 'wellness', purpose: 'analytics' })
    await gone.post('/api/v1/share', { categories: ['wellness'], expires_days: 1 })
    await exported(gone)
    const answer = await gone.request('DELETE', '/api/v1/auth/me', { body: { password: gone.password } })
    assert.equal(answer.status, 200, answer.text)
    await platform.settle()
    const signIn = () =>
      platform.request('POST', '/auth/login', { body: { email: gone.email, password: gone.password } })
    const token = (await signIn()).body.access_token
    assert.equal((await platform.request('GET', '/api/v1/wellness/users/1', { token })).status, 404)
    assert.equal((await platform.request('GET', `${DATA}/erasure`, { token })).body.status, 'pending')
    const receipt = (code: string) =>
      platform.request('POST', `${DATA}/erasure/certificate`, { body: { receipt_code: code } })
    const certificate = () => receipt(answer.body.receipt_code)
    assert.equal((await certificate()).body.status, 'pending')
    const again = await platform.request('DELETE', '/api/v1/auth/me', { token, body: { password: gone.password } })
    assert.equal(again.status, 200, again.text)
    await platform.settle()
    assert.deepEqual(
      (await receipt(again.body.receipt_code)).body,
      (await certificate()).body,
      'both codes, one receipt',
    )
    platform.clock.advance({ days: 8 })
    await platform.settle()
    assert.equal((await certificate()).body.status, 'executed')
    assert.equal((await signIn()).status, 401)
    assert.deepEqual(await traces(gone.accountId), [])
    assert.equal((await receipt(again.body.receipt_code)).body.status, 'executed')
  })

  test('an announcement that outlived its process goes at the next start, once everybody has heard it', async () => {
    const announce = (key: string, doneAt: Date | null) =>
      platform.rows(
        `with announced as (
           insert into kernel.outbox (id, service, type, topic, key, data, created_at)
             values (gen_random_uuid(), 'consent-audit', 'consent-audit.person-erased.v1', 'health-events', $1, '{}', $3)
             returning id, position)
         insert into kernel.inbox (event_id, consumer, key, position, next_at, done_at)
           select id, 'elsewhere.erase-consent-audit', $1, position, $3, $2 from announced`,
        [key, doneAt, platform.clock.now()],
      )
    await announce('left-and-heard', platform.clock.now())
    await announce('left-and-waiting', null)
    await platform.platformOf('consent-audit').upkeep.prune()
    const kept = await platform.rows("select key from kernel.outbox where key like 'left-and-%'")
    assert.deepEqual(
      kept.map((row) => row.key),
      ['left-and-waiting'],
    )
  })
})
