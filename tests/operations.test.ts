import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../src/testing.ts'

const BASE = '/api/v1/operations'
const READS = ['overview', 'work', 'setup', 'logs', 'backups'] as const
const NOBODY = '00000000-0000-4000-8000-000000000000'
const SECRET = 'a secret of forty characters that is long'

describe('operations', () => {
  let platform: TestPlatform
  let operator: TestPerson
  let patient: TestPerson
  before(async () => {
    const environment = { METRICS_TOKEN: SECRET, OIDC_ISSUER: 'https://user:hidden@issuer.example.test' }
    platform = await openTestPlatform({ environment })
    operator = await platform.person('operator', { roles: ['operator'] })
    patient = await platform.person('patient')
  })
  after(() => platform?.close())

  const failedJob = async (key: string | null = null) => {
    const [row] = await platform.rows(
      `insert into kernel.job (id, service, name, key, data, run_at, attempts, failed_at, last_error, created_at)
        values (gen_random_uuid(), 'auth', 'clean-up', $1, '{}', $2, 8, $2, 'TypeError', $2) returning id`,
      [key, platform.clock.now()],
    )
    return row?.id as string
  }

  test('nothing is told to nobody, and nothing to whoever does not run the platform', async () => {
    for (const part of READS) {
      assert.equal((await platform.request('GET', `${BASE}/${part}`)).status, 401, part)
      assert.equal((await patient.get(`${BASE}/${part}`)).status, 403, part)
      assert.equal((await operator.get(`${BASE}/${part}`)).status, 200, part)
    }
    const backups = [`${BASE}/backups`, `${BASE}/backups/x.backup/check`, `${BASE}/backups/x.backup/drill`]
    const retries = [`${BASE}/jobs/${NOBODY}/retry`, `${BASE}/deliveries/${NOBODY}/retry`, ...backups]
    for (const path of retries) {
      assert.equal((await platform.request('POST', path, { body: { consumer: 'x' } })).status, 401)
      assert.equal((await patient.post(path, { consumer: 'x' })).status, 403)
    }
    const administrator = await platform.person('administrator', { roles: ['administrator'] })
    assert.equal((await administrator.get(`${BASE}/overview`)).status, 200)
  })

  test('everything an operator can ask stands in the OpenAPI document', async () => {
    const { paths } = (await platform.request('GET', '/openapi.json')).body
    for (const part of READS) assert.deepEqual(paths[`${BASE}/${part}`].get['x-roles'], ['operator', 'administrator'])
    assert.ok(paths[`${BASE}/backups/{name}/drill`].post.responses['202'] !== undefined)
  })

  test('where there is no data folder, backups say so', async () => {
    assert.equal((await operator.get(`${BASE}/backups`)).body.folder, null)
    assert.equal((await operator.post(`${BASE}/backups`)).status, 409)
  })

  test('memory stands against its limit, and services with what they answered', async () => {
    await patient.get('/api/v1/auth/me')
    assert.equal((await patient.get('/api/v1/auth/sessions?unknown=1')).status, 422)
    const { body } = await operator.get(`${BASE}/overview`)
    assert.ok(body.memory.rss_bytes > 10_000_000 && body.memory.rss_bytes < body.memory.limit_bytes)
    assert.ok(body.memory.by_minute.length >= 1)
    assert.ok(body.database_bytes > 1_000_000)
    const auth = body.services.find((one: { name: string }) => one.name === 'auth')
    assert.equal(auth.status, 'healthy')
    assert.equal(auth.where, platform.shape === 'one' ? 'this process' : 'another process')
    assert.ok(auth.requests >= 2 && auth.refused >= 1, JSON.stringify(auth))
    assert.ok(auth.p50_ms > 0 && auth.p50_ms <= auth.p95_ms)
    const fhir = body.services.find((one: { name: string }) => one.name === 'fhir')
    assert.equal(fhir.p95_ms, null)
  })

  test('a failed job is listed without its data, and runs again when it is retried', async () => {
    const id = await failedJob()
    const listed = await operator.get(`${BASE}/work`)
    assert.equal(listed.body.jobs.failed, 1)
    assert.deepEqual(Object.keys(listed.body.failed_jobs[0]).sort(), [
      'attempts',
      'error',
      'failed_at',
      'id',
      'name',
      'service',
    ])
    assert.ok(listed.body.recurring.some((one: { name: string }) => one.name === 'clean-up'))
    assert.equal((await operator.post(`${BASE}/jobs/${id}/retry`)).status, 200)
    assert.equal((await operator.post(`${BASE}/jobs/${id}/retry`)).status, 404)
    await platform.settle()
    const [row] = await platform.rows('select done_at, failed_at from kernel.job where id = $1', [id])
    assert.ok(row?.done_at instanceof Date && row.failed_at === null)
    const audit = await platform.rows(
      `select outcome from kernel.audit where operation = 'retryJob' and account_id = $1`,
      [operator.accountId],
    )
    assert.deepEqual(audit, [{ outcome: 'allowed' }])
  })

  test('a job whose work waits again already is not queued twice', async () => {
    const id = await failedJob('once')
    await platform.rows(
      `insert into kernel.job (id, service, name, key, data, run_at, created_at)
        values (gen_random_uuid(), 'auth', 'clean-up', 'once', '{}', $1, $1)`,
      [new Date(platform.clock.now().getTime() + 3_600_000)],
    )
    assert.equal((await operator.post(`${BASE}/jobs/${id}/retry`)).status, 409)
  })

  test('a failed delivery is listed without what it says, and delivered again when it is retried', async () => {
    const [event] = await platform.rows('select event_id, consumer from kernel.inbox where done_at is not null limit 1')
    const { event_id, consumer } = event as { event_id: string; consumer: string }
    await platform.rows(
      `update kernel.inbox set done_at = null, failed_at = $3, attempts = 12, last_error = 'Error'
        where event_id = $1 and consumer = $2`,
      [event_id, consumer, platform.clock.now()],
    )
    const { body } = await operator.get(`${BASE}/work`)
    assert.equal(body.deliveries.failed, 1)
    assert.equal(body.failed_deliveries[0].event_id, event_id)
    assert.equal('data' in body.failed_deliveries[0], false)
    const path = `${BASE}/deliveries/${event_id}/retry`
    assert.equal((await operator.post(path, { consumer: 'nobody.hears' })).status, 404)
    assert.equal((await operator.post(path, {})).status, 422)
    assert.equal((await operator.post(path, { consumer })).status, 200)
    await platform.settle()
    assert.equal((await operator.get(`${BASE}/work`)).body.deliveries.failed, 0)
  })

  test('settings say where they come from; no secret and no password of an address is shown', async () => {
    const answer = await operator.get(`${BASE}/setup`)
    assert.equal(answer.text.includes(SECRET) || answer.text.includes('hidden'), false)
    const token = answer.body.settings.find((one: { variable: string }) => one.variable === 'METRICS_TOKEN')
    assert.equal(token.source, 'METRICS_TOKEN')
    assert.equal(token.is_secret, true)
    const host = answer.body.settings.find((one: { variable: string }) => one.variable === 'HOST')
    assert.deepEqual([host.value, host.source], ['0.0.0.0', 'default'])
    const issuer = answer.body.settings.find((one: { variable: string }) => one.variable === 'OIDC_ISSUER')
    if (platform.shape === 'one') assert.match(issuer.value, /^https:\/\/\S+@issuer\.example\.test$/)
    else assert.ok(answer.body.elsewhere.includes('auth'))
    const { migrations } = answer.body
    assert.ok(migrations.some((one: { name: string }) => one.name === '0001_frame'))
    assert.equal(answer.body.backup.last, null)
  })

  test('the log of a request is found by its id, and holds no name and no address of a person', async () => {
    const headers = { 'x-request-id': 'operator-looks-1' }
    await patient.request('GET', '/api/v1/auth/me', { headers })
    const { body, text } = await operator.get(`${BASE}/logs?request_id=operator-looks-1`)
    assert.equal(body.lines.length, 1)
    assert.match(body.lines[0].fields, /"route":"\/api\/v1\/auth\/me"/)
    assert.equal(text.includes('example.test'), false)
    const all = await operator.get(`${BASE}/logs?limit=500&level=info`)
    assert.ok(all.body.lines.length > 5)
    assert.equal(all.text.includes(patient.email), false)
    assert.equal((await operator.get(`${BASE}/logs?level=error`)).body.lines.length, 0)
    assert.equal((await operator.get(`${BASE}/logs?limit=501`)).status, 422)
    assert.equal((await operator.get(`${BASE}/logs?request_id=a%20b`)).status, 422)
  })
})
