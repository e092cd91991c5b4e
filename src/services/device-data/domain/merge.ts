import type { Columns } from './chunk.ts'
import { DAY_MS, localDayOf } from './days.ts'

/** Samples of one series, in any order. Times are epoch milliseconds. */
export interface Point {
  readonly startMs: number
  readonly durationMs: number
  readonly value: number
  readonly offsetMinutes: number
  readonly flags: number
}

/** `merge`: of two values of one moment the larger stays, whatever came first. `replace`: the newer. */
export type MergeMode = 'merge' | 'replace'

export interface Merged {
  /** In order of start and duration, each moment once. */
  readonly points: readonly Point[]
  /** New moments, and moments whose value changed. */
  readonly changed: number
}

/**
 * Puts what is new to what is there. With `merge`, any order, repetition or overlap of the same points gives the same
 * result; `known` must be in order and hold each moment once, as this function gives it.
 */
export function mergePoints(known: readonly Point[], incoming: readonly Point[], mode: MergeMode): Merged {
  const fresh = distinct(incoming, mode)
  if (known.length === 0) return { points: fresh, changed: fresh.length }
  const points: Point[] = []
  let changed = 0
  let at = 0
  for (const next of fresh) {
    while (at < known.length && order(known[at] as Point, next) < 0) points.push(known[at++] as Point)
    const there = known[at]
    if (there === undefined || order(there, next) !== 0) {
      points.push(next)
      changed++
      continue
    }
    const kept = winner(there, next, mode)
    if (kept !== there && kept.value !== there.value) changed++
    points.push(kept)
    at++
  }
  while (at < known.length) points.push(known[at++] as Point)
  return { points, changed }
}

/** One value a moment, in order. */
function distinct(points: readonly Point[], mode: MergeMode): readonly Point[] {
  if (isStrictlyOrdered(points)) return points
  const sorted = [...points].sort(order)
  const result: Point[] = []
  for (const point of sorted) {
    const last = result.at(-1)
    if (last === undefined || order(last, point) !== 0) result.push(point)
    else result[result.length - 1] = winner(last, point, mode)
  }
  return result
}

function winner(there: Point, next: Point, mode: MergeMode): Point {
  if (mode === 'replace') return next.value === there.value ? there : next
  if (next.value !== there.value) return next.value > there.value ? next : there
  if (next.flags !== there.flags) return next.flags > there.flags ? next : there
  return next.offsetMinutes > there.offsetMinutes ? next : there
}

function order(left: Point, right: Point): number {
  return left.startMs - right.startMs || left.durationMs - right.durationMs
}

function isStrictlyOrdered(points: readonly Point[]): boolean {
  for (let index = 1; index < points.length; index++) {
    if (order(points[index - 1] as Point, points[index] as Point) >= 0) return false
  }
  return true
}

/** The points of a UTC day as columns of a chunk. */
export function columnsOf(points: readonly Point[], day: number): Columns {
  const count = points.length
  const columns = {
    startMs: new Float64Array(count),
    durationMs: new Float64Array(count),
    values: new Float64Array(count),
    offsets: new Float64Array(count),
    flags: new Float64Array(count),
  }
  for (let index = 0; index < count; index++) {
    const point = points[index] as Point
    columns.startMs[index] = point.startMs - day * DAY_MS
    columns.durationMs[index] = point.durationMs
    columns.values[index] = point.value
    columns.offsets[index] = point.offsetMinutes
    columns.flags[index] = point.flags
  }
  return columns
}

/** The points of a chunk's columns. */
export function pointsOf(columns: Columns, day: number): Point[] {
  const { startMs, durationMs, values, offsets, flags } = columns
  const points = new Array<Point>(startMs.length)
  for (let index = 0; index < points.length; index++) {
    points[index] = {
      startMs: (startMs[index] as number) + day * DAY_MS,
      durationMs: durationMs[index] as number,
      value: values[index] as number,
      offsetMinutes: offsets[index] as number,
      flags: flags[index] as number,
    }
  }
  return points
}

/** What a UTC day gives to one local day. */
export interface DayPart {
  readonly localDay: number
  readonly n: number
  readonly minimum: number
  readonly maximum: number
  readonly total: number
  /** Sum of squared deviations from the mean. */
  readonly spread: number
  readonly lastMs: number
  readonly lastValue: number
}

type Growing = { -readonly [Name in keyof DayPart]: DayPart[Name] }

/** The parts of a UTC day's samples by local day; samples in order of time, their times counted from the day's start. */
export function dayPartsOf({ startMs, values, offsets }: Columns, day: number, isSleep: boolean): DayPart[] {
  const parts: Growing[] = []
  let part: Growing | undefined
  for (let index = 0; index < startMs.length; index++) {
    const value = values[index] as number
    const atMs = (startMs[index] as number) + day * DAY_MS
    const localDay = localDayOf(atMs, offsets[index] as number, isSleep)
    if (part?.localDay !== localDay) part = parts.find((one) => one.localDay === localDay)
    if (part === undefined) {
      part = { localDay, n: 1, minimum: value, maximum: value, total: value, spread: 0, lastMs: atMs, lastValue: value }
      parts.push(part)
      continue
    }
    const before = value - part.total / part.n
    part.n++
    part.total += value
    part.spread += before * (value - part.total / part.n)
    if (value < part.minimum) part.minimum = value
    if (value > part.maximum) part.maximum = value
    part.lastMs = atMs
    part.lastValue = value
  }
  return parts
}
