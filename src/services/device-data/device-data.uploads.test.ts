import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const DEVICES = '/api/v1/devices'
const POINTS = '/api/v1/data/points'

describe('device-data: phones, uploaders, analytics, rights', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
  })
  after(() => platform.close())

  test('a phone’s figures of days are taken once, bettered, and their watermark told', async () => {
    const ingest = (steps: number) => ({
      source: 'oura',
      sync_timestamp: '2026-06-15T12:00:00Z',
      data_points: [
        { metric_type: 'steps', date: '2026-06-14', value_json: { value: steps } },
        { metric_type: 'hrv_ms', date: '2026-06-14', value_json: { average: 41.5 } },
        { metric_type: 'unheard_of', date: '2026-06-14', value_json: 1 },
      ],
    })
    const first = (await ana.post('/api/v1/health-data/ingest', ingest(4000))).body
    assert.deepEqual([first.accepted, first.skipped, first.refused[0].index], [2, 1, 2])
    assert.equal((await ana.post('/api/v1/health-data/ingest', ingest(4000))).body.accepted, 0)
    assert.equal((await ana.post('/api/v1/health-data/ingest', ingest(3900))).body.accepted, 1)
    const [point] = (await ana.get(`${POINTS}?data_type=steps`)).body.items
    assert.deepEqual([point.value, point.source_name], [3900, 'oura'])
    assert.equal((await ana.get(`${POINTS}?data_type=hrv_rmssd`)).body.items[0].value, 41.5)
    assert.equal((await ana.get('/api/v1/health-data/sync-watermark')).body.items[0].metrics, 2)
    const task = await ana.post('/api/v1/health-data/initial-sync', { source: 'healthkit' })
    assert.deepEqual([task.status, task.body.status, task.body.days], [202, 'waiting_for_client', 90])
    assert.equal(
      (await ana.post('/api/v1/health-data/initial-sync', { source: 'healthkit' })).body.task_id,
      task.body.task_id,
    )
    assert.equal((await ana.get(`/api/v1/health-data/sync-status/${task.body.task_id}`)).status, 200)
    assert.equal((await ana.delete('/api/v1/health-data/source/oura')).body.samples, 2)
    assert.equal((await ana.delete('/api/v1/health-data/source/oura')).status, 404)
  })

  test('an uploader of Nightscout sends with its secret, and what it sends again changes nothing', async () => {
    const made = await ana.post('/api/v1/device-data/uploaders', { label: 'Phone', may_read: true })
    const headers = { 'api-secret': createHash('sha1').update(made.body.api_secret).digest('hex') }
    const send = (path: string, body: unknown) => platform.request('POST', path, { body, headers })
    const nowMs = platform.clock.now().getTime()
    const entries = [0, 1, 2].map((index) => ({
      type: 'sgv',
      sgv: 100 + index,
      date: nowMs - index * 300_000,
      direction: 'Flat',
      device: 'xDrip',
    }))
    for (const path of [
      '/nightscout/api/v1/entries',
      '/nightscout/api/v1/entries.json',
      '/nightscout/api/v1/entries/',
    ]) {
      const sent = await send(path, entries)
      assert.equal(sent.status, 200, sent.text)
      assert.equal(sent.body.length, 3)
    }
    assert.equal(
      (
        await send('/nightscout/api/v1/treatments', {
          eventType: 'Meal Bolus',
          insulin: 4,
          carbs: 50,
          created_at: '2026-06-15T11:00:00Z',
        })
      ).status,
      200,
    )
    assert.equal(
      (
        await send('/nightscout/api/v1/devicestatus', {
          device: 'phone',
          uploader: { battery: 80 },
          created_at: '2026-06-15T11:00:00Z',
        })
      ).status,
      200,
    )
    assert.equal(
      (await send('/nightscout/api/v3/entries', { ...entries[0], date: nowMs - 900_000, identifier: 'x' })).status,
      201,
    )
    const read = await platform.request('GET', '/nightscout/api/v1/entries.json?count=10', { headers })
    assert.deepEqual(
      read.body.map((one: { sgv: number }) => one.sgv),
      [100, 101, 102, 100],
    )
    assert.equal((await platform.request('GET', '/nightscout/api/v1/treatments.json', { headers })).body[0].carbs, 50)
    assert.equal((await ana.get(`${POINTS}?data_type=insulin_event`)).body.items[0].value, 4)
    assert.equal((await platform.request('GET', '/nightscout/api/v1/status.json')).body.status, 'ok')
    const found = async (path: string) =>
      (await platform.request('GET', `/nightscout/api/v1/${path}`, { headers })).body.length
    assert.equal(await found('entries/sgv.json?count=10000'), 4)
    assert.equal(await found(`entries.json?find[date][$gte]=${nowMs - 300_000}&find[type]=sgv`), 2)
    assert.equal(await found(`entries.json?find[dateString][$lt]=${new Date(nowMs).toISOString()}`), 3)
    assert.equal(await found('treatments.json?find[created_at][$gte]=2026-06-15&find[carbs][$gt]=0&count=all'), 1)
    assert.equal(await found('treatments?find[created_at][$gte]=2026-06-15T11:00:01Z'), 0)
    assert.equal(await found('treatments?find[eventType]=Site%20Change&count=1'), 0)
    for (const [path, status] of [
      ['experiments/test', 200],
      ['treatments?find[notes][$where]=1', 400],
      ['entries?find[sgv][$gt]=100', 400],
      ['entries/cal', 400],
      ['entries?count=none', 400],
    ] as const) {
      assert.equal((await platform.request('GET', `/nightscout/api/v1/${path}`, { headers })).status, status, path)
    }
    assert.equal((await platform.request('GET', '/nightscout/api/v1/experiments/test')).status, 401)
  })

  test('a secret opens one person’s uploads and nothing else, in either form, until it is ended', async () => {
    const made = await ana.post('/api/v1/device-data/uploaders', { label: 'Pump' })
    const secret = made.body.api_secret as string
    const entry = [{ type: 'sgv', sgv: 111, date: platform.clock.now().getTime() - 60_000 }]
    const send = (headers: Record<string, string>) =>
      platform.request('POST', '/nightscout/api/v1/entries', { body: entry, headers })
    assert.equal((await send({})).status, 401)
    assert.equal((await send({ 'api-secret': 'a'.repeat(40) })).status, 401)
    assert.equal((await send({ 'api-secret': secret })).status, 200)
    const sha1 = createHash('sha1').update(secret).digest('hex')
    assert.equal(
      (await platform.request('GET', '/nightscout/api/v1/entries', { headers: { 'api-secret': sha1 } })).status,
      403,
    )
    assert.equal((await platform.request('GET', DEVICES, { headers: { 'api-secret': sha1 } })).status, 401)
    const stored = await platform.rows(
      'select encode(secret_hash, $2) as hash from device_data.uploader where id = $1',
      [made.body.id, 'hex'],
    )
    assert.ok(!String(stored[0]?.hash).includes(sha1))
    const ben = await platform.person('ben')
    assert.equal((await ben.delete(`/api/v1/device-data/uploaders/${made.body.id}`)).status, 404)
    assert.equal((await ana.delete(`/api/v1/device-data/uploaders/${made.body.id}`)).status, 204)
    assert.equal((await send({ 'api-secret': sha1 })).status, 401)
  })

  for (const [why, raw, status] of [
    ['is no JSON', '{', 400],
    ['is no object', '[1]', 422],
    ['has no date', '[{"type":"sgv","sgv":100}]', 422],
    ['is too large', `[${'0,'.repeat(1_100_000)}0]`, 413],
  ] as const) {
    test(`what an uploader sends is refused with ${status} when it ${why}`, async () => {
      const answer = await ana.request('POST', '/nightscout/api/v1/entries', {
        raw,
        headers: { 'content-type': 'application/json' },
      })
      assert.equal(answer.status, status, answer.text)
    })
  }

  test('glucose of a fortnight is told with bands, figures, episodes and meals; less says so', async () => {
    const cleo = await platform.person('cleo')
    const few = (await cleo.get('/api/v1/device-data/analytics/glucose')).body
    assert.equal(few.enough, false)
    assert.match(few.reason, /not enough data/)
    assert.ok(
      few.figures.every((one: { value: number | null; formula: string }) => one.value === null && one.formula !== ''),
    )
    const nowMs = platform.clock.now().getTime()
    const entries = Array.from({ length: 15 * 288 }, (_value, index) => ({
      type: 'sgv',
      sgv: index % 10 === 0 ? 200 : 120,
      date: nowMs - index * 300_000,
    }))
    const sent = await cleo.request('POST', '/nightscout/api/v1/entries', { body: entries })
    assert.equal(sent.status, 200, sent.text.slice(0, 200))
    const told = (await cleo.get('/api/v1/device-data/analytics/glucose')).body
    assert.equal(told.reason, null)
    assert.equal(told.coverage_percent, 100)
    const inRange = told.bands.find((one: { name: string }) => one.name === '70 to 180 mg/dL')
    assert.deepEqual([Math.round(inRange.percent), inRange.is_met], [90, true])
    assert.ok(
      told.figures.every(
        (one: { citation: string; limits: string; needs: string }) =>
          one.citation !== '' && one.limits !== '' && one.needs !== '',
      ),
    )
  })

  test('sleep, resting heart rate, blood pressure and variability answer, or say what is missing', async () => {
    const dora = await platform.person('dora')
    for (const name of ['sleep', 'resting-heart-rate', 'blood-pressure', 'hrv']) {
      const empty = await dora.get(`/api/v1/device-data/analytics/${name}`)
      assert.equal(empty.status, 200, empty.text)
      assert.match(empty.body.reason, /not enough data/)
    }
    const day = (index: number, hour: number) =>
      new Date(Date.parse('2026-06-05T00:00:00Z') + index * 86_400_000 + hour * 3_600_000).toISOString()
    const data_points = Array.from({ length: 10 }, (_value, index) => [
      { data_type: 'light_sleep', value: 420, timestamp: day(index, -1), end_timestamp: day(index, 6) },
      { data_type: 'sleep_in_bed', value: 480, timestamp: day(index, -1.5), end_timestamp: day(index, 6.5) },
      { data_type: 'resting_heart_rate', value: 55 + (index % 3), timestamp: day(index, 7) },
      ...[7, 7.1, 11, 11.1].flatMap((hour) => [
        { data_type: 'blood_pressure_systolic', value: index === 0 ? 170 : 128, timestamp: day(index, hour) },
        { data_type: 'blood_pressure_diastolic', value: 78, timestamp: day(index, hour) },
      ]),
    ]).flat()
    const stored = await dora.post(`${POINTS}/batch`, { data_points })
    assert.deepEqual([stored.body.created, stored.body.refused], [110, []])
    const sleep = (await dora.get('/api/v1/device-data/analytics/sleep')).body
    assert.deepEqual([sleep.nights.length, sleep.nights[0].efficiency_percent, sleep.figures[0].value], [10, 87.5, 7])
    const resting = (await dora.get('/api/v1/device-data/analytics/resting-heart-rate')).body
    assert.deepEqual([resting.days.length, resting.days[0].origin, resting.figures[0].enough], [10, 'measured', true])
    const pressure = (await dora.get('/api/v1/device-data/analytics/blood-pressure')).body
    assert.deepEqual([pressure.figures[0].value, pressure.category], [128, 'below the home threshold'])
    const beats = Array.from({ length: 400 }, (_value, index) => ({
      data_type: 'rr_interval',
      value: 800 + (index % 5) * 10,
      timestamp: new Date(Date.parse('2026-06-15T10:00:00Z') + index * 820).toISOString(),
    }))
    await dora.post(`${POINTS}/batch`, { data_points: beats })
    const hrv = (await dora.get('/api/v1/device-data/analytics/hrv')).body
    assert.deepEqual([hrv.beats, hrv.artefacts, hrv.figures[0].enough], [400, 0, true])
  })

  test('export gives everything and erasure leaves nothing', async () => {
    const emil = await platform.person('emil')
    await emil.post(DEVICES, { name: 'Watch', device_type: 'smartwatch' })
    await emil.post('/api/v1/device-data/uploaders', { label: 'Phone' })
    const points = (day: string) =>
      Array.from({ length: 30 }, (_value, index) => ({
        data_type: 'heart_rate',
        value: 60,
        notes: index === 0 ? 'a note' : null,
        timestamp: `${day}T10:${10 + index}:00Z`,
      }))
    for (const day of ['2026-05-01', '2026-06-14']) await emil.post(`${POINTS}/batch`, { data_points: points(day) })
    const [item] = (await emil.get(`${POINTS}?limit=1`)).body.items
    await emil.delete(`${POINTS}/${item.id}`)
    await emil.request('POST', '/nightscout/api/v1/treatments', {
      body: { insulin: 1, created_at: '2026-06-15T10:00:00Z' },
    })
    await emil.post('/api/v1/health-data/initial-sync', { source: 'healthkit' })
    const exported = (await platform.exportAll(emil.accountId))['device-data']
    const counts = Object.fromEntries(Object.entries(exported ?? {}).map(([name, rows]) => [name, rows.length]))
    assert.deepEqual(
      [
        counts.devices,
        counts.sealed,
        counts.samples,
        counts.uploaders,
        counts.documents,
        counts.corrections,
        counts.annotations,
        counts.tasks,
      ],
      [1, 1, 30, 1, 1, 1, 2, 1],
    )
    const receipt = await platform.erase(emil.accountId)
    assert.equal(receipt['device-data.chunk'], 1)
    const tables = await platform.rows(
      "select table_name from information_schema.columns where table_schema = 'device_data' and column_name = 'user_id'",
    )
    for (const { table_name } of tables) {
      const left = await platform.rows(`select 1 from device_data.${String(table_name)} where user_id = $1`, [
        emil.accountId,
      ])
      assert.deepEqual(left, [], String(table_name))
    }
  })

  test('the third version: documents are created once, found, changed, removed, and their changes told', async () => {
    const cleo = await platform.person('cleo')
    const made = (await cleo.post('/api/v1/device-data/uploaders', { label: 'Loop', may_read: true })).body
    const v3 = '/nightscout/api/v3'
    const token = await platform.request('GET', `/nightscout/api/v2/authorization/request/${made.api_secret}`)
    assert.equal(token.status, 200, token.text)
    assert.equal((await platform.request('GET', '/nightscout/api/v2/authorization/request/other')).status, 401)
    const headers = { authorization: `Bearer ${token.body.token}` }
    const call = (method: string, path: string, body?: unknown) =>
      platform.request(method as 'GET', `${v3}${path}`, { headers, ...(body === undefined ? {} : { body }) })
    assert.equal((await platform.request('GET', `${v3}/version`)).body.result.apiVersion, '3.0.4')
    assert.equal((await call('GET', '/status')).body.result.apiPermissions.treatments, 'crud')
    const date = platform.clock.now().getTime() - 600_000
    const bolus = { date, utcOffset: 0, app: 'AAPS', eventType: 'Correction Bolus', insulin: 2.5, identifier: 'b-1' }
    const created = await call('POST', '/treatments', bolus)
    assert.deepEqual([created.status, created.body.identifier], [201, 'b-1'])
    const again = await call('POST', '/treatments', bolus)
    assert.deepEqual([again.status, again.body.isDeduplication], [200, true])
    await call('POST', '/treatments', {
      ...bolus,
      identifier: 'c-1',
      eventType: 'Carb Correction',
      insulin: 0,
      carbs: 20,
    })
    const insulin = async () =>
      (await cleo.get(`${POINTS}?data_type=insulin_event`)).body.items.map((one: { value: number }) => one.value)
    assert.deepEqual(await insulin(), [2.5])
    const found = await call('GET', `/treatments?date$gte=${date}&insulin$gt=1&fields=identifier,insulin`)
    assert.deepEqual(found.body.result, [{ identifier: 'b-1', insulin: 2.5 }])
    assert.equal((await call('GET', '/treatments?eventType=Carb%20Correction')).body.result[0].carbs, 20)
    const named = async (path: string) =>
      (await call('GET', path)).body.result.map((one: { identifier: string }) => one.identifier)
    assert.deepEqual(await named('/treatments?eventType$re=^Carb.*(tion|ted)$'), ['c-1'])
    assert.deepEqual(await named(`/treatments?created_at$gte=${new Date(date + 1).toISOString()}`), [])
    assert.equal((await call('GET', '/treatments/b-1.json')).body.result.insulin, 2.5)
    assert.equal((await call('PATCH', '/treatments/b-1', { insulin: 3 })).status, 200)
    assert.deepEqual(await insulin(), [3])
    assert.equal((await call('PATCH', '/treatments/b-1', { date: date + 1 })).status, 400)
    assert.equal((await call('PUT', '/profile/p-1', { startDate: '2026-01-01T00:00:00Z', store: {} })).status, 201)
    const modified = (await call('GET', '/lastModified')).body.result.collections
    assert.deepEqual(Object.keys(modified).sort(), ['profile', 'treatments'])
    platform.clock.advance({ seconds: 5 })
    assert.equal((await call('DELETE', '/treatments/b-1')).status, 200)
    assert.deepEqual(await insulin(), [])
    assert.equal((await call('GET', '/treatments/b-1')).status, 410)
    const history = await call('GET', `/treatments/history/${modified.treatments}`)
    assert.deepEqual(
      history.body.result.map((one: { identifier: string; isValid: boolean }) => [one.identifier, one.isValid]),
      [['b-1', false]],
    )
    assert.match(String(history.headers.etag), /^W\/"\d+"$/)
    for (const [method, path, status] of [
      ['GET', '/unheard', 404],
      ['GET', '/treatments/other', 404],
      ['GET', '/treatments?limit=5000', 400],
      ['GET', '/treatments?notes$re=(a*)*b', 400],
      ['GET', '/treatments?notes$near=1', 400],
      ['GET', '/treatments/history/soon', 400],
    ] as const) {
      assert.equal((await call(method, path)).status, status, path)
    }
    // Any pattern is searched by or refused: none fails, and none makes anybody wait.
    const pattern = fc.string({ unit: fc.constantFrom(...'ab^$.|*+?(){}[]-,\\d13'), minLength: 1, maxLength: 14 })
    await fc.assert(
      fc.asyncProperty(pattern, async (text) => {
        const { status } = await call('GET', `/treatments?eventType$re=${encodeURIComponent(text)}`)
        assert.ok(status === 200 || status === 400, `${status} ${text}`)
      }),
      { numRuns: 60 },
    )
    const forged = `${token.body.token.split('.').slice(0, 2).join('.')}.AAAA`
    for (const authorization of [`Bearer ${forged}`, 'Bearer none']) {
      assert.equal((await platform.request('GET', `${v3}/treatments`, { headers: { authorization } })).status, 401)
    }
    const mute = (await cleo.post('/api/v1/device-data/uploaders', { label: 'Writer' })).body
    assert.equal((await platform.request('GET', `${v3}/treatments?token=${mute.api_secret}`)).status, 403)
    const secret = { 'api-secret': createHash('sha1').update(made.api_secret).digest('hex') }
    const v1 = (method: string, path: string, body?: unknown) =>
      platform.request(method as 'GET', `/nightscout/api/v1${path}`, {
        headers: secret,
        ...(body === undefined ? {} : { body }),
      })
    assert.equal((await v1('GET', '/profile.json')).body[0].startDate, '2026-01-01T00:00:00Z')
    assert.equal((await v1('DELETE', '/treatments/c-1')).status, 200)
    assert.equal((await cleo.get(`${POINTS}?data_type=carb_event`)).body.items.length, 0)
    platform.clock.advance({ minutes: 61 })
    assert.equal((await call('GET', '/treatments')).status, 401)
  })
})
