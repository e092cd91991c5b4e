import { zoneOffsetMinutes } from '../../../shared/dates.ts'
import { DAY_MS } from './days.ts'
import { type Reading, readReading } from './reading.ts'
import type { Sample } from './sample.ts'

/** A value as `/health-data/ingest` takes it: of a day, or of a time. */
export interface IngestPoint {
  readonly metric_type: string
  readonly date?: string
  readonly start?: string
  readonly end?: string
  readonly value_json: number | Readonly<Record<string, unknown>>
  readonly unit?: string
}

export type ReadIngest = { readonly sample: Sample } | { readonly reason: string }

/** HealthKit gives SDNN; the others that give a nightly figure give RMSSD (clinical reference 1.1). */
const SDNN_SOURCES: ReadonlySet<string> = new Set(['healthkit', 'apple-watch', 'iphone'])
const VALUE_NAMES = ['value', 'avg', 'average', 'mean', 'total', 'sum', 'duration', 'score']

/**
 * Reads one value. A figure of a day counts for that local day: it starts at its midnight, or is of now when the day still
 * runs. Objects carry their number under `value` or a word like it, and their unit under `unit`.
 */
export function readIngest(point: IngestPoint, source: string, zone: string, now: Date): ReadIngest {
  const value = numberOf(point.value_json)
  if (value === undefined) return { reason: 'value_json holds no number' }
  const unit = point.unit ?? unitOf(point.value_json)
  const dayStart = point.date === undefined ? undefined : midnight(point.date, zone)
  if (point.start === undefined && dayStart === undefined) return { reason: 'start or date is needed' }
  const start = point.start ?? new Date(dayStart as number).toISOString()
  const reading: Reading = {
    data_type: dataTypeOf(point.metric_type, source),
    value,
    timestamp: start,
    source: 'device_sync',
    ...(unit === undefined ? {} : { unit }),
    ...(point.end === undefined ? {} : { end_timestamp: point.end }),
  }
  const read = readReading(reading, source, now)
  if ('fault' in read) return { reason: `${read.field} ${read.fault}` }
  const offset = dayStart === undefined ? undefined : zoneOffsetMinutes(new Date(dayStart), zone)
  return { sample: offset === undefined ? read.sample : { ...read.sample, zoneOffsetMinutes: offset } }
}

function dataTypeOf(name: string, source: string): string {
  if (!/^hrv(_ms)?$/i.test(name)) return name
  return SDNN_SOURCES.has(source) ? 'hrv_sdnn' : 'hrv_rmssd'
}

function numberOf(value: IngestPoint['value_json']): number | undefined {
  if (typeof value === 'number') return value
  const name = VALUE_NAMES.find((candidate) => typeof value[candidate] === 'number')
  return name === undefined ? undefined : (value[name] as number)
}

function unitOf(value: IngestPoint['value_json']): string | undefined {
  return typeof value === 'object' && typeof value.unit === 'string' ? value.unit : undefined
}

/** Midnight of a day in a zone. */
function midnight(day: string, zone: string): number {
  const guess = Date.parse(`${day}T00:00:00Z`)
  const first = guess - zoneOffsetMinutes(new Date(guess), zone) * 60_000
  const exact = guess - zoneOffsetMinutes(new Date(first), zone) * 60_000
  return Math.abs(exact - guess) > DAY_MS ? guess : exact
}
