import type { RefusalReason, Sample } from './sample.ts'
import type { DeviceMetric } from './vocabulary/types.ts'
import { isPlausible, metricOf } from './vocabulary.ts'

/** 1900-01-01, the earliest instant of anything measured. */
const EARLIEST_MS = -2_208_988_800_000
/** Clocks of devices run ahead a little. */
const FUTURE_TOLERANCE_MS = 5 * 60_000
/** Longer than any interval a device measures: a week. */
export const LONGEST_MS = 7 * 86_400_000
const LARGEST_OFFSET_MINUTES = 14 * 60
const SOURCE = /^[a-z0-9][a-z0-9._-]{0,59}$/

/**
 * Why a sample is not taken; undefined when it is. Nothing is clamped or guessed: units and ranges are those of the
 * vocabulary, and a value outside its range is refused.
 */
export function refusalOf(sample: Sample, nowMs: number): RefusalReason | undefined {
  const metric = metricOf(sample.metric)
  if (metric === undefined) return 'unknown-metric'
  if (sample.unit !== metric.unit) return 'wrong-unit'
  if (!SOURCE.test(sample.source)) return 'bad-source'
  return timeFault(sample, nowMs) ?? valueFault(metric, sample.value)
}

/** Whether a metric is a part of sleep, which counts for the day of waking. */
export function isSleepMetric(metric: DeviceMetric): boolean {
  return metric.code.startsWith('sleep_') || metric.code.endsWith('_sleep')
}

function valueFault(metric: DeviceMetric, value: number): RefusalReason | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'not-a-number'
  return isPlausible(metric, value) ? undefined : 'outside-plausible-range'
}

function timeFault(
  { startMs, endMs = startMs, zoneOffsetMinutes = 0 }: Sample,
  nowMs: number,
): RefusalReason | undefined {
  if (!Number.isSafeInteger(startMs) || !Number.isSafeInteger(endMs)) return 'bad-time'
  if (startMs < EARLIEST_MS || endMs < startMs) return 'bad-time'
  if (endMs > nowMs + FUTURE_TOLERANCE_MS) return 'in-the-future'
  if (endMs - startMs > LONGEST_MS) return 'too-long'
  const isOffset = Number.isInteger(zoneOffsetMinutes) && Math.abs(zoneOffsetMinutes) <= LARGEST_OFFSET_MINUTES
  return isOffset ? undefined : 'bad-offset'
}
