import type { Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import { offsetsIn, utcDay } from '../domain/days.ts'
import { flagsOf } from '../domain/flags.ts'
import { isSleepMetric, refusalOf } from '../domain/intake.ts'
import { type MergeMode, mergePoints, type Point } from '../domain/merge.ts'
import type { Refusal, Sample, StoreResult } from '../domain/sample.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { metricOf } from '../domain/vocabulary.ts'
import {
  dayKey,
  openChunk,
  pointOfRow,
  readChunks,
  type SeriesDay,
  sealedDays,
  takeRows,
  writeChunks,
} from './chunks.ts'
import { noteHours } from './projection.ts'
import { type RowPoint, writeRows } from './rows.ts'
import { holdSeries, type SeriesRow } from './series.ts'

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
}

/** UTC days from this many before today on are kept as rows. */
const ROW_DAYS = 2
/** Fewer samples of a day are not worth a chunk. */
export const SEAL_MINIMUM = 24
const LARGEST_BATCH = 100_000
/** Chunks opened at once: bounds the memory of a batch that touches many days. */
const DAYS_AT_ONCE = 64

/** The first UTC day (since 1970-01-01) whose samples are kept as rows at this time. */
export function firstRowDay(now: Date): number {
  return utcDay(now.getTime()) - ROW_DAYS
}

/** Samples of one series and UTC day. */
interface Group extends SeriesDay {
  readonly metric: DeviceMetric
  readonly points: Point[]
}

/**
 * Stores samples of one person as a set: new ones are added, known ones skipped or bettered (`Intake.mode`), wrong ones
 * refused one by one. Samples of days gone by go into compressed chunks, young and sparse ones become rows with rollups.
 * Throws RangeError for more than 100,000 at once.
 */
export async function storeSamples(
  transaction: Transaction,
  intake: Intake,
  samples: readonly Sample[],
): Promise<StoreResult> {
  if (samples.length > LARGEST_BATCH) throw new RangeError(`At most ${LARGEST_BATCH} samples at once`)
  const refused: Refusal[] = []
  const good = samples.filter((sample, index) => {
    const reason = refusalOf(sample, intake.now.getTime())
    if (reason !== undefined) refused.push(refusal(index, reason, sample))
    return reason === undefined
  })
  if (good.length === 0) return { taken: 0, duplicates: 0, refused }
  const series = await seriesOf(transaction, intake, good)
  const groups = await withoutCorrected(transaction, groupsOf(good, series, intake.zone))
  const { chunked, rows } = await placed(transaction, groups, firstRowDay(intake.now))
  const mode = intake.mode ?? 'merge'
  let taken = rows.length === 0 ? 0 : await writeRows(transaction, intake.personId, rowPoints(rows, mode), mode)
  for (let from = 0; from < chunked.length; from += DAYS_AT_ONCE) {
    taken += await mergeChunks(transaction, intake, chunked.slice(from, from + DAYS_AT_ONCE), mode)
  }
  await noteLast(transaction, groups)
  if (taken > 0) await noteHours(transaction, intake.personId, groups, intake.now)
  return { taken, duplicates: good.length - taken, refused }
}

function refusal(index: number, reason: Refusal['reason'], { sourceKey }: Sample): Refusal {
  return sourceKey === undefined ? { index, reason } : { index, reason, sourceKey }
}

async function seriesOf(
  transaction: Transaction,
  { personId, now, importId, isSimulated }: Intake,
  samples: readonly Sample[],
): Promise<Map<string, SeriesRow>> {
  const keys = new Map<string, Sample>()
  let last: Sample | undefined
  for (const sample of samples) {
    // Files come in order: most samples are of the series of the one before.
    if (sample.metric !== last?.metric || sample.source !== last.source)
      keys.set(`${sample.metric} ${sample.source}`, sample)
    last = sample
  }
  const rows = await holdSeries(transaction, personId, [...keys.values()], { now, importId, isSimulated })
  return new Map(rows.map((row) => [`${row.metric} ${row.source}`, row]))
}

function groupsOf(samples: readonly Sample[], series: ReadonlyMap<string, SeriesRow>, zone: string): Group[] {
  const offsetAt = offsetsIn(zone)
  const groups = new Map<string, Group>()
  let group: Group | undefined
  let last: Sample | undefined
  let flags = 0
  for (const sample of samples) {
    const { startMs } = sample
    const day = utcDay(startMs)
    if (group?.day !== day || sample.metric !== last?.metric || sample.source !== last.source) {
      group = groupOf(groups, (series.get(`${sample.metric} ${sample.source}`) as SeriesRow).id, day, sample.metric)
    }
    if (
      sample.quality !== last?.quality ||
      sample.entry !== last?.entry ||
      sample.bound !== last?.bound ||
      last === undefined
    ) {
      flags = flagsOf(sample)
    }
    last = sample
    group.points.push({
      startMs,
      durationMs: (sample.endMs ?? startMs) - startMs,
      // A zero below zero is a zero.
      value: sample.value + 0,
      offsetMinutes: sample.zoneOffsetMinutes ?? offsetAt(startMs),
      flags,
    })
  }
  return [...groups.values()]
}

function groupOf(groups: Map<string, Group>, seriesId: number, day: number, metric: string): Group {
  const key = dayKey({ seriesId, day })
  const known = groups.get(key)
  if (known !== undefined) return known
  const made: Group = { seriesId, day, metric: metricOf(metric) as DeviceMetric, points: [] }
  groups.set(key, made)
  return made
}

/** Without the moments that the person corrected or removed by hand. */
async function withoutCorrected(transaction: Transaction, groups: readonly Group[]): Promise<Group[]> {
  const corrected = await transaction.many<{ series_id: number; start_ms: number; duration_ms: number }>(
    sql`select series_id::float8 as series_id, start_ms::float8 as start_ms, duration_ms from device_data.correction
      where series_id = any(${[...new Set(groups.map((group) => group.seriesId))]}::bigint[])`,
  )
  if (corrected.length === 0) return [...groups]
  const known = new Set(corrected.map((one) => `${one.series_id} ${one.start_ms} ${one.duration_ms}`))
  return groups
    .map((group) => ({
      ...group,
      points: group.points.filter((one) => !known.has(`${group.seriesId} ${one.startMs} ${one.durationMs}`)),
    }))
    .filter((group) => group.points.length > 0)
}

/** Which days go into chunks: sealed ones, and old ones with enough samples. */
async function placed(
  transaction: Transaction,
  groups: readonly Group[],
  firstDay: number,
): Promise<{ chunked: Group[]; rows: Group[] }> {
  const old = groups.filter((group) => group.day < firstDay)
  const sealed = old.length === 0 ? new Set<string>() : await sealedDays(transaction, old)
  const isChunked = (group: Group) =>
    group.day < firstDay && (group.points.length >= SEAL_MINIMUM || sealed.has(dayKey(group)))
  return { chunked: groups.filter(isChunked), rows: groups.filter((group) => !isChunked(group)) }
}

function rowPoints(groups: readonly Group[], mode: MergeMode): RowPoint[] {
  return groups.flatMap(({ seriesId, metric, points }) => {
    const isSleep = isSleepMetric(metric)
    return mergePoints([], points, mode).points.map((point) => ({ ...point, seriesId, isSleep }))
  })
}

/** Opens the days' chunks, takes their rows in, merges and seals them again. */
async function mergeChunks(
  transaction: Transaction,
  intake: Intake,
  groups: readonly Group[],
  mode: MergeMode,
): Promise<number> {
  const chunks = new Map(
    (await readChunks(transaction, groups)).map((row) => [dayKey({ seriesId: row.series_id, day: row.day }), row]),
  )
  const rows = new Map<string, Point[]>()
  for (const row of await takeRows(transaction, groups)) {
    const key = dayKey({ seriesId: row.series_id, day: row.day })
    const list = rows.get(key)
    if (list === undefined) rows.set(key, [pointOfRow(row)])
    else list.push(pointOfRow(row))
  }
  let changed = 0
  const days = groups.map((group) => {
    const chunk = chunks.get(dayKey(group))
    const sealed = chunk === undefined ? [] : openChunk(chunk)
    const known = mergePoints(sealed, rows.get(dayKey(group)) ?? [], mode).points
    const merged = mergePoints(known, group.points, mode)
    changed += merged.changed
    return { ...group, points: merged.points, isSleep: isSleepMetric(group.metric), isSame: merged.changed === 0 }
  })
  // A day that nothing changed keeps its chunk, unless rows were taken into it.
  const different = days.filter((day) => !day.isSame || rows.has(dayKey(day)) || !chunks.has(dayKey(day)))
  if (different.length > 0) await writeChunks(transaction, intake.personId, different, intake.now)
  return changed
}

/** Keeps the newest value with the series, so that "latest" costs one row. */
async function noteLast(transaction: Transaction, groups: readonly Group[]): Promise<void> {
  const newest = new Map<number, Point>()
  for (const { seriesId, points } of groups) {
    for (const point of points) {
      if (point.startMs >= (newest.get(seriesId)?.startMs ?? Number.NEGATIVE_INFINITY)) newest.set(seriesId, point)
    }
  }
  const entries = [...newest]
  if (entries.length === 0) return
  await transaction.run(
    sql`update device_data.series set last_sample_ms = n.start_ms, last_value = n.value
      from unnest(${entries.map(([id]) => id)}::bigint[], ${entries.map(([, point]) => point.startMs)}::bigint[],
        ${entries.map(([, point]) => point.value)}::float8[]) as n (id, start_ms, value)
      where series.id = n.id and (last_sample_ms is null or last_sample_ms <= n.start_ms)`,
  )
}
