import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { localDay } from '../../../shared/dates.ts'
import { deviceData } from '../contract.ts'
import { ANOMALY_METHOD, findAnomalies } from '../domain/anomalies.ts'
import { type Bucket, figureOf, MERGE_METHOD, mergeBuckets, type SourceBucket } from '../domain/daily.ts'
import { HOUR_MS } from '../domain/days.ts'
import { preferred } from '../domain/priority.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { METRICS, metricOf } from '../domain/vocabulary.ts'
import { deviceCounts } from '../store/devices.ts'
import { sourceOrders } from '../store/orders.ts'
import { allPoints, dayRows, periodRows, seriesExtents } from '../store/reads.ts'
import { listSeries, type SeriesRow } from '../store/series.ts'
import { base } from './announcing.ts'
import { deviceOf } from './devices.ts'
import { daysOf, metricField, rangeOf, seriesFor } from './inputs.ts'
import { zoneOf } from './person.ts'

type Inputs = typeof deviceData.operations
/** Hours of more days than this would open too many chunks for one answer. */
const LARGEST_HOUR_DAYS = 62

export const statisticsHandlers = {
  aggregate,
  statistics,
  detectAnomalies,
  summary,
  today,
  quality,
  async vocabulary(_context: Context, { group, is_healthkit }: InputOf<Inputs['vocabulary']>) {
    const items = METRICS.filter((metric) => group === undefined || metric.group === group)
      .filter((metric) => is_healthkit === undefined || metric.healthKit.length > 0 === is_healthkit)
      .map(({ code, label, group: of, loinc, unit, low, high, kind, aggregation, names }) => ({
        ...{ code, label, group: of, loinc: loinc ?? null, unit, low, high, kind, aggregation, names: [...names] },
      }))
    return { items }
  },
}

async function aggregate(context: Context, input: InputOf<Inputs['aggregate']>) {
  const metric = metricField(input.data_type)
  const series = await seriesFor(context, input)
  const interval = input.interval ?? 'day'
  const buckets =
    interval === 'day'
      ? await dayBuckets(context, series, metric, daysOf(input, context.now(), 30, await zoneOf(context)))
      : await hourBuckets(context, series, metric, rangeOf(input, context.now(), 1))
  return {
    data_type: metric.code,
    unit: metric.unit,
    interval,
    aggregation: metric.aggregation,
    method: MERGE_METHOD,
    is_simulated: series.some((one) => one.is_simulated),
    items: buckets.slice(-5000).map(({ start, n, minimum, maximum, total, value, source, sources }) => ({
      ...{ start, count: n, minimum, maximum, sum: total, mean: total / n, value },
      source_name: source,
      sources: [...sources],
    })),
  }
}

/** One figure for each local day of a metric, of the source that counts most, from the rollups. */
export async function dayBuckets(
  context: Context,
  series: readonly SeriesRow[],
  metric: DeviceMetric,
  days: { readonly from: string; readonly until: string },
): Promise<Bucket[]> {
  const ids = series.map((one) => one.id)
  const [rows, orders] = await Promise.all([dayRows(context.db, ids, days.from, days.until), sourceOrders(context.db)])
  const sourceOf = new Map(series.map((one) => [one.id, one.source]))
  const buckets = rows.map(({ series_id, local_day, n, minimum, maximum, total, last_value }) => ({
    ...{
      start: local_day,
      source: sourceOf.get(series_id) as string,
      n,
      minimum,
      maximum,
      total,
      lastValue: last_value,
    },
  }))
  return mergeBuckets(buckets, metric, orders)
}

async function hourBuckets(
  context: Context,
  series: readonly SeriesRow[],
  metric: DeviceMetric,
  range: { readonly fromMs: number; readonly untilMs: number },
): Promise<Bucket[]> {
  if (range.untilMs - range.fromMs > LARGEST_HOUR_DAYS * 24 * HOUR_MS) {
    throw fieldError('start_date', `lies more than ${LARGEST_HOUR_DAYS} days before the end, too far for hours`)
  }
  const sourceOf = new Map(series.map((one) => [one.id, one.source]))
  const hours = new Map<string, { -readonly [Name in keyof SourceBucket]: SourceBucket[Name] }>()
  for (const point of await allPoints(
    context.db,
    series.map((one) => one.id),
    range,
  )) {
    const start = new Date(Math.floor(point.startMs / HOUR_MS) * HOUR_MS).toISOString()
    const key = `${point.seriesId} ${start}`
    const { value } = point
    const hour = hours.get(key)
    if (hour === undefined) {
      const source = sourceOf.get(point.seriesId) as string
      hours.set(key, { start, source, n: 1, minimum: value, maximum: value, total: value, lastValue: value })
      continue
    }
    hour.n++
    hour.total += value
    hour.minimum = Math.min(hour.minimum, value)
    hour.maximum = Math.max(hour.maximum, value)
    hour.lastValue = value
  }
  return mergeBuckets([...hours.values()], metric, await sourceOrders(context.db))
}

async function statistics(context: Context, input: InputOf<Inputs['statistics']>) {
  const metric = metricField(input.data_type)
  const series = await seriesFor(context, input)
  const days = daysOf(input, context.now(), 30, await zoneOf(context))
  const rows = await periodRows(
    context.db,
    series.map((one) => one.id),
    days.from,
    days.until,
  )
  const seriesOf = new Map(series.map((one) => [one.id, one]))
  return {
    data_type: metric.code,
    unit: metric.unit,
    enough: rows.length > 0,
    reason: rows.length > 0 ? null : 'not enough data: there is no value in this period',
    items: rows.map((row) => ({
      source_name: (seriesOf.get(row.series_id) as SeriesRow).source,
      count: row.n,
      days: row.days,
      minimum: row.minimum,
      maximum: row.maximum,
      mean: row.mean,
      standard_deviation: row.n < 2 ? null : Math.sqrt(row.spread / (row.n - 1)),
      latest_value: row.last_value,
      latest_at: new Date(row.last_ms).toISOString(),
      is_simulated: (seriesOf.get(row.series_id) as SeriesRow).is_simulated,
    })),
  }
}

async function detectAnomalies(context: Context, input: InputOf<Inputs['detectAnomalies']>) {
  const metric = metricField(input.data_type)
  const threshold = input.threshold ?? 3.5
  const zone = await zoneOf(context)
  const series = await listSeries(context.db, { metrics: [metric.code] })
  const buckets = await dayBuckets(context, series, metric, daysOf({}, context.now(), input.days ?? 60, zone))
  // The sum of a day that still runs would look like a fall.
  const running = localDay(context.now(), zone)
  const days = buckets.filter((bucket) => metric.aggregation !== 'sum' || bucket.start < running)
  const result = findAnomalies(
    days.map((bucket) => ({ day: bucket.start, value: bucket.value })),
    threshold,
  )
  const common = { data_type: metric.code, unit: metric.unit, method: ANOMALY_METHOD, n: result.n, threshold }
  if (!result.enough) {
    return { ...common, enough: false, reason: result.reason, usual: null, spread: null, anomalies: [] }
  }
  await announceAnomalies(context, metric, result.anomalies)
  return {
    ...common,
    enough: true,
    reason: null,
    usual: result.usual,
    spread: result.spread,
    anomalies: result.anomalies.map((one) => ({ ...one })),
  }
}

async function announceAnomalies(
  context: Context,
  metric: DeviceMetric,
  anomalies: readonly { readonly day: string; readonly value: number; readonly score: number }[],
): Promise<void> {
  const newest = anomalies.at(-1)
  if (newest === undefined) return
  const data = {
    ...base({ personId: context.personId, now: context.now() }, 'device_anomaly_detected'),
    data_type: metric.code,
    value: newest.value,
    unit: metric.unit,
    metadata: { day: newest.day, score: newest.score, days: anomalies.length, method: ANOMALY_METHOD },
  }
  await context.transact((transaction) => transaction.publish(deviceData.events.deviceAnomalyDetected, data))
}

async function summary(context: Context) {
  const [series, extents, devices] = await Promise.all([
    listSeries(context.db),
    seriesExtents(context.db),
    deviceCounts(context.db),
  ])
  const extentOf = new Map(extents.map((one) => [one.series_id, one]))
  return {
    total_points: extents.reduce((total, one) => total + one.n, 0),
    total_devices: devices.counts.reduce((total, one) => total + one.n, 0),
    items: series.map((one) => ({
      data_type: one.metric,
      label: metricOf(one.metric)?.label ?? one.metric,
      source_name: one.source,
      unit: one.unit,
      count: extentOf.get(one.id)?.n ?? 0,
      first_day: extentOf.get(one.id)?.first_day ?? null,
      last_day: extentOf.get(one.id)?.last_day ?? null,
      latest_value: one.last_value,
      latest_at: one.last_sample_ms === null ? null : new Date(one.last_sample_ms).toISOString(),
      is_simulated: one.is_simulated,
    })),
  }
}

async function today(context: Context) {
  const zone = await zoneOf(context)
  const date = localDay(context.now(), zone)
  const series = await listSeries(context.db)
  const rows = await dayRows(
    context.db,
    series.map((one) => one.id),
    date,
    date,
  )
  const seriesOf = new Map(series.map((one) => [one.id, one]))
  const byMetric = new Map<string, (typeof rows)[number][]>()
  for (const row of rows) {
    const { metric } = seriesOf.get(row.series_id) as SeriesRow
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), row])
  }
  const orders = await sourceOrders(context.db)
  const items = [...byMetric].map(([code, candidates]) => {
    const metric = metricOf(code) as DeviceMetric
    const named = candidates.map((row) => ({ ...row, source: (seriesOf.get(row.series_id) as SeriesRow).source }))
    const row = preferred(named, code, orders) as (typeof named)[number]
    const value = figureOf({ n: row.n, total: row.total, lastValue: row.last_value }, metric.aggregation)
    return {
      ...{ data_type: code, label: metric.label, value, unit: metric.unit, count: row.n },
      ...{ minimum: row.minimum, maximum: row.maximum, source_name: row.source },
      is_simulated: (seriesOf.get(row.series_id) as SeriesRow).is_simulated,
    }
  })
  return { date, time_zone: zone, items }
}

async function quality(context: Context, { device_id, days = 14 }: InputOf<Inputs['quality']>) {
  const device = await deviceOf(context, device_id)
  const series = await listSeries(context.db, { source: device.source })
  const period = daysOf({}, context.now(), days, await zoneOf(context))
  const rows = await periodRows(
    context.db,
    series.map((one) => one.id),
    period.from,
    period.until,
  )
  const seriesOf = new Map(series.map((one) => [one.id, one]))
  const items = rows.map((row) => ({
    data_type: (seriesOf.get(row.series_id) as SeriesRow).metric,
    count: row.n,
    days_with_data: row.days,
    coverage_percent: Math.round((1000 * row.days) / days) / 10,
    is_simulated: (seriesOf.get(row.series_id) as SeriesRow).is_simulated,
  }))
  return { device_id, days, items }
}
