import type { Columns } from './chunk.ts'
import { DAY_MS, utcDay } from './days.ts'
import type { MergeMode } from './merge.ts'

/** Samples of one series in the order in which they came; times are epoch milliseconds. */
export interface SeriesColumns {
  /** Canonical code of the vocabulary. */
  readonly metric: string
  readonly source: string
  /** `offsets` is NaN where the sample tells none. */
  readonly columns: Columns
}

/** Columns of one UTC day of a series; times count from its start. */
export interface DayColumns {
  /** Days since 1970-01-01. */
  readonly day: number
  readonly columns: Columns
}

const NAMES = ['startMs', 'durationMs', 'values', 'offsets', 'flags'] as const

/** Room for so many samples, in one piece of memory. */
export function emptyColumns(count: number): Columns {
  const room = new ArrayBuffer(8 * NAMES.length * count)
  const column = (place: number) => new Float64Array(room, 8 * count * place, count)
  return { startMs: column(0), durationMs: column(1), values: column(2), offsets: column(3), flags: column(4) }
}

/** The samples from `from` up to `until`, in memory of their own. */
export function sliceColumns(columns: Columns, from: number, until: number): Columns {
  const cut = emptyColumns(until - from)
  for (const name of NAMES) cut[name].set(columns[name].subarray(from, until))
  return cut
}

/** The memory of columns, each piece once: to hand it over to another thread. */
export function memoryOf(columns: Columns): ArrayBuffer[] {
  return [...new Set(NAMES.map((name) => columns[name].buffer as ArrayBuffer))]
}

/** The samples at the given places, in that order. */
export function pickColumns(columns: Columns, places: ArrayLike<number>): Columns {
  const picked = emptyColumns(places.length)
  for (const name of NAMES) {
    const [from, to] = [columns[name], picked[name]]
    for (let index = 0; index < places.length; index++) to[index] = from[places[index] as number] as number
  }
  return picked
}

/**
 * The samples by UTC day, each day in order of start and duration with each moment once. Samples that are in order, as
 * those of files mostly are, are cut and never sorted.
 */
export function daysOf(columns: Columns, mode: MergeMode): DayColumns[] {
  const { startMs } = columns
  const ordered = isOrdered(columns) ? columns : distinct(columns, mode)
  const days: DayColumns[] = []
  for (let from = 0; from < ordered.startMs.length; ) {
    const day = utcDay(ordered.startMs[from] as number)
    const end = (day + 1) * DAY_MS
    let until = from + 1
    while (until < ordered.startMs.length && (ordered.startMs[until] as number) < end) until++
    const cut = sliceColumns(ordered, from, until)
    for (let index = 0; index < cut.startMs.length; index++)
      cut.startMs[index] = (cut.startMs[index] as number) - day * DAY_MS
    days.push({ day, columns: cut })
    from = until
  }
  return startMs.length === 0 ? [] : days
}

/** Whether start and duration only ever grow. */
function isOrdered({ startMs, durationMs }: Columns): boolean {
  for (let index = 1; index < startMs.length; index++) {
    const difference = (startMs[index] as number) - (startMs[index - 1] as number)
    if (difference < 0 || (difference === 0 && (durationMs[index] as number) <= (durationMs[index - 1] as number)))
      return false
  }
  return true
}

function distinct(columns: Columns, mode: MergeMode): Columns {
  const { startMs, durationMs } = columns
  const places = Uint32Array.from({ length: startMs.length }, (_none, index) => index)
  const order = (left: number, right: number) =>
    (startMs[left] as number) - (startMs[right] as number) ||
    (durationMs[left] as number) - (durationMs[right] as number)
  // Of equal moments the one that came first stays first: the newer is told by its place.
  places.sort((left, right) => order(left, right) || left - right)
  let kept = 0
  for (const place of places) {
    const last = places[kept - 1]
    if (kept > 0 && order(last as number, place) === 0) {
      if (isBetter(columns, last as number, columns, place, mode)) places[kept - 1] = place
    } else places[kept++] = place
  }
  return pickColumns(columns, places.subarray(0, kept))
}

/** Whether what is new takes the place of what is there: the larger value when merging, another value when replacing. */
function isBetter(there: Columns, at: number, next: Columns, place: number, mode: MergeMode): boolean {
  const [old, value] = [there.values[at] as number, next.values[place] as number]
  if (mode === 'replace') return value !== old
  if (value !== old) return value > old
  if (next.flags[place] !== there.flags[at]) return (next.flags[place] as number) > (there.flags[at] as number)
  return (next.offsets[place] as number) > (there.offsets[at] as number)
}

export interface MergedColumns {
  readonly columns: Columns
  /** New moments, and moments whose value changed. */
  readonly changed: number
}

/**
 * Puts what is new to what is there; both in order, each moment once, times counted from the same instant. With `merge`,
 * any order, repetition or overlap gives the same result.
 */
export function mergeColumns(known: Columns, incoming: Columns, mode: MergeMode): MergedColumns {
  const [old, fresh] = [known.startMs.length, incoming.startMs.length]
  if (old === 0) return { columns: incoming, changed: fresh }
  if (fresh === 0) return { columns: known, changed: 0 }
  const merged = emptyColumns(old + fresh)
  let changed = 0
  let count = 0
  const take = (from: Columns, place: number) => {
    for (const name of NAMES) merged[name][count] = from[name][place] as number
    count++
  }
  let [left, right] = [0, 0]
  while (left < old || right < fresh) {
    const order = left >= old ? 1 : right >= fresh ? -1 : compare(known, left, incoming, right)
    if (order < 0) take(known, left++)
    else if (order > 0) {
      take(incoming, right++)
      changed++
    } else {
      const isNew = isBetter(known, left, incoming, right, mode)
      if (isNew && known.values[left] !== incoming.values[right]) changed++
      if (isNew) take(incoming, right)
      else take(known, left)
      left++
      right++
    }
  }
  return { columns: count === old + fresh ? merged : sliceColumns(merged, 0, count), changed }
}

function compare(left: Columns, at: number, right: Columns, place: number): number {
  return (
    (left.startMs[at] as number) - (right.startMs[place] as number) ||
    (left.durationMs[at] as number) - (right.durationMs[place] as number)
  )
}
