import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { deviceData } from './contract.ts'
import { fitbitData, fitbitGives, ouraData, withingsData } from './fixtures/testing/makerData.ts'
import { type FakeMaker, openFakeMaker } from './fixtures/testing/makers.ts'

const NOW = Date.parse('2026-06-15T12:00:00Z')
const MINUTE = 60_000

/** Egvs every five minutes of the last day; the newest is `Low`, and one is in mmol/L. */
function egvs(from: number, until: number) {
  const records = []
  for (let ms = NOW - 86_400_000; ms <= NOW - 3_600_000; ms += 5 * MINUTE) {
    if (ms < from || ms >= until) continue
    const systemTime = new Date(ms).toISOString().slice(0, 19)
    const displayTime = new Date(ms + 330 * MINUTE).toISOString().slice(0, 19)
    const isLast = ms > NOW - 3_600_000 - 5 * MINUTE
    records.push({
      ...{ recordId: String(ms), systemTime, displayTime, trend: 'flat', trendRate: 0 },
      ...(isLast ? { value: 39, status: 'low', unit: 'mg/dL' } : { value: 120, status: null, unit: 'mg/dL' }),
    })
  }
  return records
}

/** The browser that began: it has the cookie of the answer. */
function browserOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) {
  return { cookie: String([headers['set-cookie']].flat()[0]).split(';')[0] as string }
}

describe('accounts at makers', () => {
  let dexcom: FakeMaker
  let oura: FakeMaker
  let fitbit: FakeMaker
  let withings: FakeMaker
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    dexcom = await openFakeMaker({
      tokenPath: '/v2/oauth2/token',
      data(path, query) {
        const period = [Date.parse(`${query.get('startDate')}Z`), Date.parse(`${query.get('endDate')}Z`)] as const
        if (path === '/v3/users/self/egvs') return { recordType: 'egv', records: egvs(...period) }
        if (path === '/v3/users/self/calibrations') return { records: [] }
        if (path === '/v3/users/self/events') {
          const time = { systemTime: '2026-06-15T08:00:00', displayTime: '2026-06-15T13:30:00' }
          return {
            records: [
              { recordId: 'c1', ...time, eventType: 'carbs', value: '45', unit: 'grams', eventStatus: 'created' },
            ],
          }
        }
        return undefined
      },
    })
    oura = await openFakeMaker({ tokenPath: '/oauth/token', data: ouraData })
    fitbit = await openFakeMaker({
      tokenPath: '/oauth2/token',
      sendsBasic: true,
      data: fitbitData,
    })
    withings = await openFakeMaker({
      tokenPath: '/v2/oauth2',
      isWrapped: true,
      data: withingsData,
    })
    platform = await openTestPlatform({
      environment: {
        PUBLIC_URL: 'http://salus.example.test',
        ...{ DEXCOM_CLIENT_ID: 'a-client', DEXCOM_CLIENT_SECRET: 'a-secret', DEXCOM_BASE_URL: dexcom.origin },
        ...{ OURA_CLIENT_ID: 'a-client', OURA_CLIENT_SECRET: 'a-secret', OURA_BASE_URL: oura.origin },
        OURA_SIGN_IN_URL: `${oura.origin}/authorize`,
        ...{ FITBIT_CLIENT_ID: 'a-client', FITBIT_CLIENT_SECRET: 'a-secret', FITBIT_BASE_URL: fitbit.origin },
        FITBIT_SIGN_IN_URL: `${fitbit.origin}/authorize`,
        ...{ FITBIT_VERIFY_CODE: 'a-code', OURA_VERIFICATION_TOKEN: 'a-token' },
        ...{ WITHINGS_CLIENT_ID: 'a-client', WITHINGS_CLIENT_SECRET: 'a-secret', WITHINGS_BASE_URL: withings.origin },
        WITHINGS_SIGN_IN_URL: `${withings.origin}/authorize`,
      },
    })
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(async () => {
    await platform.close()
    for (const maker of [dexcom, oura, fitbit, withings]) await maker.close()
  })

  async function connected(person: TestPerson, maker: FakeMaker, name: string): Promise<string> {
    const device = await person.post('/api/v1/devices', { name, device_type: 'smartwatch' })
    const began = await person.post(`/api/v1/integrations/${device.body.id}/connect`)
    assert.equal(began.status, 200, began.text)
    const back = maker.signIn(began.body.authorization_url)
    const page = await platform.request('GET', `${back.pathname}${back.search}`, { headers: browserOf(began) })
    assert.equal(page.status, 200, page.text)
    await platform.settle()
    return device.body.id
  }

  async function newest(person: TestPerson, type: string) {
    return (await person.get(`/api/v1/data/points?data_type=${type}&limit=1000`)).body.items as Record<
      string,
      unknown
    >[]
  }

  test('Dexcom: sign-in with PKCE, the first sync, bounds, offsets and events', async () => {
    const device = await connected(ana, dexcom, 'Dexcom G7')
    const info = (await ana.get(`/api/v1/integrations/${device}/info`)).body
    assert.deepEqual([info.status, info.provider, info.last_error], ['connected', 'dexcom', null])
    assert.ok(Date.parse(info.watermark.egvs) >= NOW)
    const readings = await newest(ana, 'continuous_glucose')
    assert.equal(readings.length, 277)
    assert.deepEqual([readings[0]?.value, readings[0]?.bound, readings[0]?.offset_minutes], [39, 'below', 330])
    assert.equal((await newest(ana, 'carb_event'))[0]?.value, 45)
    const events = await platform.eventsOf(deviceData.events.syncEvent)
    assert.deepEqual([events.at(-1)?.event_type, events.at(-1)?.device_name], ['sync_event', 'Dexcom G7'])
  })

  test('a sync again changes nothing and reads only what is near', async () => {
    const device = await connected(ben, dexcom, 'Dexcom')
    dexcom.asked.length = 0
    platform.clock.advance({ minutes: 1 })
    const queued = await ben.post(`/api/v1/integrations/${device}/sync`)
    assert.equal(queued.status, 202, queued.text)
    await platform.settle()
    const task = (await ben.get(`/api/v1/health-data/sync-status/${queued.body.task_id}`)).body
    assert.deepEqual([task.status, task.accepted], ['done', 0])
    const first = new URL(dexcom.asked[0] as string, dexcom.origin).searchParams.get('startDate') as string
    assert.ok(Date.parse(`${first}Z`) > NOW - 3 * 86_400_000, first)
    assert.equal((await ana.get(`/api/v1/health-data/sync-status/${queued.body.task_id}`)).status, 404)
  })

  test('a token that ended is renewed, and the new refresh token kept', async () => {
    const cleo = await platform.person('cleo')
    const device = await connected(cleo, dexcom, 'Dexcom')
    for (let turn = 0; turn < 2; turn++) {
      dexcom.endAccess()
      assert.equal((await cleo.post(`/api/v1/integrations/${device}/test`)).body.is_working, true)
    }
  })

  test('a right that the person ended at the maker ends the connection and says so', async () => {
    const dora = await platform.person('dora')
    const device = await connected(dora, dexcom, 'Dexcom')
    dexcom.endRight()
    await dora.post(`/api/v1/integrations/${device}/sync`)
    await platform.settle()
    const info = (await dora.get(`/api/v1/oauth/${device}/status`)).body
    assert.equal(info.status, 'expired')
    assert.match(info.last_error, /connect again/)
  })

  test('a busy maker is asked again when it said', async () => {
    const emil = await platform.person('emil')
    const device = await connected(emil, withings, 'Withings scale')
    withings.beBusy(120)
    await emil.post(`/api/v1/integrations/${device}/sync`)
    await platform.settle()
    const waiting = (await emil.get(`/api/v1/integrations/${device}/info`)).body
    assert.match(waiting.last_error, /come back later/)
    assert.ok(Date.parse(waiting.retry_after) > platform.clock.now().getTime())
    platform.clock.advance({ minutes: 3 })
    await platform.settle()
    assert.equal((await emil.get(`/api/v1/integrations/${device}/info`)).body.last_error, null)
  })

  test('Oura: nights with stages, RMSSD, pages', async () => {
    const fay = await platform.person('fay')
    await connected(fay, oura, 'Oura ring')
    assert.equal((await newest(fay, 'heart_rate')).length, 2)
    assert.equal((await newest(fay, 'hrv_rmssd'))[0]?.value, 42)
    assert.deepEqual(
      (await newest(fay, 'deep_sleep')).map((one) => one.value),
      [10],
    )
    assert.equal((await newest(fay, 'sleep_duration'))[0]?.value, 420)
    assert.equal((await newest(fay, 'steps_count'))[0]?.value, 8123)
    const kinds = ['distance_walked', 'active_minutes', 'oxygen_saturation', 'sleep_score']
    const values = await Promise.all(kinds.map(async (kind) => (await newest(fay, kind))[0]?.value))
    assert.deepEqual(values, [7100, 45, 97.2, 84])
  })

  test('Fitbit: its clock without a zone is read in the person’s own', async () => {
    const gus = await platform.person('gus')
    await connected(gus, fitbit, 'Fitbit')
    const weight = (await newest(gus, 'body_weight'))[0]
    assert.deepEqual(
      [weight?.timestamp, weight?.value, weight?.offset_minutes],
      ['2026-06-14T02:00:00.000Z', 71.5, 330],
    )
    assert.equal((await newest(gus, 'resting_heart_rate'))[0]?.value, 61)
    assert.equal((await newest(gus, 'steps_count'))[0]?.value, 9000)
    assert.equal((await newest(gus, 'rem_sleep'))[0]?.value, 30)
    const kinds = ['distance_walked', 'floors_climbed', 'calories_burned', 'oxygen_saturation', 'respiratory_rate']
    const values = await Promise.all(kinds.map(async (kind) => (await newest(gus, kind))[0]?.value))
    assert.deepEqual(values, [6540, 12, 2450, 95.5, 15.2])
    assert.deepEqual(
      (await newest(gus, 'heart_rate')).map((one) => [one.timestamp, one.value]),
      [
        ['2026-06-14T02:00:05.000Z', 64],
        ['2026-06-14T02:00:00.000Z', 62],
      ],
    )
  })

  test('Fitbit: steps by the minute where the application may read them; each day counts once, also when that changes', async () => {
    const jon = await platform.person('jon')
    const device = await connected(jon, fitbit, 'Fitbit of jon')
    const sync = async (mayReadMinutes: boolean) => {
      fitbitGives.minutes = mayReadMinutes
      platform.clock.advance({ minutes: 1 })
      await jon.post(`/api/v1/integrations/${device}/sync`)
      await platform.settle()
      const query = 'data_type=steps_count&interval=day&start_date=2026-06-14&end_date=2026-06-14'
      const { items } = (await jon.get(`/api/v1/data/aggregation?${query}`)).body
      const samples = (await newest(jon, 'steps_count')).filter((one) => one.value !== 0)
      return [items[0]?.value, samples.length]
    }
    assert.deepEqual(await sync(false), [9000, 1])
    assert.deepEqual(await sync(true), [9010, 2])
    assert.deepEqual(await sync(true), [9010, 2])
    assert.deepEqual(await sync(false), [9010, 2])
    const [minute] = (await newest(jon, 'steps_count')).filter((one) => one.value === 110)
    assert.deepEqual(
      [minute?.timestamp, minute?.end_timestamp],
      ['2026-06-14T02:01:00.000Z', '2026-06-14T02:02:00.000Z'],
    )
    assert.ok(fitbit.asked.filter((path) => path.includes('1min')).length < 75)
  })

  test('Withings: values with their power of ten, pages by offset', async () => {
    const hal = await platform.person('hal')
    await connected(hal, withings, 'Withings')
    assert.deepEqual(
      (await newest(hal, 'body_weight')).map((one) => one.value),
      [80.25, 79.9],
    )
    assert.equal((await newest(hal, 'blood_pressure_systolic'))[0]?.value, 128)
    assert.equal((await newest(hal, 'body_temperature'))[0]?.value, 36.6)
    const [night] = await newest(hal, 'sleep_duration')
    assert.deepEqual([night?.value, night?.timestamp], [420, '2026-06-13T22:00:00.000Z'])
    assert.equal((await newest(hal, 'deep_sleep'))[0]?.value, 90)
    assert.equal((await newest(hal, 'respiratory_rate'))[0]?.value, 14)
    const [walked] = await newest(hal, 'steps_count')
    assert.deepEqual([walked?.value, walked?.timestamp], [7654, '2026-06-13T22:00:00.000Z'])
    assert.equal((await newest(hal, 'active_minutes'))[0]?.value, 30)
  })

  test('tokens are kept encrypted, and a disconnect forgets them', async () => {
    const ida = await platform.person('ida')
    const device = await connected(ida, withings, 'Withings')
    const [row] = await platform.rows('select access_token from device_data.connection where device_id = $1', [device])
    const kept = row?.access_token as Buffer
    assert.ok(kept.length > 45)
    assert.doesNotMatch(kept.toString('latin1'), /^[0-9a-f-]{36}$/)
    assert.equal((await ida.post(`/api/v1/integrations/${device}/disconnect`)).body.status, 'disconnected')
    const [ended] = await platform.rows(
      'select access_token, refresh_token from device_data.connection where device_id = $1',
      [device],
    )
    assert.deepEqual(ended, { access_token: null, refresh_token: null })
    assert.equal((await ida.post(`/api/v1/integrations/${device}/sync`)).status, 409)
  })

  test('a state is good once, for ten minutes, and no other', async () => {
    const device = (await ana.post('/api/v1/devices', { name: 'Oura of ana', device_type: 'smart_ring' })).body.id
    const begin = async () => {
      const began = await ana.post(`/api/v1/integrations/${device}/connect`)
      return { url: oura.signIn(began.body.authorization_url), headers: browserOf(began) }
    }
    const comeBack = async ({ url, headers }: Awaited<ReturnType<typeof begin>>, given = headers) =>
      (await platform.request('GET', `${url.pathname}${url.search}`, { headers: given })).status
    const first = await begin()
    assert.equal(await comeBack(first), 200)
    assert.equal(await comeBack(first), 400)
    const late = await begin()
    platform.clock.advance({ minutes: 11 })
    assert.equal(await comeBack(late), 400)
    const madeUp = new URL(late.url)
    madeUp.search = '?state=made-up&code=x'
    assert.equal(await comeBack({ ...late, url: madeUp }), 400)
    const wrong = await begin()
    wrong.url.searchParams.set('code', 'another')
    assert.equal(await comeBack(wrong), 400)
    // Somebody who is led to another one’s way back connects nothing, and the way back is spent.
    for (const browser of [{}, { cookie: 'salus_maker=another' }]) {
      const foreign = await begin()
      assert.equal(await comeBack(foreign, browser as typeof foreign.headers), 400)
      assert.equal(await comeBack(foreign), 400)
    }
  })

  test('a notice that its maker signed begins a sync, and no other does', async () => {
    const [gil, ida] = [await platform.person('gil'), await platform.person('ivy')]
    const [device] = [await connected(gil, fitbit, 'Fitbit of gil'), await connected(ida, oura, 'Oura of ivy')]
    const base = '/api/v1/device-data/notices'
    const sign = (maker: string, body: string, key = 'a-secret'): Record<string, string> =>
      maker === 'fitbit'
        ? { 'x-fitbit-signature': createHmac('sha1', `${key}&`).update(body).digest('base64') }
        : {
            'x-oura-timestamp': '1750000000',
            'x-oura-signature': createHmac('sha256', key).update(`1750000000${body}`).digest('hex').toUpperCase(),
          }
    const bodies = {
      fitbit: '[{"collectionType":"sleep","date":"2026-06-14","ownerId":"u-7","ownerType":"user"}]',
      oura: '{"event_type":"update","data_type":"sleep","object_id":"s1","user_id":"u-7"}',
    }
    for (const [name, maker] of [
      ['fitbit', fitbit],
      ['oura', oura],
    ] as const) {
      const body = bodies[name]
      const send = async (headers: Record<string, string>) =>
        platform.request('POST', `${base}/${name}`, {
          raw: body,
          headers: { 'content-type': 'application/json', ...headers },
        })
      await platform.settle()
      maker.asked.length = 0
      for (const headers of [{}, sign(name, body, 'other'), sign(name, `${body} `)]) {
        assert.equal((await send(headers)).status, 404)
      }
      await platform.settle()
      assert.equal(maker.asked.length, 0)
      assert.equal((await send(sign(name, body))).status, 204)
      await platform.settle()
      assert.ok(maker.asked.length > 0)
    }
    assert.ok(device.length > 0)
    assert.equal((await platform.request('POST', `${base}/dexcom`, { body: [] })).status, 404)
  })

  test('Fitbit and Oura prove this server by their code, Withings by the address that it alone was told', async () => {
    const base = '/api/v1/device-data/notices'
    const status = async (path: string) => (await platform.request('GET', `${base}/${path}`)).status
    assert.deepEqual(
      [await status('fitbit?verify=a-code'), await status('fitbit?verify=b-code'), await status('fitbit')],
      [204, 404, 404],
    )
    const asked = await platform.request('GET', `${base}/oura?verification_token=a-token&challenge=c1`)
    assert.deepEqual([asked.status, asked.body], [200, { challenge: 'c1' }])
    assert.equal(await status('oura?verification_token=other&challenge=c1'), 404)
    const jon = await platform.person('jon')
    withings.posted.length = 0
    await connected(jon, withings, 'Withings of jon')
    const wanted = withings.posted.filter(({ path }) => path === '/notify').map(({ form }) => form)
    assert.deepEqual(
      wanted.map((form) => form.get('appli')),
      ['1', '4', '16', '44'],
    )
    const address = new URL(wanted[0]?.get('callbackurl') as string).pathname
    assert.equal((await platform.request('GET', address)).status, 200)
    assert.equal(await status('withings/another'), 404)
    withings.asked.length = 0
    const notice = { raw: 'userid=7&appli=44', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    assert.equal((await platform.request('POST', `${base}/withings/another`, notice)).status, 404)
    assert.equal((await platform.request('POST', address, notice)).status, 200)
    await platform.settle()
    assert.ok(withings.asked.length > 0)
  })

  test('the way back leads only to this server', async () => {
    const device = (await ana.post('/api/v1/devices', { name: 'Oura again', device_type: 'smart_ring' })).body.id
    for (const return_to of ['https://evil.example', '//evil.example', '/\\evil.example']) {
      assert.equal((await ana.post(`/api/v1/integrations/${device}/connect`, { return_to })).status, 422)
    }
  })

  test('syncs that are due are queued by themselves', async () => {
    oura.asked.length = 0
    platform.clock.advance({ days: 2 })
    await platform.settle()
    await platform.settle()
    assert.ok(oura.asked.length > 0)
  })
})
