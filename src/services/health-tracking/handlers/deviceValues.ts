import type { OutputOf } from '../../../kernel/contract.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import { openRecords } from '../../../kernel/openRecords.ts'
import type { Context } from '../../../kernel/service.ts'
import { addDays, localDay } from '../../../shared/dates.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { deviceData } from '../../device-data/contract.ts'
import {
  canonicalOf,
  type DeviceDay,
  deviceNames,
  joinDays,
  joinDeviceDays,
  shownOf,
  typeOfDevice,
} from '../domain/deviceReadings.ts'
import { isRecordAmong } from '../store/board.ts'
import type { MeasurementRow } from '../store/measurements.ts'
import type { DaysByMetric } from '../store/series.ts'
import { AWAY } from './facts.ts'

/** The newest value of a metric, whoever measured it. */
export type Newest = Pick<
  MeasurementRow,
  'id' | 'metric_type' | 'value' | 'unit' | 'canonical_value' | 'at' | 'source' | 'details' | 'metadata'
> & {
  /** The name at `device-data` of what a device measured. */
  readonly device_type?: string
}

/** What devices measured, in canonical units. */
export interface DeviceValues {
  readonly newest: ReadonlyMap<MetricType, Newest>
  readonly days: ReadonlyMap<MetricType, readonly DeviceDay[]>
  /** The same apart by the name at `device-data`. */
  readonly courses: readonly { readonly device_type: string; readonly days: readonly DeviceDay[] }[]
  /** Why there is nothing: the viewer may not see devices, or `device-data` is away. */
  readonly lack: 'closed' | 'away' | undefined
}

const NOTHING: DeviceValues = { newest: new Map(), days: new Map(), courses: [], lack: undefined }
/** As far as `device-data` answers. */
const LONGEST_DAYS = 800

/**
 * What devices measured of these metrics on the local days from `firstDay` to today: one call. It stays where it is kept; here
 * it is only shown beside what was entered. Leave to see vital signs is none to see devices, which are shared apart.
 */
export async function deviceValues(
  context: Context,
  types: readonly MetricType[],
  firstDay: string,
  zone: string,
): Promise<DeviceValues> {
  const data_types = deviceNames(types)
  if (data_types.length === 0) return NOTHING
  if (!(await seesDevices(context))) return { ...NOTHING, lack: 'closed' }
  const until = localDay(context.now(), zone)
  const earliest = earliestDay(context.now(), zone)
  const from = firstDay < earliest ? earliest : firstDay
  try {
    const { items } = await context.call(deviceData.operations.daily, { data_types, from, until })
    const courses = items.flatMap((item) => courseIn(item) ?? [])
    const newest = new Map<MetricType, Newest>()
    const days = new Map<MetricType, readonly DeviceDay[]>()
    for (const course of courses) {
      const known = newest.get(course.type)
      if (course.newest !== undefined && !(known !== undefined && known.at >= course.newest.at))
        newest.set(course.type, course.newest)
      const before = days.get(course.type)
      days.set(course.type, before === undefined ? course.days : joinDeviceDays(course.type, before, course.days))
    }
    return { newest, days, courses, lack: undefined }
  } catch (error) {
    if (error instanceof PlatformError && AWAY.has(error.code)) return { ...NOTHING, lack: 'away' }
    throw error
  }
}

/** The first local day of which `device-data` can be asked. */
export function earliestDay(now: Date, zone: string): string {
  return addDays(localDay(now, zone), -LONGEST_DAYS)
}

/** The days of all that was measured in a period, by hand and by devices. */
export function withDevices(
  measured: DaysByMetric,
  { days }: DeviceValues,
  { firstDay }: { readonly firstDay: string },
): DaysByMetric {
  const byMetric = new Map(measured)
  for (const [type, points] of days) {
    const within = points.filter((point) => point.day >= firstDay)
    const joined = joinDays(type, measured.get(type) ?? [], within)
    if (joined.length > 0) byMetric.set(type, joined)
  }
  return byMetric
}

async function seesDevices(context: Context): Promise<boolean> {
  const { principal } = context.caller
  if (principal === undefined || principal.accountId === context.personId) return true
  const { db } = context.system('whether the viewer may see the devices of this person as well')
  return isRecordAmong(db, openRecords(context, 'devices'), context.personId)
}

type Item = OutputOf<typeof deviceData.operations.daily>['items'][number]

function courseIn({ data_type, unit, latest, days }: Item) {
  const type = typeOfDevice(data_type)
  if (type === undefined) return undefined
  return {
    type,
    device_type: data_type,
    newest: latest === null ? undefined : newestIn(type, data_type, unit, latest),
    days: days.map((day) => ({
      day: day.day,
      value: canonicalOf(type, day.value, unit),
      minimum: canonicalOf(type, day.minimum, unit),
      maximum: canonicalOf(type, day.maximum, unit),
      mean: canonicalOf(type, day.mean, unit),
      n: day.count,
      lastValue: canonicalOf(type, day.last_value, unit),
      lastAt: new Date(day.last_at),
      source: day.source_name,
    })),
  }
}

function newestIn(
  type: MetricType,
  device_type: string,
  unit: string,
  { value, at, source_name }: NonNullable<Item['latest']>,
): Newest {
  const canonical = canonicalOf(type, value, unit)
  return {
    // A value of a device is no measurement of this service; the words tell it apart from one.
    id: `device/${source_name}/${at}`,
    metric_type: type,
    device_type,
    ...shownOf(type, canonical),
    canonical_value: canonical,
    at: new Date(at),
    source: source_name,
    details: null,
    metadata: null,
  }
}
