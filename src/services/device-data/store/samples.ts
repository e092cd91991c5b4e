import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import type { Columns } from '../domain/chunk.ts'
import { daysOf, pickColumns, type SeriesColumns } from '../domain/columns.ts'
import { DAY_MS, HOUR_MS, offsetsIn, utcDay } from '../domain/days.ts'
import { isSleepMetric } from '../domain/intake.ts'
import { seriesColumnsOf } from '../domain/intakeColumns.ts'
import { columnsOf, type MergeMode, mergePoints, pointsOf } from '../domain/merge.ts'
import type { Sample, StoreResult } from '../domain/sample.ts'
import { type Sealed, type Sealer, type SealWork, sealDay } from '../domain/sealing.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { metricOf } from '../domain/vocabulary.ts'
import { askSealed, dayKey, pointOfRow, type SampleRow, type SeriesDay, takeDays, writeChunks } from './chunks.ts'
import { noteHours } from './projection.ts'
import { type RowPoint, writeRows } from './rows.ts'
import { holdSeries } from './series.ts'

/** Whose samples they are, and how they meet those that are there. */
export interface Intake {
  readonly personId: string
  readonly now: Date
  /** The person's IANA zone, for samples that don't tell their own offset; `UTC` where unknown. */
  readonly zone: string
  readonly importId?: string
  readonly mode?: MergeMode
  /** Made by the demo: every answer about them says so. */
  readonly isSimulated?: boolean
  /** Seals many days at once; here and in turns where none is given. */
  readonly seal?: Sealer
}

/** UTC days from this many before today on are kept as rows. */
const ROW_DAYS = 2
/** Fewer samples of a day are not worth a chunk. */
export const SEAL_MINIMUM = 24
const LARGEST_BATCH = 500_000
/** Chunks opened at once: bounds the memory of a batch that touches many days. */
const DAYS_AT_ONCE = 64

/** The first UTC day (since 1970-01-01) whose samples are kept as rows at this time. */
export function firstRowDay(now: Date): number {
  return utcDay(now.getTime()) - ROW_DAYS
}

/** Samples of one series and UTC day; times count from the start of the day. */
interface Group extends SeriesDay {
  readonly isSleep: boolean
  readonly columns: Columns
}

/** What became of the samples of one series. */
export interface SeriesCount {
  readonly metric: string
  readonly source: string
  readonly taken: number
  readonly duplicates: number
}

/**
 * Stores samples of one person as a set: new ones are added, known ones skipped or bettered (`Intake.mode`), wrong ones
 * refused one by one. Samples of days gone by go into compressed chunks, young and sparse ones become rows with rollups.
 * Throws RangeError for more than 500,000 at once.
 */
export async function storeSamples(
  transaction: Transaction,
  intake: Intake,
  samples: readonly Sample[],
): Promise<StoreResult> {
  const { series, refused } = seriesColumnsOf(samples, intake.now.getTime())
  const counts = await storeColumns(transaction, intake, series)
  const total = (key: 'taken' | 'duplicates') => counts.reduce((sum, one) => sum + one[key], 0)
  return { taken: total('taken'), duplicates: total('duplicates'), refused }
}

/** The same for columns whose samples were judged before (`seriesColumnsOf`), with what became of each series. */
export async function storeColumns(
  transaction: Transaction,
  intake: Intake,
  series: readonly SeriesColumns[],
): Promise<SeriesCount[]> {
  const given = series.filter(({ columns }) => columns.startMs.length > 0)
  if (given.length === 0) return []
  const count = given.reduce((sum, { columns }) => sum + columns.startMs.length, 0)
  if (count > LARGEST_BATCH) throw new RangeError(`At most ${LARGEST_BATCH} samples at once`)
  const ids = await idsOf(transaction, intake, given)
  const mode = intake.mode ?? 'merge'
  const all = given.flatMap((one) => groupsOf(one, ids.get(keyOf(one)) as number, intake.zone, mode))
  const { groups, sealed } = await known(transaction, all, firstRowDay(intake.now))
  const isChunked = (group: Group) =>
    group.day < firstRowDay(intake.now) && (group.columns.startMs.length >= SEAL_MINIMUM || sealed.has(dayKey(group)))
  const rows = groups.filter((group) => !isChunked(group))
  const taken =
    rows.length === 0 ? new Map<number, number>() : await writeRows(transaction, intake.personId, rowPoints(rows), mode)
  // Whoever seals may take the columns over.
  const [last, days] = [lastOf(groups), groups.map(touched)]
  await mergeChunks(transaction, intake, groups.filter(isChunked), taken)
  if (last.length > 0) await noteLast(transaction, last)
  if ([...taken.values()].some((number) => number > 0)) await noteHours(transaction, intake.personId, days, intake.now)
  return given.map((one) => {
    const changed = taken.get(ids.get(keyOf(one)) as number) ?? 0
    return { metric: one.metric, source: one.source, taken: changed, duplicates: one.columns.startMs.length - changed }
  })
}

const keyOf = ({ metric, source }: { readonly metric: string; readonly source: string }) => `${metric} ${source}`

async function idsOf(
  transaction: Transaction,
  { personId, now, importId, isSimulated }: Intake,
  series: readonly SeriesColumns[],
): Promise<Map<string, number>> {
  const keys = series.map(({ metric, source }) => ({ metric, source, unit: (metricOf(metric) as DeviceMetric).unit }))
  const rows = await holdSeries(transaction, personId, keys, { now, importId, isSimulated })
  return new Map(rows.map((row) => [keyOf(row), row.id]))
}

function groupsOf({ metric, columns }: SeriesColumns, seriesId: number, zone: string, mode: MergeMode): Group[] {
  const { startMs, offsets } = columns
  const offsetAt = offsetsIn(zone)
  for (let index = 0; index < startMs.length; index++) {
    if (Number.isNaN(offsets[index])) offsets[index] = offsetAt(startMs[index] as number)
  }
  const isSleep = isSleepMetric(metricOf(metric) as DeviceMetric)
  return daysOf(columns, mode).map((day) => ({ ...day, seriesId, isSleep }))
}

/** The groups without the moments that the person corrected or removed by hand, and which of their days are sealed. */
async function known(
  transaction: Transaction,
  groups: readonly Group[],
  firstDay: number,
): Promise<{ groups: Group[]; sealed: Set<string> }> {
  const old = groups.filter((group) => group.day < firstDay)
  const [corrected, sealed] = (await transaction.batch([
    sql`select series_id::float8 as series_id, start_ms::float8 as start_ms, duration_ms from device_data.correction
      where series_id = any(${[...new Set(groups.map((group) => group.seriesId))]}::bigint[])`,
    ...(old.length === 0 ? [] : [askSealed(old)]),
  ])) as [{ series_id: number; start_ms: number; duration_ms: number }[], { series_id: number; day: number }[]?]
  const days = new Set((sealed ?? []).map((row) => dayKey({ seriesId: row.series_id, day: row.day })))
  if (corrected.length === 0) return { groups: [...groups], sealed: days }
  const names = new Set(corrected.map((one) => `${one.series_id} ${one.start_ms} ${one.duration_ms}`))
  const left = groups.map((group) => without(group, names)).filter((group) => group.columns.startMs.length > 0)
  return { groups: left, sealed: days }
}

function without(group: Group, names: ReadonlySet<string>): Group {
  const { startMs, durationMs } = group.columns
  const places: number[] = []
  for (let index = 0; index < startMs.length; index++) {
    const name = `${group.seriesId} ${(startMs[index] as number) + group.day * DAY_MS} ${durationMs[index]}`
    if (!names.has(name)) places.push(index)
  }
  return places.length === startMs.length ? group : { ...group, columns: pickColumns(group.columns, places) }
}

function rowPoints(groups: readonly Group[]): RowPoint[] {
  return groups.flatMap(({ seriesId, day, isSleep, columns }) =>
    pointsOf(columns, day).map((point) => ({ ...point, seriesId, isSleep })),
  )
}

/** Opens the days' chunks, takes their rows in, merges and seals them again; adds what changed to `taken`, by series. */
async function mergeChunks(
  transaction: Transaction,
  intake: Intake,
  groups: readonly Group[],
  taken: Map<number, number>,
): Promise<void> {
  const seal = intake.seal ?? sealInTurns
  let writing: Promise<void> = Promise.resolve()
  for (let from = 0; from < groups.length; from += DAYS_AT_ONCE) {
    const page = groups.slice(from, from + DAYS_AT_ONCE)
    const works = await worksOf(transaction, page, intake.mode ?? 'merge')
    const results = await seal(works)
    const days = page.map((group, index) => ({ ...group, ...(results[index] as Sealed) }))
    for (const { seriesId, changed } of days) taken.set(seriesId, (taken.get(seriesId) ?? 0) + changed)
    const different = days.filter((day) => day.data !== undefined)
    await writing
    // The database writes a page while the next one is sealed.
    if (different.length > 0) writing = writeChunks(transaction, intake.personId, different, intake.now)
    writing.catch(() => undefined)
  }
  await writing
}

async function worksOf(transaction: Transaction, page: readonly Group[], mode: MergeMode): Promise<SealWork[]> {
  const there = await takeDays(transaction, page)
  const chunks = new Map(there.chunks.map((row) => [dayKey({ seriesId: row.series_id, day: row.day }), row.data]))
  const rows = Map.groupBy(there.rows, (row) => dayKey({ seriesId: row.series_id, day: row.day }))
  return page.map((group) => {
    const loose = rows.get(dayKey(group))
    const { day, isSleep, columns } = group
    const chunk = chunks.get(dayKey(group))
    return {
      day,
      isSleep,
      mode,
      chunk,
      rows: loose === undefined ? undefined : looseColumns(loose, day),
      incoming: columns,
    }
  })
}

function looseColumns(rows: readonly SampleRow[], day: number): Columns {
  return columnsOf(mergePoints([], rows.map(pointOfRow), 'merge').points, day)
}

/** Each day takes some milliseconds; others have their turn between two. */
async function sealInTurns(works: readonly SealWork[]): Promise<Sealed[]> {
  const sealed: Sealed[] = []
  for (const [index, work] of works.entries()) {
    if (index > 0 && work.incoming !== undefined && work.incoming.startMs.length > SEAL_MINIMUM * 10) await nextTurn()
    sealed.push(sealDay(work))
  }
  return sealed
}

interface Last {
  readonly seriesId: number
  readonly startMs: number
  readonly value: number
}

function lastOf(groups: readonly Group[]): Last[] {
  const newest = new Map<number, Last>()
  for (const { seriesId, day, columns } of groups) {
    const last = columns.startMs.length - 1
    const startMs = (columns.startMs[last] as number) + day * DAY_MS
    const there = newest.get(seriesId)?.startMs ?? Number.NEGATIVE_INFINITY
    if (startMs >= there) newest.set(seriesId, { seriesId, startMs, value: columns.values[last] as number })
  }
  return [...newest.values()]
}

/** Keeps the newest value with the series, so that "latest" costs one row. */
async function noteLast(transaction: Transaction, last: readonly Last[]): Promise<void> {
  await transaction.run(
    sql`update device_data.series set last_sample_ms = n.start_ms, last_value = n.value
      from unnest(${last.map((one) => one.seriesId)}::bigint[], ${last.map((one) => one.startMs)}::bigint[],
        ${last.map((one) => one.value)}::float8[]) as n (id, start_ms, value)
      where series.id = n.id and (last_sample_ms is null or last_sample_ms <= n.start_ms)`,
  )
}

function touched({ seriesId, day, columns }: Group) {
  let hours = 0
  for (const startMs of columns.startMs) hours |= 1 << Math.floor(startMs / HOUR_MS)
  return { seriesId, day, hours }
}
