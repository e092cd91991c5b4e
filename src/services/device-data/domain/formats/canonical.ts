import type { Sample } from '../sample.ts'
import type { DeviceMetric } from '../vocabulary/types.ts'
import { canonicalValue, metricNamed } from '../vocabulary.ts'
import type { Reading, SkipReason } from './reading.ts'

/** What a reading became: a sample, or why it is none. */
export type Canonical = { readonly sample: Sample } | { readonly reason: SkipReason; readonly what: string }

interface Route {
  readonly metric: DeviceMetric
  /** Whether values are in the canonical unit already. */
  readonly isSame: boolean
}

const MOST_ROUTES = 5000

/** Turns readings into samples of the vocabulary. Each pair of name and unit is looked up once. */
export class Canonicaliser {
  private readonly routes = new Map<string, Route | { readonly reason: SkipReason }>()

  /** The sample of a reading in canonical words and units, or the reason why there is none. */
  sampleOf(reading: Reading): Canonical {
    const route = this.routeOf(reading)
    if ('reason' in route) return { reason: route.reason, what: reading.metric }
    const { metric, isSame } = route
    if (!Number.isFinite(reading.value)) return { reason: 'not-a-number', what: metric.code }
    const converted = isSame ? reading : canonicalValue(metric, reading.value, reading.unit)
    if ('fault' in converted) return { reason: 'unknown-unit', what: metric.code }
    const { startMs, endMs, source, zoneOffsetMinutes, bound, quality } = reading
    const sample: Sample = {
      metric: metric.code,
      startMs,
      value: converted.value,
      unit: metric.unit,
      source,
      entry: 'api_import',
      ...(endMs === undefined || endMs === startMs ? {} : { endMs }),
      ...(zoneOffsetMinutes === undefined ? {} : { zoneOffsetMinutes }),
      ...(bound === undefined ? {} : { bound }),
      ...(quality === undefined ? {} : { quality }),
    }
    return { sample }
  }

  private routeOf({ metric: name, unit }: Reading): Route | { readonly reason: SkipReason } {
    const key = `${name}\n${unit}`
    const known = this.routes.get(key)
    if (known !== undefined) return known
    const route = findRoute(name, unit)
    if (this.routes.size < MOST_ROUTES) this.routes.set(key, route)
    return route
  }
}

function findRoute(name: string, unit: string): Route | { readonly reason: SkipReason } {
  const metric = metricNamed(name)
  if (metric === undefined) return { reason: 'unknown-type' }
  if (metric.kind === 'text') return { reason: 'told-in-words' }
  if (unit === '') return { metric, isSame: true }
  const probes = [1, 7].map((value) => canonicalValue(metric, value, unit))
  if (probes.some((probe) => 'fault' in probe)) return { reason: 'unknown-unit' }
  const isSame = probes.every((probe, index) => 'value' in probe && probe.value === [1, 7][index])
  return { metric, isSame }
}
