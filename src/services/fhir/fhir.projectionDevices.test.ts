import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
const HEART_RATE = 'http://loinc.org|8867-4'
const HOUR_MS = 3_600_000

interface Entry {
  readonly resource: { readonly id: string; readonly resourceType: string; readonly [name: string]: unknown }
}
const resourcesOf = (answer: TestAnswer) => {
  assert.equal(answer.status, 200, answer.text)
  return ((answer.body.entry ?? []) as Entry[]).map((one) => one.resource)
}
const idsOf = (answer: TestAnswer) => resourcesOf(answer).map((one) => one.id)

describe('fhir: what devices measured', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let series = 0

  const fhir = (path: string, person = ana) => person.get(`/fhir/${path}`)
  const ingest = async (points: readonly object[], source = 'chest-strap', person = ana) => {
    for (let from = 0; from < points.length; from += 500) {
      const sent = await person.post('/api/v1/health-data/ingest', {
        source,
        data_points: points.slice(from, from + 500),
      })
      assert.equal(sent.status, 200, sent.text)
      assert.deepEqual(sent.body.refused, [])
    }
    await platform.settle()
  }
  const rate = (start: string, value: number) => ({ metric_type: 'heart_rate', start, value_json: value, unit: '/min' })
  /** A value a minute, for all of a day but its last hour. */
  const dayOf = (date: string) =>
    Array.from({ length: 23 * 60 }, (_one, minute) =>
      rate(new Date(Date.parse(`${date}T00:00:00Z`) + minute * 60_000).toISOString(), 50 + (minute % 60)),
    )

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    await ingest(dayOf('2026-01-05'))
    const [row] = await platform.rows('select id::int as id from device_data.series where user_id = $1', [
      ana.accountId,
    ])
    series = row?.id as number
  })
  after(() => platform.close())

  test('a day of samples is found by code and date as hours and a summary, beside what is stored', async () => {
    const found = idsOf(await fhir(`Observation?code=${HEART_RATE}&date=ge2026-01-05&date=lt2026-01-06&_count=100`))
    const hours = Array.from({ length: 23 }, (_one, hour) => `ts-${series}-20260105${String(hour).padStart(2, '0')}`)
    assert.deepEqual(found.sort(), [...hours, `day-${series}-20260105`].sort())
    const stored = {
      resourceType: 'Observation',
      status: 'preliminary',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      subject: { reference: `Patient/${ana.accountId}` },
      effectiveDateTime: '2026-01-05T23:30:00Z',
      valueQuantity: { value: 61, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    }
    const made = await ana.request('POST', '/fhir/Observation', { headers: HEADERS, raw: JSON.stringify(stored) })
    assert.equal(made.status, 201, made.text)
    const late = idsOf(await fhir('Observation?code=8867-4&date=ge2026-01-05T22:30:00Z&_sort=date'))
    assert.ok(late.includes(made.body.id) && late.includes(hours[22] as string), late.join())
    assert.equal((await fhir('Observation?code=8867-4&_summary=count')).body.total, 25)
  })

  test('an hour is SampledData with its unit, its period and its gaps; it is valid and cannot be written', async () => {
    await ingest([rate('2026-01-05T03:30:30Z', 99)])
    const answer = await fhir(`Observation/ts-${series}-2026010503`)
    assert.equal(answer.status, 200, answer.text)
    const { valueSampledData: data, effectivePeriod, device, category } = answer.body
    assert.deepEqual(effectivePeriod, { start: '2026-01-05T03:00:00.000Z', end: '2026-01-05T03:59:00.000Z' })
    assert.deepEqual([data.period, data.dimensions, data.origin.code], [30_000, 1, '/min'])
    const values = data.data.split(' ')
    assert.deepEqual([values.length, values[0], values[1], values[2], values[61]], [119, '50', 'E', '51', '99'])
    assert.equal(device.display, 'chest-strap')
    assert.equal(category[0].coding[0].code, 'vital-signs')
    assert.equal(answer.headers.etag, `W/"${answer.body.meta.versionId}"`)
    const validated = await ana.request('POST', '/fhir/Observation/$validate', {
      headers: HEADERS,
      raw: JSON.stringify(answer.body),
    })
    const errors = validated.body.issue.filter((one: { severity: string }) => one.severity === 'error')
    assert.deepEqual(errors, [])
    for (const method of ['PUT', 'DELETE']) {
      const raw = JSON.stringify({ ...answer.body, status: 'amended' })
      const refused = await ana.request(method, `/fhir/Observation/${answer.body.id}`, {
        headers: HEADERS,
        ...(method === 'PUT' ? { raw } : {}),
      })
      assert.ok([403, 409].includes(refused.status), `${method} ${refused.status} ${refused.text}`)
    }
    assert.equal((await fhir(`Observation/ts-${series}-2026010503`)).body.status, 'final')
  })

  test('a day summary says minimum, maximum, mean and count, and follows a correction', async () => {
    const answer = await fhir(`Observation/day-${series}-20260105`)
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.body.effectiveDateTime, '2026-01-05')
    const parts = Object.fromEntries(
      answer.body.component.map((one: { code: { coding: { code: string }[] }; valueQuantity: { value: number } }) => [
        one.code.coding[0]?.code,
        one.valueQuantity.value,
      ]),
    )
    assert.deepEqual([parts.minimum, parts.maximum, parts.count], [50, 109, 1381])
    await ingest([rate('2026-01-05T03:00:00Z', 44)])
    const changed = await fhir(`Observation/day-${series}-20260105`)
    assert.ok(Number(changed.body.meta.versionId) > Number(answer.body.meta.versionId))
    assert.equal(changed.body.component[1].valueQuantity.value, 44)
  })

  test('one value in an hour is a quantity of its moment; steps of an hour are their sum', async () => {
    const weight = { metric_type: 'weight', start: '2026-01-06T07:00:00Z', value_json: 70.5, unit: 'kg' }
    const steps = [0, 20].map((minute) => ({
      metric_type: 'steps',
      start: `2026-01-06T08:${String(minute).padStart(2, '0')}:00Z`,
      end: `2026-01-06T08:${minute + 10}:00Z`,
      value_json: 300 + minute,
    }))
    await ingest([weight, ...steps], 'phone')
    const quantity = 'value-quantity=70.5|http://unitsofmeasure.org|kg'
    const [found] = resourcesOf(await fhir(`Observation?code=29463-7&${quantity}&date=2026-01-06T07:00:00Z`))
    assert.equal(found?.effectiveDateTime, '2026-01-06T07:00:00.000Z')
    const [walked] = resourcesOf(await fhir('Observation?code=55423-8&date=2026-01-06')).filter((one) =>
      one.id.startsWith('ts-'),
    )
    assert.equal((walked as { valueQuantity?: { value: number } } | undefined)?.valueQuantity?.value, 620)
  })

  test('a device is a Device, which its hours name, until it is removed', async () => {
    const body = { name: 'Band', device_type: 'fitness_tracker', manufacturer: 'Acme', serial_number: 'S-1' }
    const made = await ana.post('/api/v1/devices', body)
    assert.equal(made.status, 201, made.text)
    await ingest([rate('2026-01-07T08:00:00Z', 58)], made.body.source)
    assert.deepEqual(idsOf(await fhir('Device?manufacturer=Acme')), [made.body.id])
    const found = resourcesOf(await fhir(`Observation?device=Device/${made.body.id}&_include=Observation:device`))
    assert.deepEqual(found.map((one) => one.resourceType).sort(), ['Device', 'Observation', 'Observation'])
    assert.equal((await ana.put(`/api/v1/devices/${made.body.id}`, { manufacturer: 'Bolt' })).status, 200)
    await platform.settle()
    assert.deepEqual(idsOf(await fhir('Device?manufacturer=Bolt')), [made.body.id])
    assert.equal((await fhir(`Device/${made.body.id}`)).body.meta.versionId, '2')
    assert.equal((await ana.delete(`/api/v1/devices/${made.body.id}?with_data=true`)).status, 204)
    await platform.settle()
    assert.deepEqual(idsOf(await fhir('Device')), [])
    assert.deepEqual(idsOf(await fhir(`Observation?code=8867-4&date=2026-01-07`)), [])
  })

  test('who may see devices sees hours; a right to vitals alone, or none, does not', async () => {
    for (const [name, category, isOpen] of [
      ['ben', 'devices', true],
      ['cleo', 'vitals', false],
      ['dora', undefined, false],
    ] as const) {
      const person = await platform.person(name)
      if (category !== undefined)
        await platform.rows(
          `select kernel.write_access_right($1, $2, $3, 'read', '2100-01-01', 'grant', gen_random_uuid())`,
          [person.accountId, ana.accountId, category],
        )
      const asked = `profile_id=${ana.accountId}`
      const read = await fhir(`Observation/ts-${series}-2026010503?${asked}`, person)
      assert.equal(read.status, isOpen ? 200 : 404, `${name} ${read.text}`)
      const search = await fhir(`Observation?code=8867-4&date=2026-01-05&_count=100&${asked}`, person)
      if (isOpen) assert.ok(idsOf(search).includes(`ts-${series}-2026010503`))
      else if (category === undefined) assert.equal(search.status, 404)
      else assert.deepEqual(idsOf(search), [])
      const own = await fhir(`Observation/ts-${series}-2026010503`, person)
      assert.equal(own.status, 404)
    }
  })

  test('what no series has is not found: another hour, a day that is none, a series of somebody else', async () => {
    const ben = await platform.person('ben')
    await ingest([rate('2026-01-05T03:00:00Z', 60)], 'strap', ben)
    const [row] = await platform.rows('select id::int as id from device_data.series where user_id = $1', [
      ben.accountId,
    ])
    const ids = [
      `ts-${series}-2026010523`,
      `ts-${series}-2026023003`,
      `ts-${series}-2026010524`,
      `ts-${row?.id}-2026010503`,
    ]
    for (const id of [...ids, `day-${series}-20260109`, `day-${series}-20261301`, `day-${row?.id}-20260105`])
      assert.equal((await fhir(`Observation/${id}`)).status, 404, id)
  })

  test('a year of samples makes a row an hour and a day, not one a sample; the summary counts them', async () => {
    const zoe = await platform.person('zoe')
    const points: object[] = []
    const first = Date.parse('2025-01-01T00:00:00Z')
    // Four values in each of two hours of a day: enough for hours to be data, few enough for a test.
    for (let day = 0; day < 365; day++)
      for (let index = 0; index < 8; index++) {
        const ms = first + day * 24 * HOUR_MS + (8 + Math.floor(index / 4)) * HOUR_MS + (index % 4) * 300_000
        points.push(rate(new Date(ms).toISOString(), 60 + index))
      }
    assert.equal((await fhir('Observation?_summary=count', zoe)).body.total, 0)
    await ingest(points, 'watch', zoe)
    assert.equal((await fhir('Observation?code=8867-4&_summary=count', zoe)).body.total, 365 * 3)
    const [rows] = await platform.rows('select count(*)::int as n from fhir.resource where user_id = $1', [
      zoe.accountId,
    ])
    assert.equal(rows?.n, 365 * 3)
  })

  test('what a source gave is gone from searches and reads when the source is removed', async () => {
    const removed = await ana.delete('/api/v1/health-data/source/chest-strap')
    assert.equal(removed.status, 200, removed.text)
    await platform.settle()
    assert.deepEqual(idsOf(await fhir('Observation?code=8867-4&status=final')), [])
    assert.ok([404, 410].includes((await fhir(`Observation/ts-${series}-2026010503`)).status))
  })
})
