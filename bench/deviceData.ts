/**
 * `node bench/deviceData.ts`: a year of a heart rate every five seconds and a glucose every five minutes, through the store
 * that imports and syncs use, on a platform of its own: samples a second, bytes a sample, and what reading costs. Columns go
 * in as the reader thread of an import hands them over, and are sealed in a thread; `--objects` gives one object a sample,
 * sealed on the event loop, as small syncs do. CPU time is that of this process (also of its main thread), which neighbours
 * disturb least.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { seriesColumnsOf } from '../src/services/device-data/domain/intakeColumns.ts'
import type { Sample } from '../src/services/device-data/domain/sample.ts'
import { openSealer } from '../src/services/device-data/providers/sealing/thread.ts'
import { dayRows, newestPoints } from '../src/services/device-data/store/reads.ts'
import { storeColumns, storeSamples } from '../src/services/device-data/store/samples.ts'
import { listSeries } from '../src/services/device-data/store/series.ts'
import { seededRandom } from '../src/shared/random.ts'
import { openTestPlatform } from '../src/testing.ts'
import { median } from './lib/statistics.ts'

const { values: options } = parseArgs({
  options: {
    days: { type: 'string', default: '365' },
    rounds: { type: 'string', default: '200' },
    batch: { type: 'string', default: '8' },
    objects: { type: 'boolean', default: false },
  },
})
const DAYS = Number(options.days)
const DAYS_A_BATCH = options.objects ? 4 : Number(options.batch)
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
let spentCpuMs = 0
let mainCpuMs = 0
let peakBytes = 0
const sealer = openSealer()
const intake = { personId: person.accountId, now, zone: 'Asia/Kolkata' }
const cpuMs = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000
const mainMs = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function store(samples: readonly Sample[]): Promise<void> {
  const { series } = options.objects ? { series: [] } : seriesColumnsOf(samples, now.getTime())
  const started = performance.now()
  const [cpu, main] = [cpuMs(), mainMs()]
  total += await context.transact(async (transaction) => {
    if (options.objects) return (await storeSamples(transaction, intake, samples)).taken
    const counts = await storeColumns(transaction, { ...intake, seal: sealer.seal }, series)
    return counts.reduce((sum, one) => sum + one.taken, 0)
  })
  spentMs += performance.now() - started
  spentCpuMs += cpuMs() - cpu
  mainCpuMs += mainMs() - main
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
}

const delay = monitorEventLoopDelay({ resolution: 5 })
for (let day = 0; day < DAYS; day += DAYS_A_BATCH) {
  const samples: Sample[] = []
  for (let index = 0; index < Math.min(DAYS_A_BATCH, DAYS - day); index++) {
    for (const sample of dayOf(firstMs + (day + index) * DAY_MS)) samples.push(sample)
  }
  delay.enable()
  await store(samples)
  delay.disable()
}
await sealer.close()
const rate = (ms: number) => `${Math.round((total / ms) * 1000)} samples/s`
console.log(
  `ingest: ${total} samples in ${Math.round(spentMs)} ms = ${rate(spentMs)}; process at most ${Math.round(peakBytes / 2 ** 20)} MiB`,
)
console.log(
  `        CPU time of the process ${Math.round(spentCpuMs)} ms = ${rate(spentCpuMs)} a core, of its event loop ${Math.round(mainCpuMs)} ms; event loop at most ${(delay.max / 1e6).toFixed(0)} ms late`,
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

/** CPU time of the longest turn of the event loop while something is done: what everybody else waits for. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let isDone = false
  let at = mainMs()
  const look = () => {
    const now = mainMs()
    longest = Math.max(longest, now - at)
    at = now
    if (!isDone) setImmediate(look)
  }
  setImmediate(look)
  await work()
  isDone = true
  return longest
}

const turns: number[] = []
for (let round = 0; round < 10; round++) {
  const young = Array.from({ length: 5000 }, (_one, index) => ({
    ...{ metric: 'heart_rate', unit: '/min', source: 'garmin', value: 60 + (index % 40) },
    startMs: now.getTime() - (round * 5000 + index) * 1000,
  }))
  turns.push(await longestTurn(() => context.transact((transaction) => storeSamples(transaction, intake, young))))
}
console.log(
  `rows: 5,000 values of today at once: longest turn of the event loop ${median(turns).toFixed(0)} ms of CPU time, at most ${Math.max(...turns).toFixed(0)}`,
)

const series = await listSeries(context.db, { metrics: ['heart_rate'] })
const ids = series.map((one) => one.id)
const from = new Date(firstMs).toISOString().slice(0, 10)
const until = now.toISOString().slice(0, 10)

async function timed(title: string, work: () => Promise<unknown>, rounds = Number(options.rounds)): Promise<void> {
  for (let round = 0; round < 5; round++) await work()
  const times: number[] = []
  const cpu = mainMs()
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    await work()
    times.push(performance.now() - started)
  }
  const sorted = times.sort((left, right) => left - right)
  console.log(
    `${title}: median ${median(times).toFixed(2)} ms, 99 % ${(sorted[Math.floor(sorted.length * 0.99)] ?? 0).toFixed(2)} ms, best ${(sorted[0] ?? 0).toFixed(2)} ms; CPU here ${((mainMs() - cpu) / rounds).toFixed(2)} ms`,
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
