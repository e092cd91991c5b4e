import { notFound } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { addDays, localDay } from '../../../../shared/dates.ts'
import { metricNamed } from '../../domain/vocabulary.ts'
import { newestOfFormat } from '../../store/imports.ts'
import { dayRows } from '../../store/reads.ts'
import { listSeries } from '../../store/series.ts'
import { zoneOf } from '../person.ts'
import { importView } from './views.ts'

const HOW =
  'Apple Health lies on the phone alone: give its export to /apple-health/import, or let an app on the phone send to /health-data/ingest.'

/** Says how data come in; nothing can be fetched from here. */
export async function appleHealthSync(context: Context) {
  const last = await newestOfFormat(context.db, context.personId, 'apple-health')
  return { is_pulled: false, how: HOW, last_import: last === undefined ? null : await importView(context, last) }
}

/** Days of the metric that a HealthKit type becomes. Throws 404 for an unknown type. */
export async function appleHealthData(context: Context, { type, days = 30 }: { type: string; days?: number }) {
  const metric = metricNamed(type)
  if (metric === undefined || metric.healthKit.length === 0) throw notFound('Type')
  const today = localDay(context.now(), await zoneOf(context))
  const series = await listSeries(context.db, { metrics: [metric.code] })
  const sources = new Map(series.map((one) => [one.id, one.source]))
  const rows = await dayRows(context.db, [...sources.keys()], addDays(today, 1 - days), today)
  const items = rows.slice(0, 5000).map((row) => ({
    day: row.local_day,
    source: sources.get(row.series_id) ?? '',
    count: row.n,
    minimum: row.minimum,
    maximum: row.maximum,
    sum: row.total,
    mean: row.total / row.n,
  }))
  return { type, data_type: metric.code, unit: metric.unit, items }
}
