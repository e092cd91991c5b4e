import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'

/** A reading as `device-data` announces it. */
export interface DeviceReading {
  readonly metricType: MetricType
  readonly value: number
  readonly unit: string
  readonly at: string
  readonly source: string
}

/** What devices measure and is watched here, by the name it has there. */
const WATCHED: Readonly<Record<string, MetricType>> = {
  heart_rate: 'heart_rate',
  resting_heart_rate: 'resting_heart_rate',
  blood_pressure_systolic: 'blood_pressure_systolic',
  blood_pressure_diastolic: 'blood_pressure_diastolic',
  body_temperature: 'temperature',
  respiratory_rate: 'respiratory_rate',
  oxygen_saturation: 'oxygen_saturation',
  body_weight: 'weight',
  blood_glucose: 'blood_glucose',
  continuous_glucose: 'glucose',
}
/** Older readings raise nothing here: an import of years is no stream of alerts. */
const OLDEST_MS = 48 * 3_600_000

/** The readings of an announcement that are watched here and of the last 48 hours; whatever else stands there is left out. */
export function readingsIn(metadata: Readonly<Record<string, unknown>>, now: Date): DeviceReading[] {
  const list: unknown[] = Array.isArray(metadata.newest) ? metadata.newest : []
  return list.flatMap((one) => {
    const { data_type, value, unit, at, source_name } = (one ?? {}) as Record<string, unknown>
    const metricType = Object.hasOwn(WATCHED, String(data_type)) ? WATCHED[String(data_type)] : undefined
    if (metricType === undefined || typeof value !== 'number' || typeof unit !== 'string') return []
    const ms = Date.parse(String(at))
    if (!(ms > now.getTime() - OLDEST_MS)) return []
    const source = typeof source_name === 'string' ? source_name.slice(0, 50) : 'device'
    return [{ metricType, value, unit, at: new Date(ms).toISOString(), source }]
  })
}
