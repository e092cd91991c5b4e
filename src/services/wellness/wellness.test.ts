import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { wellness } from './contract.ts'

const USERS = '/api/v1/wellness/users'
const METRICS = '/api/v1/wellness/wellness-metrics'

describe('wellness', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  async function recordOf(person: TestPerson): Promise<number> {
    const made = await person.post(USERS)
    assert.equal(made.status, 201, made.text)
    return made.body.userid
  }

  async function record(person: TestPerson, userid: number, scores: readonly number[]): Promise<void> {
    const startMs = platform.clock.now().getTime() - scores.length * 86_400_000
    for (const [index, wellness_score] of scores.entries()) {
      const time = new Date(startMs + index * 86_400_000).toISOString()
      assert.equal((await person.post(METRICS, { userid, wellness_score, time })).status, 201)
    }
  }

  test('a signed-in caller gets an integer and nothing else', async () => {
    const made = await ana.post(USERS)
    assert.deepEqual(Object.keys(made.body), ['userid'])
    assert.ok(Number.isInteger(made.body.userid))
  })

  test('a caller without an account gets one, and only its token opens the record', async () => {
    const made = await platform.request('POST', USERS)
    assert.equal(made.status, 201, made.text)
    const { userid, access_token: token } = made.body
    assert.equal((await platform.request('GET', `${USERS}/${userid}`)).status, 401)
    assert.deepEqual((await platform.request('GET', USERS, { token })).body, [{ userid }])
    assert.equal((await ana.get(`${USERS}/${userid}`)).status, 404)
  })

  test('a score comes back as the S003 clients print it', async () => {
    const userid = await recordOf(ana)
    const made = await ana.post(METRICS, { userid, wellness_score: 8.5, time: '2026-01-15T10:30:00' })
    assert.equal(made.status, 201, made.text)
    assert.deepEqual(made.body, { id: made.body.id, userid, time: '2026-01-15T10:30:00', wellness_score: 8.5 })
    assert.deepEqual((await ana.get(`${METRICS}/${made.body.id}`)).body, made.body)
  })

  test('a score without a time is of now; one with a zone is stored in UTC', async () => {
    const userid = await recordOf(ana)
    const now = await ana.post(METRICS, { userid, wellness_score: 5 })
    assert.equal(now.body.time, platform.clock.now().toISOString().slice(0, 19))
    const zoned = await ana.post(METRICS, { userid, wellness_score: 5, time: '2026-01-15T10:30:00+05:30' })
    assert.equal(zoned.body.time, '2026-01-15T05:00:00')
  })

  for (const [why, body, status, field] of [
    ['above ten', { wellness_score: 10.1 }, 422, 'wellness_score'],
    ['below zero', { wellness_score: -1 }, 422, 'wellness_score'],
    ['not a number', { wellness_score: '8' }, 422, 'wellness_score'],
    ['missing score', {}, 422, 'wellness_score'],
    ['a day that does not exist', { wellness_score: 5, time: '2026-02-30T10:00:00' }, 422, 'time'],
    ['the future', { wellness_score: 5, time: '2030-01-01T00:00:00' }, 422, 'time'],
    ['before 1900', { wellness_score: 5, time: '1850-01-01T00:00:00' }, 422, 'time'],
    ['an unknown field', { wellness_score: 5, mood: 'fine' }, 422, 'mood'],
    ['an unknown record', { userid: 999_999, wellness_score: 5 }, 404, 'User'],
  ] as const) {
    test(`a score is refused with ${status} for ${why}, naming ${field}`, async () => {
      const userid = await recordOf(ana)
      const answer = await ana.post(METRICS, { userid, ...body })
      assert.equal(answer.status, status, answer.text)
      assert.match(answer.body.detail, new RegExp(field))
      assert.equal((await ana.get(`${USERS}/${userid}/wellness-metrics`)).body.total_count, 0)
    })
  }

  test('D15: another person’s integer answers 404 for every verb, and nothing happens to it', async () => {
    const userid = await recordOf(ana)
    const { id } = (await ana.post(METRICS, { userid, wellness_score: 6 })).body
    const answers = [
      await ben.get(`${USERS}/${userid}`),
      await ben.delete(`${USERS}/${userid}`),
      await ben.get(`${USERS}/${userid}/wellness-metrics`),
      await ben.get(`${USERS}/${userid}/wellness-trend`),
      await ben.post(METRICS, { userid, wellness_score: 1 }),
      await ben.get(`${METRICS}/${id}`),
      await ben.delete(`${METRICS}/${id}`),
    ]
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [404, 404, 404, 404, 404, 404, 404],
    )
    assert.equal((await ana.get(`${USERS}/${userid}/wellness-metrics`)).body.total_count, 1)
  })

  test('a list holds the caller’s own records only', async () => {
    const mine = await recordOf(ben)
    const users = (await ben.get(USERS)).body as { userid: number }[]
    assert.deepEqual(users, [{ userid: mine }])
    assert.deepEqual((await ben.get(`${USERS}?skip=1`)).body, [])
    assert.equal((await ben.get(`${USERS}?limit=0`)).status, 422)
    assert.equal((await ben.get(`${USERS}?skip=-1`)).status, 422)
  })

  test('deleting a record takes its scores along', async () => {
    const userid = await recordOf(ana)
    const { id } = (await ana.post(METRICS, { userid, wellness_score: 6 })).body
    const gone = await ana.delete(`${USERS}/${userid}`)
    assert.equal(gone.status, 204)
    assert.equal(gone.text, '')
    assert.equal((await ana.get(`${METRICS}/${id}`)).status, 404)
    assert.equal((await ana.delete(`${USERS}/${userid}`)).status, 404)
  })

  test('one score can be deleted', async () => {
    const userid = await recordOf(ana)
    const { id } = (await ana.post(METRICS, { userid, wellness_score: 6 })).body
    assert.equal((await ana.delete(`${METRICS}/${id}`)).status, 204)
    assert.equal((await ana.delete(`${METRICS}/${id}`)).status, 404)
  })

  test('scores come newest first, filtered by date', async () => {
    const userid = await recordOf(ana)
    for (const day of ['01', '02', '03']) {
      await ana.post(METRICS, { userid, wellness_score: Number(day), time: `2026-03-${day}T08:00:00` })
    }
    const all = (await ana.get(`${USERS}/${userid}/wellness-metrics`)).body
    assert.deepEqual(
      all.metrics.map((metric: { wellness_score: number }) => metric.wellness_score),
      [3, 2, 1],
    )
    const some = (
      await ana.get(`${USERS}/${userid}/wellness-metrics?start_date=2026-03-02&end_date=2026-03-02T23:59:59`)
    ).body
    assert.equal(some.total_count, 1)
    assert.equal((await ana.get(`${USERS}/${userid}/wellness-metrics?start_date=soon`)).status, 422)
  })

  test('D34: the average is of everything the filter finds, whatever the page', async () => {
    const userid = await recordOf(ana)
    await record(ana, userid, [2, 4, 9])
    const one = (await ana.get(`${USERS}/${userid}/wellness-metrics?limit=1`)).body
    const all = (await ana.get(`${USERS}/${userid}/wellness-metrics?limit=100`)).body
    assert.equal(one.average_score, 5)
    assert.equal(all.average_score, 5)
    assert.equal(one.page_average, 9)
    assert.equal(one.total_count, 3)
  })

  test('a record without scores has no average', async () => {
    const userid = await recordOf(ana)
    const list = (await ana.get(`${USERS}/${userid}/wellness-metrics`)).body
    assert.deepEqual([list.average_score, list.page_average, list.total_count, list.metrics], [null, null, 0, []])
  })

  for (const [scores, trend] of [
    [[5, 9, 9], 'stable'],
    [[5, 5, 5.5, 5.5], 'stable'],
    [[5, 5, 5.6, 5.6], 'improving'],
    [[6, 6, 5, 5, 5], 'declining'],
    [[1, 5, 5, 5, 9], 'improving'],
  ] as const) {
    test(`D35: the scores ${scores.join(', ')} are ${trend}`, async () => {
      const userid = await recordOf(ana)
      await record(ana, userid, scores)
      const answer = (await ana.get(`${USERS}/${userid}/wellness-trend?days=30`)).body
      assert.equal(answer.trend, trend)
      assert.equal(answer.data_points.length, scores.length)
      assert.equal(answer.period_days, 30)
      assert.equal(
        answer.average_score,
        Math.round((scores.reduce((sum: number, one) => sum + one, 0) / scores.length) * 100) / 100,
      )
    })
  }

  test('the trend looks at the asked days only, and a period without scores answers 404', async () => {
    const userid = await recordOf(ana)
    await ana.post(METRICS, { userid, wellness_score: 5, time: '2026-01-01T00:00:00' })
    assert.equal((await ana.get(`${USERS}/${userid}/wellness-trend?days=30`)).status, 404)
    assert.equal((await ana.get(`${USERS}/${userid}/wellness-trend?days=365`)).status, 200)
    assert.equal((await ana.get(`${USERS}/${userid}/wellness-trend?days=366`)).status, 422)
  })

  test('beside the published rule the robust trend tells what it knows', async () => {
    const userid = await recordOf(ana)
    await record(ana, userid, [5, 6, 7])
    assert.equal((await ana.get(`${USERS}/${userid}/wellness-trend`)).body.robust.direction, 'not-enough-data')
    await record(
      ana,
      userid,
      Array.from({ length: 20 }, (_value, index) => index / 2.5),
    )
    const { robust } = (await ana.get(`${USERS}/${userid}/wellness-trend`)).body
    assert.equal(robust.direction, 'rising')
    assert.ok(robust.interval_per_week[0] > 0)
  })

  test('a score is announced once, with its person', async () => {
    const userid = await recordOf(ben)
    await ben.post(METRICS, { userid, wellness_score: 4, time: '2026-06-01T00:00:00' })
    const events = (await platform.eventsOf(wellness.events.scoreRecorded)).filter((data) => data.userid === userid)
    assert.deepEqual(events, [{ user_id: ben.accountId, userid, wellness_score: 4, time: '2026-06-01T00:00:00.000Z' }])
  })

  test('the same Idempotency-Key records one score', async () => {
    const userid = await recordOf(ana)
    const send = (body: object) =>
      ana.request('POST', METRICS, { body, headers: { 'idempotency-key': `once-${userid}` } })
    const first = await send({ userid, wellness_score: 6 })
    const second = await send({ userid, wellness_score: 6 })
    assert.equal(second.status, 201)
    assert.deepEqual(second.body, first.body)
    assert.equal((await send({ userid, wellness_score: 7 })).status, 422)
    assert.equal((await ana.get(`${USERS}/${userid}/wellness-metrics`)).body.total_count, 1)
  })

  test('export gives everything and erasure leaves nothing', async () => {
    const cleo = await platform.person('cleo')
    const userid = await recordOf(cleo)
    await cleo.post(METRICS, { userid, wellness_score: 3 })
    const exported = (await platform.exportAll(cleo.accountId)).wellness
    assert.deepEqual([exported?.records?.length, exported?.scores?.length], [1, 1])
    const receipt = await platform.erase(cleo.accountId)
    assert.equal(receipt['wellness.score'], 1)
    const left = await platform.rows('select * from wellness.score where user_id = $1', [cleo.accountId])
    assert.deepEqual(left, [])
    assert.deepEqual(await platform.rows('select * from kernel.outbox where key = $1', [cleo.accountId]), [])
  })
})
