import type { Entry, Quality } from '../contract/shapes.ts'

/**
 * One measured value, as importers, vendors and clients hand it over.
 * A sample is the same as another when metric, source, start and end are the same; its value is not part of that.
 */
export interface Sample {
  /** Canonical code of `domain/vocabulary.ts`. */
  readonly metric: string
  /** Epoch milliseconds, UTC. */
  readonly startMs: number
  /** For what lasts (sleep, steps of an interval); missing or equal to the start for a moment. */
  readonly endMs?: number
  /** In the canonical UCUM unit of the metric. */
  readonly value: number
  /** The canonical UCUM unit; another one is refused here: convert before, with `canonicalValue`. */
  readonly unit: string
  /** Name of the source in small letters and hyphens: `apple-watch`, `dexcom`, `libreview`. */
  readonly source: string
  /** The file's or vendor's own id of the sample; says in a refusal which one it was, and is not kept. */
  readonly sourceKey?: string
  /** Minutes that the wall clock of the source was ahead of UTC; the person's own zone where missing. */
  readonly zoneOffsetMinutes?: number
  /** The device reported only a bound: CGM `Low` is `below` 40, `High` is `above` 400. */
  readonly bound?: 'below' | 'above'
  readonly quality?: Quality
  readonly entry?: Entry
}

/** Why a sample was not taken. Stable words; imports show them. */
export type RefusalReason =
  | 'unknown-metric'
  | 'wrong-unit'
  | 'not-a-number'
  | 'outside-plausible-range'
  | 'bad-time'
  | 'in-the-future'
  | 'too-long'
  | 'bad-source'
  | 'bad-offset'

export interface Refusal {
  /** Position in what was handed over. */
  readonly index: number
  readonly reason: RefusalReason
  readonly sourceKey?: string
}

/** What became of samples that were handed over: every one is in exactly one of the three. */
export interface StoreResult {
  /** Samples that are new, or gave an existing one a better value. */
  readonly taken: number
  readonly duplicates: number
  readonly refused: readonly Refusal[]
}
