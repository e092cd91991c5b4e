import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { healthTracking } from './contract.ts'

const METRICS = '/api/v1/metrics'

describe('health-tracking: metrics', () => {
  let platform: TestPlatform
  let ana: TestPerson

  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  /** A fresh person, so that each promise counts from nothing. */
  async function fresh(): Promise<TestPerson> {
    ana = await platform.person('ana')
    return ana
  }

  const record = async (body: object, person = ana) => {
    const answer = await person.post(METRICS, body)
    assert.equal(answer.status, 201, answer.text)
    return answer.body
  }

  test('H4, H5: the documented calls answer, with and without the prefix', async () => {
    await fresh()
    for (const path of [METRICS, `/health-tracking${METRICS}`, '/health-tracking/metrics']) {
      const made = await ana.post(path, { metric_type: 'weight', value: 75.5, unit: 'kg' })
      assert.equal(made.status, 201, made.text)
      assert.equal((await ana.get(path)).status, 200)
    }
    await record({ metric_type: 'heart_rate', value: 72, unit: 'bpm' })
    assert.equal((await ana.get('/health-tracking/health')).status, 200)
  })

  test('a measurement comes back as it was given, with its canonical value beside', async () => {
    await fresh()
    const body = {
      metric_type: 'weight',
      value: 165,
      unit: 'lbs',
      timestamp: '2026-06-10T08:00:00+05:30',
      source: 'scale',
      device_id: 'S-1',
      notes: 'before breakfast',
      metric_metadata: { shoes: false },
    }
    const made = await record(body)
    assert.deepEqual(
      [made.value, made.unit, made.canonical_value, made.canonical_unit, made.loinc],
      [165, 'lbs', 74.84274105, 'kg', '29463-7'],
    )
    assert.equal(made.timestamp, '2026-06-10T02:30:00.000Z')
    assert.deepEqual([made.status, made.warnings, made.metric_metadata], ['ok', [], { shoes: false }])
    assert.deepEqual((await ana.get(`${METRICS}/${made.id}`)).body, made)
  })

  for (const [metric_type, value, unit, canonical] of [
    ['temperature', 98.6, '°F', 37],
    ['temperature', 37, '°C', 37],
    ['blood_glucose', 5.5, 'mmol/L', 99.0858],
    ['oxygen_saturation', 0.98, 'fraction', 98],
    ['water', 8, 'oz', 236.5882365],
    ['distance', 2, 'miles', 3218.688],
    ['sleep_duration', 450, 'minutes', 7.5],
    ['heart_rate', 72, 'BPM', 72],
    ['steps', 9000, 'count', 9000],
    ['height', 70, 'inches', 177.8],
    ['hemoglobin_a1c', 7, '%', 7],
  ] as const) {
    test(`the old unit ${unit} of ${metric_type} is understood`, async () => {
      const person = await platform.person('unit')
      const made = await record({ metric_type, value, unit }, person)
      assert.ok(Math.abs(made.canonical_value - canonical) < 1e-3, String(made.canonical_value))
      assert.equal(made.unit, unit)
    })
  }

  for (const [why, body, field, detail] of [
    ['weight in bpm', { metric_type: 'weight', value: 70, unit: 'bpm' }, 'unit', /kg, lbs/],
    ['an unknown unit', { metric_type: 'weight', value: 70, unit: 'furlongs' }, 'unit', /kg/],
    ['an impossible pulse', { metric_type: 'heart_rate', value: 301, unit: 'bpm' }, 'value', /20 to 300/],
    [
      'an impossible weight in pounds',
      { metric_type: 'weight', value: 2000, unit: 'lbs' },
      'value',
      /0.661 to 1430 lbs/,
    ],
    [
      'an impossible glucose in mmol/L',
      { metric_type: 'blood_glucose', value: 90, unit: 'mmol/L' },
      'value',
      /0.555 to 83.3 mmol/,
    ],
    [
      'a day that does not exist',
      { metric_type: 'weight', value: 70, timestamp: '2026-02-30T08:00:00Z' },
      'timestamp',
      /exists/,
    ],
    ['the future', { metric_type: 'weight', value: 70, timestamp: '2026-06-15T13:00:00Z' }, 'timestamp', /future/],
    ['before 1900', { metric_type: 'weight', value: 70, timestamp: '1899-01-01T00:00:00Z' }, 'timestamp', /1900/],
    ['a number as text', { metric_type: 'weight', value: '70' }, 'value', /number/],
    ['no value', { metric_type: 'weight' }, 'value', /required/],
    ['null', { metric_type: 'weight', value: null }, 'value', /number/],
    ['an unknown metric', { metric_type: 'aura', value: 7 }, 'metric_type', /weight/],
    ['an unknown field', { metric_type: 'weight', value: 70, colour: 'red' }, 'colour', /unknown/],
    ['notes too long', { metric_type: 'weight', value: 70, notes: 'x'.repeat(2001) }, 'notes', /2000/],
  ] as const) {
    test(`422 for ${why}, naming ${field}, and nothing is stored`, async () => {
      await fresh()
      const answer = await ana.post(METRICS, body)
      assert.equal(answer.status, 422, answer.text)
      assert.ok(
        answer.body.errors.some((fault: { field: string }) => fault.field === field),
        answer.text,
      )
      assert.match(answer.text, detail)
      assert.deepEqual((await ana.get(METRICS)).body.items, [])
    })
  }

  test('400 for JSON that holds no number at all, 413 for too much, 415 for another kind', async () => {
    await fresh()
    const json = { 'content-type': 'application/json' }
    for (const raw of ['{"metric_type":"weight","value":NaN}', '{"metric_type":"weight","value":Infinity}', '[1']) {
      assert.equal((await ana.request('POST', METRICS, { raw, headers: json })).status, 400, raw)
    }
    const huge = await ana.request('POST', METRICS, { raw: '{"metric_type":"weight","value":1e999}', headers: json })
    assert.equal(huge.status, 422)
    const large = { metric_type: 'weight', value: 70, notes: 'x'.repeat(300_000) }
    assert.equal((await ana.post(METRICS, large)).status, 413)
    const xml = await ana.request('POST', METRICS, { raw: '<a/>', headers: { 'content-type': 'text/xml' } })
    assert.equal(xml.status, 415)
  })

  test('an unusual value is kept, with a warning that holds no value', async () => {
    await fresh()
    const made = await record({
      metric_type: 'heart_rate',
      value: 185,
      unit: 'bpm',
      metric_metadata: { activity: 'exercise' },
    })
    assert.equal(made.status, 'unusual')
    assert.deepEqual(made.warnings, ['Heart rate is rarely above 180 bpm'])
  })

  test('the same reading again answers the row that is there, and announces nothing', async () => {
    await fresh()
    const body = { metric_type: 'weight', value: 75, unit: 'kg', timestamp: '2026-06-14T07:00:00Z' }
    const first = await record(body)
    const again = await record({ ...body, value: 75, unit: 'kg' })
    assert.deepEqual([again.id, again.duplicate_of], [first.id, first.id])
    const inPounds = await record({ ...body, value: 75_000, unit: 'g' })
    assert.equal(inPounds.duplicate_of, first.id)
    assert.equal((await ana.get(METRICS)).body.items.length, 1)
    const events = await platform.eventsOf(healthTracking.events.measurementRecorded)
    assert.equal(events.filter((data) => data.user_id === ana.accountId).length, 1)
  })

  test('the same reading sent at once by ten clients is one row', async () => {
    await fresh()
    const body = { metric_type: 'weight', value: 71, timestamp: '2026-06-14T07:00:00Z' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => ana.post(METRICS, body)))
    assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [201])
    assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 1)
    assert.equal((await ana.get(METRICS)).body.items.length, 1)
  })

  test('nearly the same value within a minute from another source is kept and flagged', async () => {
    await fresh()
    const watch = await record({
      metric_type: 'heart_rate',
      value: 70,
      source: 'watch',
      timestamp: '2026-06-14T07:00:00Z',
    })
    const cuff = await record({
      metric_type: 'heart_rate',
      value: 70.4,
      source: 'cuff',
      timestamp: '2026-06-14T07:00:40Z',
    })
    assert.equal(cuff.possible_duplicate_of, watch.id)
    const other = await record({
      metric_type: 'heart_rate',
      value: 82,
      source: 'cuff',
      timestamp: '2026-06-14T07:00:50Z',
    })
    const later = await record({
      metric_type: 'heart_rate',
      value: 70,
      source: 'cuff',
      timestamp: '2026-06-14T07:02:00Z',
    })
    assert.deepEqual([other.possible_duplicate_of, later.possible_duplicate_of], [null, null])
  })

  test('custom metrics are told apart by their name and unit', async () => {
    await fresh()
    const at = '2026-06-14T07:00:00Z'
    const one = await record({
      metric_type: 'custom',
      value: 3,
      unit: 'cups',
      timestamp: at,
      metric_metadata: { name: 'coffee' },
    })
    const two = await record({
      metric_type: 'custom',
      value: 3,
      unit: 'cups',
      timestamp: at,
      metric_metadata: { name: 'tea' },
    })
    assert.notEqual(one.id, two.id)
  })

  test('a list is filtered, newest first, and paged by cursor to its end', async () => {
    await fresh()
    for (let day = 1; day <= 9; day += 1) {
      await record({ metric_type: 'weight', value: 70 + day / 10, timestamp: `2026-05-0${day}T08:00:00Z` })
    }
    await record({ metric_type: 'steps', value: 4000, source: 'watch', timestamp: '2026-05-03T20:00:00Z' })
    const values: number[] = []
    let url: string | undefined = `${METRICS}?metric_type=weight&limit=4`
    while (url !== undefined) {
      const page = await ana.get(url)
      values.push(...page.body.items.map((item: { value: number }) => item.value))
      const next = page.body.next_cursor
      assert.equal(next === null, page.headers.link === undefined)
      url = next === null ? undefined : `${METRICS}?metric_type=weight&limit=4&cursor=${next}`
    }
    assert.deepEqual(values, [70.9, 70.8, 70.7, 70.6, 70.5, 70.4, 70.3, 70.2, 70.1])
    const count = async (query: string) => (await ana.get(`${METRICS}?${query}`)).body.items.length
    assert.equal(await count('from=2026-05-03&to=2026-05-04'), 3)
    assert.equal(await count('start_date=2026-05-03T00:00:00Z&end_date=2026-05-03T12:00:00Z'), 1)
    assert.equal(await count('source=watch'), 1)
    assert.equal(await count('skip=8'), 2)
    assert.equal(await count('offset=8&limit=1'), 1)
    const numbered = (await ana.get(`${METRICS}?page=2&size=4`)).body
    assert.deepEqual(
      [numbered.total, numbered.page, numbered.size, numbered.pages, numbered.items.length],
      [10, 2, 4, 3, 4],
    )
  })

  for (const [query, field] of [
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=', 'limit'],
    ['cursor=abc', 'cursor'],
    ['metric_type=aura', 'metric_type'],
    ['from=soon', 'from'],
    ['from=2026-02-30', 'from'],
    ['from=2026-05-02&to=2026-05-01', 'to'],
    ['page=0', 'page'],
    ['colour=red', 'colour'],
  ] as const) {
    test(`a list is refused with 422 for ${query}`, async () => {
      await fresh()
      const answer = await ana.get(`${METRICS}?${query}`)
      assert.equal(answer.status, 422, answer.text)
      assert.match(answer.body.detail, new RegExp(`^${field}`))
    })
  }

  test('PUT and PATCH correct the fields given, and the event carries the new values', async () => {
    await fresh()
    const made = await record({
      metric_type: 'weight',
      value: 75,
      unit: 'kg',
      notes: 'a',
      timestamp: '2026-06-14T07:00:00Z',
    })
    const put = await ana.put(`${METRICS}/${made.id}`, { value: 160, unit: 'lbs' })
    assert.equal(put.status, 200, put.text)
    assert.deepEqual([put.body.value, put.body.unit, put.body.version, put.body.notes], [160, 'lbs', 2, 'a'])
    const patch = await ana.request('PATCH', `/health-tracking/api/v1/metrics/${made.id}`, {
      body: { notes: null, value: 161 },
    })
    assert.deepEqual([patch.body.notes, patch.body.unit, patch.body.version], [null, 'lbs', 3])
    const events = await platform.eventsOf(healthTracking.events.measurementCorrected)
    const own = events.filter((data) => data.measurement_id === made.id)
    assert.deepEqual([own.length, own[1]?.unit], [2, 'kg'])
    assert.equal((await ana.put(`${METRICS}/${made.id}`, { value: 5000 })).status, 422)
    assert.equal((await ana.put(`${METRICS}/${made.id}`, { unit: 'bpm' })).status, 422)
    assert.equal((await ana.put(`${METRICS}/${made.id}`, { timestamp: '2030-01-01T00:00:00Z' })).status, 422)
    assert.equal((await ana.put(`${METRICS}/${made.id}`, { metric_type: 'height' })).status, 422)
  })

  test('412 when it was changed in between, by If-Match or version; 422 for a tag that is none', async () => {
    await fresh()
    const made = await ana.post(METRICS, { metric_type: 'weight', value: 75 })
    const url = `${METRICS}/${made.body.id}`
    const put = (headers: Record<string, string>, body: object = { value: 76 }) =>
      ana.request('PUT', url, { body, headers })
    assert.equal(made.headers.etag, 'W/"1"')
    assert.equal((await put({ 'if-match': String(made.headers.etag) })).status, 200)
    assert.equal((await put({ 'if-match': 'W/"1"' })).status, 412)
    assert.equal((await put({}, { value: 77, version: 1 })).status, 412)
    assert.equal((await put({ 'if-match': 'soon' })).status, 422)
    assert.equal((await ana.request('DELETE', url, { headers: { 'if-match': 'W/"1"' } })).status, 412)
    assert.equal((await ana.request('DELETE', url, { headers: { 'if-match': 'W/"2"' } })).status, 204)
  })

  test('409 when a correction would make it the same as another reading', async () => {
    await fresh()
    const at = '2026-06-14T07:00:00Z'
    await record({ metric_type: 'weight', value: 75, timestamp: at })
    const other = await record({ metric_type: 'weight', value: 76, timestamp: at })
    assert.equal((await ana.put(`${METRICS}/${other.id}`, { value: 75 })).status, 409)
    assert.equal((await ana.get(`${METRICS}/${other.id}`)).body.value, 76)
  })

  test('a deleted measurement is gone and announced; what never was answers 404', async () => {
    await fresh()
    const { id } = await record({ metric_type: 'weight', value: 75 })
    assert.equal((await ana.delete(`${METRICS}/${id}`)).status, 204)
    for (const answer of [
      await ana.get(`${METRICS}/${id}`),
      await ana.delete(`${METRICS}/${id}`),
      await ana.put(`${METRICS}/${id}`, { value: 1 }),
    ]) {
      assert.equal(answer.status, 404)
    }
    assert.equal((await ana.get(`${METRICS}/not-an-id`)).status, 422)
    const events = await platform.eventsOf(healthTracking.events.measurementDeleted)
    assert.equal(events.filter((data) => data.measurement_id === id).length, 1)
  })

  test('a batch stores all, says which were there, and names each wrong row when it stores none', async () => {
    await fresh()
    const items = Array.from({ length: 1000 }, (_, index) => ({
      metric_type: 'heart_rate',
      value: 60 + (index % 30),
      timestamp: new Date(Date.parse('2026-06-01T00:00:00Z') + index * 60_000).toISOString(),
    }))
    const made = await ana.post(`${METRICS}/batch`, { items })
    assert.equal(made.status, 201, made.text.slice(0, 300))
    assert.deepEqual([made.body.stored, made.body.duplicates, made.body.items.length], [1000, 0, 1000])
    const again = await ana.post(`${METRICS}/batch`, {
      items: [...items.slice(0, 2), { metric_type: 'mood', value: 7 }, { metric_type: 'mood', value: 7 }],
    })
    assert.deepEqual([again.body.stored, again.body.duplicates], [1, 3])
    assert.equal(again.body.items[0].duplicate_of, made.body.items[0].id)
    const wrong = await ana.post(`${METRICS}/batch`, {
      items: [
        { metric_type: 'weight', value: 70 },
        { metric_type: 'weight', value: 9000 },
        { metric_type: 'weight', value: 70, unit: 'bpm' },
      ],
    })
    assert.equal(wrong.status, 422)
    assert.deepEqual(
      wrong.body.errors.map((fault: { field: string }) => fault.field),
      ['items.1.value', 'items.2.unit'],
    )
    assert.deepEqual((await ana.get(`${METRICS}?metric_type=weight`)).body.items, [])
    assert.equal((await ana.post(`${METRICS}/batch`, { items: [] })).status, 422)
    assert.equal((await ana.post(`${METRICS}/batch`, { items: [...items, items[0]] })).status, 422)
    assert.equal(
      (await ana.post(`${METRICS}/batch`, { items: [{ metric_type: 'mood', value: 1, notes: 'x'.repeat(2_100_000) }] }))
        .status,
      413,
    )
  })

  test('the catalogue names units, codes and limits of every metric', async () => {
    await fresh()
    const { items, metric_types } = (await ana.get(`${METRICS}/types/list`)).body
    assert.equal(items.length, metric_types.length)
    const weight = items.find((item: { metric_type: string }) => item.metric_type === 'weight')
    assert.deepEqual([weight.canonical_unit, weight.loinc, weight.hard_limits.high], ['kg', '29463-7', 650])
  })

  test('the summary of a period counts what lies in it', async () => {
    await fresh()
    for (const [value, day] of [
      [70, '01'],
      [72, '02'],
      [77, '03'],
    ] as const) {
      await record({ metric_type: 'weight', value, timestamp: `2026-06-${day}T08:00:00Z` })
    }
    const { metrics } = (await ana.get(`${METRICS}/summary/stats?from=2026-06-01&to=2026-06-02`)).body
    assert.deepEqual(
      [metrics[0].count, metrics[0].mean, metrics[0].median, metrics[0].latest_value, metrics[0].unit],
      [2, 71, 71, 72, 'kg'],
    )
    assert.equal((await ana.get(`${METRICS}/summary/stats?days=30`)).body.metrics[0].count, 3)
  })

  test('the same Idempotency-Key records once, and another body under it is refused', async () => {
    await fresh()
    const send = (value: number) =>
      ana.request('POST', METRICS, { body: { metric_type: 'mood', value }, headers: { 'idempotency-key': 'once' } })
    const first = await send(6)
    platform.clock.advance({ minutes: 1 })
    assert.deepEqual((await send(6)).body, first.body)
    assert.equal((await send(7)).status, 422)
    assert.equal((await ana.get(METRICS)).body.items.length, 1)
  })
})
