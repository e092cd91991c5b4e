import { fieldError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { localDay, parseInstant } from '../../../shared/dates.ts'
import { sourceName } from '../domain/priority.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { metricNamed } from '../domain/vocabulary.ts'
import { listSeries, type SeriesRow } from '../store/series.ts'
import { deviceOf } from './devices.ts'

const DAY_MS = 86_400_000

/** The metric a client names. Throws 422 for an unknown one. */
export function metricField(name: string): DeviceMetric {
  const metric = metricNamed(name)
  if (metric === undefined) throw fieldError('data_type', 'is not known; see /api/v1/device-data/vocabulary')
  return metric
}

/** The series that a filter of metric, device or source means. Throws 404 for a device of somebody else. */
export async function seriesFor(
  context: Context,
  filter: { readonly data_type?: string; readonly device_id?: string; readonly source_name?: string },
): Promise<SeriesRow[]> {
  const metrics = filter.data_type === undefined ? undefined : [metricField(filter.data_type).code]
  const device = filter.device_id === undefined ? undefined : await deviceOf(context, filter.device_id)
  const source = device?.source ?? (filter.source_name === undefined ? undefined : sourceName(filter.source_name))
  return listSeries(context.db, { metrics, source })
}

export interface PeriodInput {
  readonly start_date?: string
  readonly end_date?: string
}

/** The instants a period means; the last `days` where nothing is said. Throws 422 for times that don't exist. */
export function rangeOf(input: PeriodInput, now: Date, days: number): { fromMs: number; untilMs: number } {
  const until = input.end_date === undefined ? now.getTime() + 300_000 : instantField('end_date', input.end_date) + 1
  const from = input.start_date === undefined ? until - days * DAY_MS : instantField('start_date', input.start_date)
  if (from >= until) throw fieldError('start_date', 'lies after the end')
  return { fromMs: from, untilMs: until }
}

/** The local days of a period, both included. */
export function daysOf(input: PeriodInput, now: Date, days: number, zone: string): { from: string; until: string } {
  const { fromMs, untilMs } = rangeOf(input, now, days)
  const until = input.end_date === undefined ? now : new Date(untilMs - 1)
  const first = input.start_date === undefined ? until.getTime() - (days - 1) * DAY_MS : fromMs
  return { from: localDay(new Date(first), zone), until: localDay(until, zone) }
}

function instantField(field: string, text: string): number {
  const at = parseInstant(text, { naive: 'utc', dateOnly: true })
  if (at === undefined) throw fieldError(field, 'is not a date and time that exists')
  return at.getTime()
}
