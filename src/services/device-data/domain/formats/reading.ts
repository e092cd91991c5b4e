import type { Quality } from '../../contract/shapes.ts'
import type { Recording } from '../recording.ts'
import type { DateOrder, LocalClock } from './times.ts'

/** A value as a file tells it: its own name of the metric and its own unit. `canonical.ts` makes a sample of it. */
export interface Reading {
  /** Canonical code, another name of the vocabulary, or a HealthKit type without its prefix. */
  readonly metric: string
  readonly value: number
  /** As the file writes it, or UCUM; empty for the canonical unit of the metric. */
  readonly unit: string
  readonly startMs: number
  readonly endMs?: number | undefined
  /** `apple-watch`, `dexcom`, `libreview`: see `Sample.source`. */
  readonly source: string
  readonly zoneOffsetMinutes?: number | undefined
  readonly bound?: 'below' | 'above' | undefined
  readonly quality?: Quality | undefined
}

/** Why something in a file was not taken. Stable words: the report of an import shows them. */
export const SKIP_REASONS = [
  'not-a-measurement',
  'unknown-type',
  'unknown-unit',
  'not-a-number',
  'bad-time',
  'no-time-zone',
  'malformed',
  'incomplete',
  'sum-of-other-records',
  'ambiguous-date',
  'withdrawn-by-source',
  'told-in-words',
  'entry-not-recognised',
  'entry-encrypted',
  'entry-too-large',
  'entry-damaged',
  'entry-nested-archive',
  'entry-unsafe-name',
] as const
export type SkipReason = (typeof SKIP_REASONS)[number]

/** Where a parser puts what it finds, in the order of the file. */
export interface Sink {
  reading(reading: Reading): void
  /** A trace, whole. */
  recording(recording: Recording): void
  /**
   * Something that is not taken. `what` is a type or column, never a value; `place` is where it stands: a line, a record.
   */
  skip(reason: SkipReason, what: string, place: number): void
}

/** What a parser is told besides the bytes. */
export interface FormatContext {
  readonly sink: Sink
  /** Reads wall-clock times of files that name no zone. */
  readonly clock: LocalClock
  /** Name of the file, or of the file inside the archive; may be empty. */
  readonly name: string
  /** Answers that only the person can give. */
  readonly answers: FormatAnswers
}

/** What one column of a table is; the rest of the columns is left alone. */
export interface ColumnMapping {
  /** Columns of the time: one with date and time, or a date and a time of day. */
  readonly time: readonly string[]
  readonly values: readonly { readonly column: string; readonly metric: string; readonly unit: string }[]
  /** Source of all rows. */
  readonly source: string
}

export interface FormatAnswers {
  readonly dateOrder?: DateOrder | undefined
  readonly mapping?: ColumnMapping | undefined
}

/** A place between two pushes from which another parser of the same format can go on. */
export interface Mark {
  /** Bytes from the beginning of the file that need not be given again. */
  readonly offset: number
  /** What the parser knows there, as JSON. */
  readonly state: unknown
}

/** Takes the bytes of a file as they come. Throws `FormatRefusal` and nothing else. */
export interface Taking {
  push(bytes: Uint8Array): void
  /** Says that there are no more bytes. */
  end(): void
}

/** Reads a file; what it told the sink before a refusal stays told. */
export interface FormatParser extends Taking {
  /** Where reading can go on later, behind all that was told; undefined while there is no such place. */
  mark(): Mark | undefined
  /** Goes to a place before anything was pushed; what it tells the sink meanwhile is known already. */
  goOn(mark: Mark): void
}

/** A look over the whole file before it is read, for what the bytes before do not tell. */
export interface Prescan extends Taking {
  /** The next look, where one needs what this one found. */
  again?(): Prescan | undefined
  /** What was found, also where the file was cut or damaged; JSON, unless the format says `isLookedOverAgain`. */
  result(): unknown
}

/** Kind of file that can be imported. */
export interface Format {
  /** `apple-health`, `libreview`. */
  readonly name: string
  readonly label: string
  /** Whether a file begins like one of this kind; `name` helps only where the content leaves two kinds open. */
  matches(head: Head): boolean
  prescan?(context: FormatContext): Prescan
  /** What the prescan gives is too much to keep: whoever goes on with the file later looks it over once more. */
  readonly isLookedOverAgain?: boolean
  /** `found` is what the last prescan of the same file gave. */
  open(context: FormatContext, found?: unknown): FormatParser
}

/** The beginning of a file. */
export interface Head {
  readonly bytes: Uint8Array
  /** The same as text, where it is text. */
  readonly text: string
  readonly name: string
}

export type RefusalCode =
  | 'malformed'
  | 'cut-off'
  | 'too-deep'
  | 'record-too-long'
  | 'entities-declared'
  | 'wrong-encoding'
  | 'date-order-unknown'
  | 'date-order-contradicts'
  | 'unit-unknown'
  | 'rate-unknown'
  | 'mapping-needed'
  | 'bad-checksum'
  | 'entry-too-large'
  | 'entry-not-recognised'

/** A file, or the rest of it, that cannot be read. `place` is the byte, line or record where reading ended. */
export class FormatRefusal extends Error {
  readonly code: RefusalCode
  readonly place: number

  constructor(code: RefusalCode, place = 0) {
    super(`the file cannot be read: ${code}`)
    this.name = 'FormatRefusal'
    this.code = code
    this.place = place
  }
}
