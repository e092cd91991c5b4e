import type { Transaction } from '../../../kernel/database.ts'
import { fieldError } from '../../../kernel/errors.ts'
import { decodeCursor, encodeCursor } from '../../../kernel/fields.ts'
import {
  fhirChange,
  MOST_CHANGES,
  type ProjectedResource,
  type Projection,
  projected,
} from '../../../kernel/projection.ts'
import type { Context, Handlers, JobDefinition } from '../../../kernel/service.ts'
import { daysProjection, devicesProjection, hoursProjection } from '../contract/projection.ts'
import { deviceData } from '../contract.ts'
import { dayText } from '../domain/days.ts'
import {
  dayId,
  daySummary,
  deviceResource,
  type HourName,
  hourId,
  hourObservation,
  hourOf,
  type Measured,
  readDayId,
  readHourId,
} from '../domain/fhir.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { metricOf } from '../domain/vocabulary.ts'
import { dayKey, type SeriesDay } from '../store/chunks.ts'
import {
  daysBehind,
  daysNamed,
  daysOfSource,
  devicesBehind,
  devicesNamed,
  isAnyWaiting,
  localDaysBehind,
  type ProjectedDay,
  pointsOfDays,
  seriesOf,
  statesOfDays,
  takeWaiting,
} from '../store/projection.ts'

type ProjectionHandlers = Pick<
  Handlers<typeof deviceData>,
  'hoursFhirResources' | 'daysFhirResources' | 'devicesFhirResources'
>

const PAGE = 200
const HOURS_A_DAY = 24
const BEGINNING = '0001-01-01'

/** Samples, their days and devices as FHIR resources, for services that show them so. */
export const fhirHandlers: ProjectionHandlers = {
  async hoursFhirResources(context, { ids, cursor, limit = PAGE }) {
    if (ids !== undefined) {
      const names = ids.flatMap((id) => readHourId(id) ?? [])
      return { items: await hourResources(context, distinctDays(names), new Set(names.map(hourId))), next_cursor: null }
    }
    const [series = '0', day = '-100000'] = positionOf(cursor) ?? []
    const count = Math.max(1, Math.floor(limit / HOURS_A_DAY))
    const days = await daysBehind(context.db, context.personId, [Number(series), Number(day)], count)
    const last = days.length < count ? undefined : days.at(-1)
    return {
      items: await hourResources(context, days),
      next_cursor: last === undefined ? null : encodeCursor([String(last.seriesId), String(last.day)]),
    }
  },

  async daysFhirResources(context, { ids, cursor, limit = PAGE }) {
    const { db, personId } = context
    if (ids !== undefined) {
      const days = await daysNamed(
        db,
        personId,
        ids.flatMap((id) => readDayId(id) ?? []),
      )
      return { items: await dayResources(context, days), next_cursor: null }
    }
    const [series = '0', day = BEGINNING] = positionOf(cursor) ?? []
    const days = await localDaysBehind(db, personId, [Number(series), day], limit)
    const last = days.length < limit ? undefined : days.at(-1)
    return {
      items: await dayResources(context, days),
      next_cursor: last === undefined ? null : encodeCursor([String(last.series_id), last.local_day]),
    }
  },

  async devicesFhirResources(context, { ids, cursor, limit = PAGE }) {
    const { db, personId } = context
    const [at = BEGINNING, id = '00000000-0000-0000-0000-000000000000'] = positionOf(cursor) ?? []
    const rows =
      ids === undefined ? await devicesBehind(db, personId, [at, id], limit) : await devicesNamed(db, personId, ids)
    const last = ids === undefined && rows.length === limit ? rows.at(-1) : undefined
    return {
      items: rows.map(({ updated_at, ...row }) => projected({ ...row, updatedAt: updated_at }, deviceResource(row))),
      next_cursor: last === undefined ? null : encodeCursor([last.created_at.toISOString(), last.id]),
    }
  },
}

function positionOf(cursor: string | undefined): [string, string] | undefined {
  if (cursor === undefined) return undefined
  const position = decodeCursor(cursor, 2)
  if (position === undefined) throw fieldError('cursor', 'is not a cursor of this list')
  return position as [string, string]
}

function distinctDays(names: readonly HourName[]): SeriesDay[] {
  return [...new Map(names.map(({ seriesId, day }) => [dayKey({ seriesId, day }), { seriesId, day }])).values()]
}

/** What the series of these ids measured; what is told in words is not shown as numbers. */
async function measuredOf({ db, personId }: Context, ids: readonly number[]): Promise<Map<number, Measured>> {
  const rows = await seriesOf(db, personId, [...new Set(ids)])
  return new Map(
    rows.flatMap(({ id, metric: code, source, is_simulated: isSimulated, device_id }) => {
      const metric: DeviceMetric | undefined = metricOf(code)
      if (metric === undefined || metric.kind === 'text') return []
      return [[id, { metric, userId: personId, source, deviceId: device_id ?? undefined, isSimulated }] as const]
    }),
  )
}

/** The hours of days; only those wanted, where that is said. */
async function hourResources(
  context: Context,
  days: readonly SeriesDay[],
  wanted?: ReadonlySet<string>,
): Promise<ProjectedResource[]> {
  if (days.length === 0) return []
  const measured = await measuredOf(
    context,
    days.map((one) => one.seriesId),
  )
  const own = days.filter((one) => measured.has(one.seriesId))
  const states = await statesOfDays(context.db, own)
  const items: ProjectedResource[] = []
  for await (const { seriesId, day, points } of pointsOfDays(context.db, own)) {
    const state = states.get(dayKey({ seriesId, day }))
    if (state === undefined) continue
    for (const [hour, some] of Map.groupBy(points, (point) => hourOf(point.startMs))) {
      const id = hourId({ seriesId, day, hour })
      if (wanted !== undefined && !wanted.has(id)) continue
      const { version, updated_at: updatedAt } = state
      items.push(projected({ id, version, updatedAt }, hourObservation(measured.get(seriesId) as Measured, some)))
    }
  }
  return items
}

async function dayResources(context: Context, days: readonly ProjectedDay[]): Promise<ProjectedResource[]> {
  const measured = await measuredOf(
    context,
    days.map((one) => one.series_id),
  )
  return days.flatMap(({ series_id, local_day: localDay, last_value: lastValue, version, updated_at, ...sums }) => {
    const series = measured.get(series_id)
    if (series === undefined) return []
    const state = { id: dayId(series_id, localDay), version, updatedAt: updated_at }
    return [projected(state, daySummary(series, { ...sums, localDay, lastValue }))]
  })
}

/** Days whose hours one announcement can name. */
const DAYS_AT_ONCE = Math.floor(MOST_CHANGES / HOURS_A_DAY)
/** Sources of more days than this are not announced by name. */
const MOST_NAMED_DAYS = 10 * DAYS_AT_ONCE
const ALL_HOURS = 2 ** HOURS_A_DAY - 1
const AGAIN_MS = 1000

/** Tells which hours and days changed since it was last told: one announcement for all changes until then. */
export const announceHours: JobDefinition = {
  name: 'announce-hours',
  summary: 'Announces which hours of samples changed, to services that show them',
  async run(context) {
    const { personId } = context
    for (;;) {
      const taken = await context.transact(async (transaction) => {
        const days = await takeWaiting(transaction, personId, DAYS_AT_ONCE)
        await publishDays(transaction, personId, days)
        return days.length
      })
      if (taken < DAYS_AT_ONCE) break
    }
    // What somebody was changing at this moment was left out.
    if (!(await isAnyWaiting(context.db, personId))) return
    const runAt = new Date(context.now().getTime() + AGAIN_MS)
    await context.transact((transaction) => transaction.enqueue('announce-hours', {}, { runAt }))
  },
}

/** Announces that all of a source goes; to be called in the transaction that removes it, before it does. */
export async function announceSource(transaction: Transaction, personId: string, source: string): Promise<void> {
  const days = await daysOfSource(transaction, personId, source, MOST_NAMED_DAYS + 1)
  if (days.length > MOST_NAMED_DAYS) {
    await publish(transaction, personId, hoursProjection, [])
    await publish(transaction, personId, daysProjection, [])
    return
  }
  for (let from = 0; from < days.length; from += DAYS_AT_ONCE) {
    const some = days.slice(from, from + DAYS_AT_ONCE).map((one) => ({ ...one, hours: ALL_HOURS }))
    await publishDays(transaction, personId, some)
  }
}

async function publishDays(
  transaction: Transaction,
  personId: string,
  days: readonly (SeriesDay & { readonly hours: number })[],
): Promise<void> {
  if (days.length === 0) return
  const hours = days.flatMap(({ seriesId, day, hours }) =>
    Array.from({ length: HOURS_A_DAY }, (_one, hour) => hour)
      .filter((hour) => (hours & (1 << hour)) !== 0)
      .map((hour) => hourId({ seriesId, day, hour })),
  )
  // Where people live decides to which of three local days the samples of a UTC day belong.
  const local = days.flatMap(({ seriesId, day }) => [-1, 0, 1].map((shift) => dayId(seriesId, dayText(day + shift))))
  if (hours.length > 0) await publish(transaction, personId, hoursProjection, hours)
  await publish(transaction, personId, daysProjection, [...new Set(local)])
}

function publish(
  transaction: Transaction,
  personId: string,
  of: Projection<string>,
  ids: readonly string[],
): Promise<void> {
  const names = ids.map((id) => ({ type: 'Observation', id }))
  return transaction.publish(deviceData.events.fhirChanged, fhirChange(personId, of, names))
}

/** Announces that a device was added, changed or removed. */
export function announceDevice(transaction: Transaction, personId: string, id: string): Promise<void> {
  const change = fhirChange(personId, devicesProjection, [{ type: 'Device', id }])
  return transaction.publish(deviceData.events.fhirChanged, change)
}
