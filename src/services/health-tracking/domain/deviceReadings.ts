import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition, unitOfMetric } from '../../../shared/metrics.ts'
import { convert } from '../../../shared/units.ts'
import { type DayPoint, isSummed, tidy } from './days.ts'

/** What devices measure and is shown here, by the name it has there. */
const BY_DEVICE_NAME = {
  heart_rate: 'heart_rate',
  resting_heart_rate: 'resting_heart_rate',
  hrv_sdnn: 'hrv_sdnn',
  blood_pressure_systolic: 'blood_pressure_systolic',
  blood_pressure_diastolic: 'blood_pressure_diastolic',
  body_temperature: 'temperature',
  respiratory_rate: 'respiratory_rate',
  oxygen_saturation: 'oxygen_saturation',
  peak_flow: 'peak_flow',
  blood_glucose: 'blood_glucose',
  // The rules and levels of glucose at any time of the day are those of a meter, not of a laboratory.
  continuous_glucose: 'blood_glucose',
  body_weight: 'weight',
  height: 'height',
  body_mass_index: 'bmi',
  body_fat_percentage: 'body_fat',
  muscle_mass: 'muscle_mass',
  waist_circumference: 'waist_circumference',
  steps_count: 'steps',
  distance_walked: 'distance',
  calories_burned: 'calories_burned',
  active_minutes: 'active_minutes',
  sleep_duration: 'sleep_duration',
  deep_sleep: 'sleep_deep',
  rem_sleep: 'sleep_rem',
  light_sleep: 'sleep_light',
  sleep_quality: 'sleep_quality',
  hba1c: 'hemoglobin_a1c',
  cholesterol_total: 'cholesterol_total',
  cholesterol_hdl: 'cholesterol_hdl',
  cholesterol_ldl: 'cholesterol_ldl',
  triglycerides: 'triglycerides',
} as const satisfies Readonly<Record<string, MetricType>>

const TYPES: ReadonlyMap<string, MetricType> = new Map(Object.entries(BY_DEVICE_NAME))
const NAMES: ReadonlyMap<MetricType, readonly string[]> = new Map(
  [...Map.groupBy(TYPES, ([, type]) => type)].map(([type, all]) => [type, all.map(([name]) => name)]),
)

/** The metric here that a device's one is; undefined where there is none. */
export function typeOfDevice(name: string): MetricType | undefined {
  return TYPES.get(name)
}

/** The names that these metrics have at `device-data`; those that no device measures are left out. */
export function deviceNames(types: readonly MetricType[]): string[] {
  return types.flatMap((type) => NAMES.get(type) ?? [])
}

/** A device's value in the canonical unit of the metric. Throws where the units are of different kinds. */
export function canonicalOf(metricType: MetricType, value: number, unit: string): number {
  const { canonicalUnit, analyte } = metricDefinition(metricType)
  return unit === canonicalUnit ? value : convert(value, unit, canonicalUnit, analyte === undefined ? {} : { analyte })
}

/** The days of two kinds of device for one metric: both count by the number of values behind them. */
export function joinDeviceDays(
  metricType: MetricType,
  left: readonly DeviceDay[],
  right: readonly DeviceDay[],
): readonly DeviceDay[] {
  const days = new Map([...left, ...right].map((day) => [day.day, day]))
  for (const one of left) {
    const other = right.find((day) => day.day === one.day)
    if (other === undefined) continue
    const later = other.lastAt > one.lastAt ? other : one
    days.set(one.day, {
      ...later,
      ...joined(metricType, one, other),
      minimum: Math.min(one.minimum, other.minimum),
      maximum: Math.max(one.maximum, other.maximum),
      mean: (one.mean * one.n + other.mean * other.n) / (one.n + other.n),
    })
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
}

/** A canonical value as it is shown where nobody chose a unit: in the UCUM code of the metric's usual one. */
export function shownOf(metricType: MetricType, canonical: number): { readonly value: number; readonly unit: string } {
  const definition = metricDefinition(metricType)
  const { canonicalUnit, defaultUnit, analyte } = definition
  const unit = unitOfMetric(definition, defaultUnit) ?? canonicalUnit
  const options = analyte === undefined ? {} : { analyte }
  return { value: unit === canonicalUnit ? canonical : tidy(convert(canonical, canonicalUnit, unit, options)), unit }
}

/** A local day of a metric as devices measured it, in the canonical unit. */
export interface DeviceDay extends DayPoint {
  /** Of the single values. */
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
  readonly lastValue: number
  readonly lastAt: Date
  readonly source: string
}

/**
 * Days that a person measured with those of devices. Of what adds up the larger stands, as of any two sources that counted
 * one day; otherwise both count by the number of values behind them.
 */
export function joinDays(
  metricType: MetricType,
  measured: readonly DayPoint[],
  device: readonly DayPoint[],
): readonly DayPoint[] {
  if (device.length === 0) return measured
  const days = new Map(measured.map((point) => [point.day, point]))
  for (const point of device) {
    const own = days.get(point.day)
    days.set(point.day, own === undefined ? point : joined(metricType, own, point))
  }
  return [...days.values()].sort((left, right) => (left.day < right.day ? -1 : 1))
}

function joined(metricType: MetricType, left: DayPoint, right: DayPoint): DayPoint {
  const n = left.n + right.n
  const value = isSummed(metricType)
    ? Math.max(left.value, right.value)
    : (left.value * left.n + right.value * right.n) / n
  return { day: left.day, value, n }
}

/** A reading of a device, as it is held against the rules and shown with the alert that it raised. */
export interface DeviceReading {
  /** The data point at `device-data`. */
  readonly id: string
  readonly metricType: MetricType
  readonly value: number
  readonly unit: string
  readonly at: string
  readonly source: string
  /** Its name at `device-data`. */
  readonly deviceType?: string
}

const SENSOR = 'continuous_glucose'
const SENSOR_LABEL = 'Blood glucose (sensor)'

/** What a value is called: glucose is one metric here, and whether a sensor or a meter measured it is said by its name. */
export function labelOf(metricType: MetricType, deviceType: string | null | undefined): string {
  return deviceType === SENSOR ? SENSOR_LABEL : metricDefinition(metricType).label
}

/** Older readings raise nothing here: an import of years is no stream of alerts. */
const OLDEST_MS = 48 * 3_600_000

/** The readings of an announcement that are watched here and of the last 48 hours; whatever else stands there is left out. */
export function readingsIn(metadata: Readonly<Record<string, unknown>>, now: Date): DeviceReading[] {
  const list: unknown[] = Array.isArray(metadata.newest) ? metadata.newest : []
  return list.flatMap((one) => readingIn((one ?? {}) as Record<string, unknown>, now) ?? [])
}

/** One reading as `device-data` tells it; undefined where it is none that is watched here. */
export function readingIn(told: Readonly<Record<string, unknown>>, now: Date): DeviceReading | undefined {
  const { data_point_id: id, data_type, value, unit, at, source_name } = told
  const metricType = typeOfDevice(String(data_type))
  if (metricType === undefined || typeof id !== 'string') return undefined
  if (typeof value !== 'number' || typeof unit !== 'string') return undefined
  const ms = Date.parse(String(at))
  if (!(ms > now.getTime() - OLDEST_MS)) return undefined
  const source = typeof source_name === 'string' ? source_name : 'device'
  const deviceType = String(data_type)
  return { id, metricType, deviceType, value, unit, at: new Date(ms).toISOString(), source }
}
