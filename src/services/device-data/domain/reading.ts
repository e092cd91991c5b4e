import { checkInstant, parseInstant } from '../../../shared/dates.ts'
import type { Entry, Quality } from '../contract/shapes.ts'
import type { Sample } from './sample.ts'
import type { DeviceMetric } from './vocabulary/types.ts'
import { canonicalValue, isPlausible, metricNamed } from './vocabulary.ts'

/** A value as a client sends it. */
export interface Reading {
  readonly data_type: string
  readonly value: number | string
  readonly unit?: string
  readonly timestamp?: string
  readonly end_timestamp?: string
  readonly source?: Entry
  readonly quality?: Quality
}

/** What a client sent as a sample, with the words where it is told in words; or which field is wrong, and why. */
export type ReadReading =
  | { readonly sample: Sample; readonly metric: DeviceMetric; readonly text?: string }
  | { readonly field: string; readonly fault: string; readonly allowed?: readonly string[] }

/**
 * Reads a client's value into the canonical unit. Refuses unknown types, units that don't fit, words where a number is
 * asked, numbers outside the plausible range, and times that don't exist or lie ahead.
 */
export function readReading(reading: Reading, source: string, now: Date): ReadReading {
  const metric = metricNamed(reading.data_type)
  if (metric === undefined) return { field: 'data_type', fault: 'is not known; see /api/v1/device-data/vocabulary' }
  const time = readTimes(reading, now)
  if ('fault' in time) return time
  const common = {
    metric: metric.code,
    unit: metric.unit,
    source,
    ...time,
    entry: reading.source ?? 'manual_entry',
  } as const
  const quality = reading.quality === undefined ? {} : { quality: reading.quality }
  if (metric.kind === 'text') {
    if (typeof reading.value !== 'string') return { field: 'value', fault: 'must be words for this type' }
    return { metric, text: reading.value, sample: { ...common, ...quality, value: 1 } }
  }
  if (typeof reading.value !== 'number') return { field: 'value', fault: 'must be a number for this type' }
  const canonical = canonicalValue(metric, reading.value, reading.unit)
  if ('fault' in canonical) return { field: 'unit', fault: `does not fit ${metric.code}`, allowed: [metric.unit] }
  if (!isPlausible(metric, canonical.value)) {
    return { field: 'value', fault: `must be from ${metric.low} to ${metric.high} ${metric.unit}` }
  }
  return { metric, sample: { ...common, ...quality, value: canonical.value } }
}

function readTimes(
  reading: Reading,
  now: Date,
): { readonly startMs: number; readonly endMs?: number } | { readonly field: string; readonly fault: string } {
  const start =
    reading.timestamp === undefined ? now : parseInstant(reading.timestamp, { naive: 'utc', dateOnly: true })
  const end =
    reading.end_timestamp === undefined
      ? undefined
      : parseInstant(reading.end_timestamp, { naive: 'utc', dateOnly: true })
  if (start === undefined) return { field: 'timestamp', fault: 'is not a date and time that exists' }
  if (reading.end_timestamp !== undefined && end === undefined) {
    return { field: 'end_timestamp', fault: 'is not a date and time that exists' }
  }
  const verdict = checkInstant(end ?? start, now)
  if (verdict !== 'ok') {
    const field = end === undefined ? 'timestamp' : 'end_timestamp'
    return { field, fault: verdict === 'too-early' ? 'lies before the year 1900' : 'lies in the future' }
  }
  if (end !== undefined && end < start) return { field: 'end_timestamp', fault: 'lies before the start' }
  return { startMs: start.getTime(), ...(end === undefined ? {} : { endMs: end.getTime() }) }
}

/** Minutes that the clock of the text was ahead of UTC; undefined where it tells no zone. */
export function offsetOf(timestamp: string | undefined): number | undefined {
  const match = /([+-])(\d{2}):?(\d{2})$/.exec(timestamp?.slice(10) ?? '')
  if (match === null) return undefined
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]))
}
