/**
 * `node bench/deviceData.ts`: a year of a heart rate every five seconds and a glucose every five minutes, through the store
 * that imports and syncs use, on a platform of its own: samples a second, bytes a sample, and what reading costs.
 */
import { parseArgs } from 'node:util'
import type { Sample } from '../src/services/device-data/domain/sample.ts'
import { dayRows, newestPoints } from '../src/services/device-data/store/reads.ts'
import { storeSamples } from '../src/services/device-data/store/samples.ts'
import { listSeries } from '../src/services/device-data/store/series.ts'
import { seededRandom } from '../src/shared/random.ts'
import { openTestPlatform } from '../src/testing.ts'
import { median } from './lib/statistics.ts'

const { values: options } = parseArgs({
  options: { days: { type: 'string', default: '365' }, rounds: { type: 'string', default: '200' } },
})
const DAYS = Number(options.days)
const DAY_MS = 86_400_000
const random = seededRandom(42)

/** A day of both, with the jitter of real clocks: most samples come when they should, some a second early or late. */
function dayOf(startMs: number): Sample[] {
  const samples: Sample[] = []
  let rate = 62
  for (let index = 0; index < 17_280; index++) {
    rate = Math.min(170, Math.max(45, rate + Math.round((random() - 0.5) * 4)))
    const jitterMs = random() < 0.2 ? 1000 * Math.round(random() * 2 - 1) : 0
    const startAt = Math.max(startMs, startMs + index * 5000 + jitterMs)
    samples.push({
      metric: 'heart_rate',
      unit: '/min',
      source: 'apple-watch',
      startMs: startAt,
      value: rate,
      zoneOffsetMinutes: 330,
    })
  }
  let glucose = 110
  for (let index = 0; index < 288; index++) {
    glucose = Math.min(320, Math.max(55, glucose + Math.round((random() - 0.5) * 12)))
    const startAt = startMs + index * 300_000 + 1000 * Math.round(random() * 4)
    samples.push({
      metric: 'continuous_glucose',
      unit: 'mg/dL',
      source: 'dexcom',
      startMs: startAt,
      value: glucose,
      zoneOffsetMinutes: 330,
    })
  }
  return samples
}

const platform = await openTestPlatform({ shape: 'one' })
const person = await platform.person('bench')
const context = platform.platformOf('device-data').systemContext('device-data', person.accountId)
const now = context.now()
const firstMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS - (DAYS + 3) * DAY_MS

let total = 0
let spentMs = 0
let peakBytes = 0
for (let day = 0; day < DAYS; day += 4) {
  const samples = Array.from({ length: Math.min(4, DAYS - day) }, (_value, index) =>
    dayOf(firstMs + (day + index) * DAY_MS),
  ).flat()
  const started = performance.now()
  const result = await context.transact((transaction) =>
    storeSamples(transaction, { personId: person.accountId, now, zone: 'Asia/Kolkata' }, samples),
  )
  spentMs += performance.now() - started
  total += result.taken
  peakBytes = Math.max(peakBytes, process.memoryUsage().rss)
}
console.log(
  `ingest: ${total} samples in ${Math.round(spentMs)} ms = ${Math.round((total / spentMs) * 1000)} samples/s; process at most ${Math.round(peakBytes / 2 ** 20)} MiB`,
)

await platform.rows('vacuum analyze device_data.chunk')
await platform.rows('vacuum analyze device_data.day')
const sizes = await platform.rows(
  `select sum(length(data))::float8 as data, (select sum(pg_total_relation_size(c.oid)) from pg_class c
     join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'device_data' and c.relkind = 'r')::float8 as whole from device_data.chunk`,
)
const { data, whole } = sizes[0] as { data: number; whole: number }
console.log(
  `sealed: ${(data / total).toFixed(3)} bytes a sample in chunks, ${(whole / total).toFixed(3)} with all tables, rollups and indexes`,
)

const series = await listSeries(context.db, { metrics: ['heart_rate'] })
const ids = series.map((one) => one.id)
const from = new Date(firstMs).toISOString().slice(0, 10)
const until = now.toISOString().slice(0, 10)

async function timed(title: string, work: () => Promise<unknown>, rounds = Number(options.rounds)): Promise<void> {
  for (let round = 0; round < 5; round++) await work()
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    await work()
    times.push(performance.now() - started)
  }
  const sorted = times.sort((left, right) => left - right)
  console.log(
    `${title}: median ${median(times).toFixed(2)} ms, 99 % ${(sorted[Math.floor(sorted.length * 0.99)] ?? 0).toFixed(2)} ms`,
  )
}

await timed('daily average of the year (store)', () => dayRows(context.db, ids, from, until))
const path = `/api/v1/data/aggregation?data_type=heart_rate&start_date=${from}&end_date=${until}`
await timed('daily average of the year (HTTP answer)', () => person.get(path), 50)
await timed(
  'the newest 1,000 of sealed days',
  () => newestPoints(context.db, ids, { fromMs: firstMs, untilMs: now.getTime() }, 1000),
  50,
)
await platform.close()
process.exit(0)
