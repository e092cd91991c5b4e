import { type Columns, decodeChunk, encodeChunk } from './chunk.ts'
import { mergeColumns } from './columns.ts'
import { type DayPart, dayPartsOf, type MergeMode } from './merge.ts'

/** One UTC day of a series that is to be sealed: what is there, and what comes to it. Times count from the day's start. */
export interface SealWork {
  readonly day: number
  readonly isSleep: boolean
  readonly mode: MergeMode
  /** The chunk as it is; undefined for a day that was not sealed. */
  readonly chunk: Uint8Array | undefined
  /** Rows that go into the chunk, in order. */
  readonly rows: Columns | undefined
  readonly incoming: Columns | undefined
}

export interface Sealed {
  /** Undefined where the chunk stays as it is. */
  readonly data: Uint8Array | undefined
  readonly n: number
  readonly parts: readonly DayPart[]
  /** Samples that are new or have another value. */
  readonly changed: number
}

/** Opens a day, merges it and seals it again. Throws RangeError for a chunk that is none. */
export function sealDay({ day, isSleep, mode, chunk, rows, incoming }: SealWork): Sealed {
  const there = chunk === undefined ? undefined : decodeChunk(chunk)
  const known = put(there, rows, mode)
  const merged = known === undefined || incoming === undefined ? undefined : mergeColumns(known, incoming, mode)
  const columns = merged?.columns ?? known ?? incoming
  if (columns === undefined) return { data: undefined, n: 0, parts: [], changed: 0 }
  const changed = merged?.changed ?? (known === undefined ? columns.startMs.length : 0)
  if (changed === 0 && rows === undefined && chunk !== undefined) {
    return { data: undefined, n: columns.startMs.length, parts: [], changed }
  }
  return {
    data: encodeChunk(columns),
    n: columns.startMs.length,
    parts: dayPartsOf(columns, day, isSleep),
    changed,
  }
}

function put(known: Columns | undefined, more: Columns | undefined, mode: MergeMode): Columns | undefined {
  return known === undefined || more === undefined ? (known ?? more) : mergeColumns(known, more, mode).columns
}

/** Seals several days at once: here, or in a thread of its own. */
export type Sealer = (works: readonly SealWork[]) => Promise<Sealed[]>
