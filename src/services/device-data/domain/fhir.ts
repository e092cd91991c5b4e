import { DAY_MS, dayText, HOUR_MS } from './days.ts'
import { marksOf } from './flags.ts'
import type { Point } from './merge.ts'
import type { DeviceMetric } from './vocabulary/types.ts'

/** A resource as plain JSON. */
export interface Resource {
  readonly resourceType: string
  readonly [name: string]: unknown
}

/** What measured: a series, and the device of its source where the person named one. */
export interface Measured {
  readonly metric: DeviceMetric
  readonly userId: string
  readonly source: string
  readonly deviceId: string | undefined
  readonly isSimulated: boolean
}

/** The sums of a local day. */
export interface DaySums {
  /** `YYYY-MM-DD`, the person's own day. */
  readonly localDay: string
  readonly n: number
  readonly minimum: number
  readonly maximum: number
  readonly total: number
  readonly lastValue: number
}

export interface DeviceFacts {
  readonly user_id: string
  readonly name: string
  readonly device_type: string
  readonly manufacturer: string | null
  readonly model: string | null
  readonly serial_number: string | null
  readonly firmware_version: string | null
  readonly is_active: boolean
}

const LOINC = 'http://loinc.org'
const UCUM = 'http://unitsofmeasure.org'
/** Names of our own metrics, beside LOINC where LOINC has a code. */
export const DEVICE_METRIC_SYSTEM = 'urn:salus:device-metric'
const CATEGORY_SYSTEM = 'http://terminology.hl7.org/CodeSystem/observation-category'
const STATISTICS_SYSTEM = 'http://terminology.hl7.org/CodeSystem/observation-statistics'
const CATEGORIES: Readonly<Record<string, string>> = { vital: 'vital-signs', activity: 'activity', daily: 'survey' }
/** Codes that HL7's vital-signs profiles want beside the one of the vocabulary (FHIR R4, observation-vitalsigns). */
const ALSO: Readonly<Record<string, readonly string[]>> = { oxygen_saturation: ['2708-6'] }
/** Marks data for tests only (HL7 v3 ActReason). */
const TEST_DATA = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }

const SECOND_MS = 1000
/** Places of an hour's data; beyond, times are rounded down to the second. */
const MOST_SLOTS = 3600

/**
 * What was measured within an hour, in order of time and at least one value. One value is a quantity of its moment. Several
 * of a sum (steps) are one quantity of their time; several others are SampledData, `E` where there is none.
 */
export function hourObservation(measured: Measured, points: readonly Point[]): Resource {
  const { metric } = measured
  const first = points[0] as Point
  const frame = frameOf(measured)
  if (points.length === 1) {
    return { ...frame, ...momentOf(first, metric), valueQuantity: boundedQuantity(first, metric) }
  }
  const effectivePeriod = { start: instant(first.startMs), end: instant(endOf(points)) }
  if (metric.kind !== 'instant' && metric.aggregation === 'sum') {
    const total = points.reduce((sum, point) => sum + point.value, 0)
    const method = { text: `Sum of ${points.length} values` }
    return { ...frame, effectivePeriod, valueQuantity: quantity(total, metric), method }
  }
  return { ...frame, effectivePeriod, ...sampled(points, metric) }
}

function frameOf({ metric, userId, source, deviceId, isSimulated }: Measured) {
  const codes = [...(metric.loinc === undefined ? [] : [metric.loinc]), ...(ALSO[metric.code] ?? [])]
  const security = isSimulated ? { security: [TEST_DATA] } : {}
  return {
    resourceType: 'Observation',
    meta: { source: `urn:salus:source:${source}`, ...security },
    status: 'final',
    category: [{ coding: [{ system: CATEGORY_SYSTEM, code: CATEGORIES[metric.group] ?? 'survey' }] }],
    code: {
      coding: [
        ...codes.map((code) => ({ system: LOINC, code })),
        { system: DEVICE_METRIC_SYSTEM, code: metric.code, display: metric.label },
      ],
      text: metric.label,
    },
    subject: { reference: `Patient/${userId}` },
    device: deviceId === undefined ? { display: source } : { reference: `Device/${deviceId}`, display: source },
  }
}

function momentOf({ startMs, durationMs }: Point, { kind }: DeviceMetric) {
  return durationMs === 0 || kind === 'instant'
    ? { effectiveDateTime: instant(startMs) }
    : { effectivePeriod: { start: instant(startMs), end: instant(startMs + durationMs) } }
}

const instant = (ms: number) => new Date(ms).toISOString()
const endOf = (points: readonly Point[]) =>
  points.reduce((end, { startMs, durationMs }) => Math.max(end, startMs + durationMs), 0)

function quantity(value: number, { unit }: DeviceMetric) {
  return { value: rounded(value), unit: unit.replace(/^\{(.*)\}$/, '$1'), system: UCUM, code: unit }
}

function boundedQuantity(point: Point, metric: DeviceMetric) {
  const bound = boundOf(point, metric)
  if (bound === undefined) return quantity(point.value, metric)
  return { ...quantity(bound.limit, metric), comparator: bound.side === 'below' ? '<' : '>' }
}

/** Where the device told only that the value is beyond a limit. Glucose is kept one beyond its limit: 39 is below 40. */
function boundOf({ flags, value }: Point, { analyte }: DeviceMetric) {
  const side = marksOf(flags).bound
  if (side === undefined) return undefined
  const step = analyte === 'glucose' && (value === 39 || value === 401) ? 1 : 0
  return { side, limit: side === 'below' ? value + step : value - step }
}

/** Twelve digits: what devices tell has fewer, and what sums of doubles add has more. */
const rounded = (value: number) => Number(value.toPrecision(12))

function sampled(points: readonly Point[], metric: DeviceMetric) {
  const { period, isExact } = periodOf(points)
  const startMs = isExact ? (points[0] as Point).startMs : slotMs((points[0] as Point).startMs)
  const slots = Math.floor(((points.at(-1) as Point).startMs - startMs) / period) + 1
  const data = new Array<string>(slots).fill('E')
  let lowerLimit: number | undefined
  let upperLimit: number | undefined
  for (const point of points) {
    const bound = boundOf(point, metric)
    if (bound?.side === 'below') lowerLimit = Math.max(lowerLimit ?? bound.limit, bound.limit)
    if (bound?.side === 'above') upperLimit = Math.min(upperLimit ?? bound.limit, bound.limit)
    const text = bound === undefined ? decimal(point.value) : bound.side === 'below' ? 'L' : 'U'
    data[Math.floor((point.startMs - startMs) / period)] = text
  }
  const { value: _value, ...unit } = quantity(0, metric)
  const limits = {
    ...(lowerLimit === undefined ? {} : { lowerLimit }),
    ...(upperLimit === undefined ? {} : { upperLimit }),
  }
  return {
    valueSampledData: { origin: { value: 0, ...unit }, period, ...limits, dimensions: 1, data: data.join(' ') },
    ...(isExact
      ? {}
      : { note: [{ text: 'Times are rounded down to the second; of several values in one, the last.' }] }),
  }
}

const slotMs = (ms: number) => Math.floor(ms / SECOND_MS) * SECOND_MS

/** The longest time that divides all distances between the values, ms; a second where that would be too many places. */
function periodOf(points: readonly Point[]): { period: number; isExact: boolean } {
  const firstMs = (points[0] as Point).startMs
  let period = 0
  for (const { startMs } of points) {
    period = divisor(startMs - firstMs, period)
    if (period === 1) break
  }
  const span = (points.at(-1) as Point).startMs - firstMs
  const isExact = period > 0 && span / period < MOST_SLOTS
  return isExact ? { period, isExact } : { period: SECOND_MS, isExact: false }
}

function divisor(left: number, right: number): number {
  let [a, b] = [left, right]
  while (b !== 0) [a, b] = [b, a % b]
  return a
}

/** A number without an exponent, as SampledData wants it. */
function decimal(value: number): string {
  const text = String(rounded(value))
  return text.includes('e') ? value.toFixed(10) : text
}

/** A local day in numbers: the sum of what adds up, the last of what is told once, else mean, minimum and maximum. */
export function daySummary(measured: Measured, { localDay, n, ...sums }: DaySums): Resource {
  const { metric } = measured
  const mean = sums.total / n
  const headline =
    metric.aggregation === 'sum' ? sums.total : metric.aggregation === 'last' ? sums.lastValue : undefined
  const part = (code: string, display: string, valueQuantity: object) => ({
    code: { coding: [{ system: STATISTICS_SYSTEM, code, display }] },
    valueQuantity,
  })
  return {
    ...frameOf(measured),
    effectiveDateTime: localDay,
    method: { text: `Summary of a day (${{ sum: 'sum', last: 'last value', mean: 'mean' }[metric.aggregation]})` },
    ...(headline === undefined ? {} : { valueQuantity: quantity(headline, metric) }),
    component: [
      part('average', 'Average', quantity(mean, metric)),
      part('minimum', 'Minimum', quantity(sums.minimum, metric)),
      part('maximum', 'Maximum', quantity(sums.maximum, metric)),
      part('count', 'Count', { value: n, unit: 'values', system: UCUM, code: '{count}' }),
    ],
  }
}

/** A device of the person. */
export function deviceResource(device: DeviceFacts): Resource {
  const { manufacturer, model, serial_number, firmware_version } = device
  return {
    resourceType: 'Device',
    status: device.is_active ? 'active' : 'inactive',
    ...(manufacturer ? { manufacturer } : {}),
    ...(serial_number ? { serialNumber: serial_number } : {}),
    deviceName: [{ name: device.name, type: 'user-friendly-name' }],
    ...(model ? { modelNumber: model } : {}),
    type: { text: device.device_type.replaceAll('_', ' ') },
    ...(firmware_version ? { version: [{ value: firmware_version }] } : {}),
    patient: { reference: `Patient/${device.user_id}` },
  }
}

/** An hour of UTC of a series. */
export interface HourName {
  readonly seriesId: number
  /** Days since 1970-01-01. */
  readonly day: number
  readonly hour: number
}

/** `ts-7-2026010208`. */
export function hourId({ seriesId, day, hour }: HourName): string {
  return `ts-${seriesId}-${dayText(day).replaceAll('-', '')}${String(hour).padStart(2, '0')}`
}

/** The hour that an id names; undefined for any other text, and for days that do not exist. */
export function readHourId(id: string): HourName | undefined {
  const match = /^ts-([1-9]\d{0,14})-(\d{4})(\d\d)(\d\d)(\d\d)$/.exec(id)
  if (match === null) return undefined
  const ms = Date.parse(`${match[2]}-${match[3]}-${match[4]}T00:00:00Z`)
  const name = { seriesId: Number(match[1]), day: ms / DAY_MS, hour: Number(match[5]) }
  return !Number.isNaN(ms) && name.hour < 24 && hourId(name) === id ? name : undefined
}

/** `day-7-20260102`, of a local day `YYYY-MM-DD`. */
export const dayId = (seriesId: number, localDay: string) => `day-${seriesId}-${localDay.replaceAll('-', '')}`

/** Series and local day that an id names; undefined for any other text, and for days that do not exist. */
export function readDayId(id: string): { seriesId: number; localDay: string } | undefined {
  const match = /^day-([1-9]\d{0,14})-(\d{4})(\d\d)(\d\d)$/.exec(id)
  if (match === null) return undefined
  const localDay = `${match[2]}-${match[3]}-${match[4]}`
  const ms = Date.parse(`${localDay}T00:00:00Z`)
  return !Number.isNaN(ms) && dayText(ms / DAY_MS) === localDay ? { seriesId: Number(match[1]), localDay } : undefined
}

/** The hour of the UTC day in which an instant lies. */
export const hourOf = (ms: number) => Math.floor((ms - Math.floor(ms / DAY_MS) * DAY_MS) / HOUR_MS)
