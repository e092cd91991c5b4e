import type { Mark } from '../../domain/formats/reading.ts'

/** What became of one file, or of one file inside an archive. */
export interface EntryReport {
  readonly index: number
  readonly name: string
  readonly format: string | undefined
  readonly outcome: 'read' | 'partly' | 'refused'
  /** Why it was not read whole. */
  readonly fault?: string
  /** Line, record or byte where reading ended. */
  readonly place?: number
}

/** The entry of an archive at which reading goes on. */
export interface EntryPlace {
  readonly index: number
  /** Byte of the archive where its head begins. */
  readonly at: number
  /** Bytes that the entries before it held. */
  readonly totalBytes: number
}

/** Where reading of a file goes on. */
export interface Place {
  readonly entries: readonly EntryReport[]
  readonly unlisted: number
  readonly entry?: EntryPlace
  /** The file is a gzip: places are bytes of what it holds. */
  readonly isPacked?: boolean
  /** Inside the file, or inside the entry: its format, what looking it over gave where that is kept, and the place of the parser. */
  readonly inside?: { readonly format: string; readonly found: unknown; readonly mark: Mark; readonly before: number }
}

/** A place behind so many batches and readings; all of it is JSON. */
export interface Checkpoint extends Place {
  readonly batch: number
  readonly readings: number
  /** Kinds of what was left out so far: their number is bounded for the whole file. */
  readonly kinds: readonly string[]
}
