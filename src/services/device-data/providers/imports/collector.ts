import { Canonicaliser } from '../../domain/formats/canonical.ts'
import type { Reading, Sink, SkipReason } from '../../domain/formats/reading.ts'
import type { Sample } from '../../domain/sample.ts'

/** How many times something was not taken, and where the first times were. */
export interface SkipCount {
  readonly reason: SkipReason
  readonly what: string
  count: number
  readonly places: string[]
}

/** So many findings of a file, in its order: the same file gives the same batches, however its bytes come. */
export interface Batch {
  readonly index: number
  readonly samples: readonly Sample[]
  readonly skips: readonly SkipCount[]
}

export const BATCH_READINGS = 5000
const MOST_PLACES = 3
const MOST_KINDS = 300
const LONGEST_WHAT = 60

/** Collects what parsers tell into batches of equal size. */
export class Collector implements Sink {
  readonly ready: Batch[] = []
  /** Number of the entry that is being read. */
  entry = 0
  private readonly canonical = new Canonicaliser()
  private readonly kinds = new Set<string>()
  private samples: Sample[] = []
  private skips = new Map<string, SkipCount>()
  private findings = 0
  private batches = 0
  /** How much was found so far. */
  readings = 0

  reading(reading: Reading): void {
    this.readings += 1
    const made = this.canonical.sampleOf(reading)
    // In a refusal of the store it says which one it was.
    if ('sample' in made) this.samples.push({ ...made.sample, sourceKey: `${this.entry}:#${this.readings}` })
    else this.note(made.reason, made.what, this.readings, '#')
    this.found()
  }

  skip(reason: SkipReason, what: string, place: number): void {
    this.note(reason, what, place, '')
    this.found()
  }

  /** The rest as a last batch. */
  finish(): void {
    if (this.findings > 0) this.close()
  }

  private note(reason: SkipReason, told: string, place: number, mark: string): void {
    let what = told.slice(0, LONGEST_WHAT)
    const kind = `${reason}\n${what}`
    if (!this.kinds.has(kind)) {
      if (this.kinds.size >= MOST_KINDS) what = 'other'
      else this.kinds.add(kind)
    }
    const key = `${reason}\n${what}`
    const known = this.skips.get(key) ?? { reason, what, count: 0, places: [] }
    this.skips.set(key, known)
    known.count += 1
    if (known.places.length < MOST_PLACES) known.places.push(`${this.entry}:${mark}${place}`)
  }

  private found(): void {
    this.findings += 1
    if (this.findings >= BATCH_READINGS) this.close()
  }

  private close(): void {
    this.ready.push({ index: this.batches, samples: this.samples, skips: [...this.skips.values()] })
    this.batches += 1
    this.samples = []
    this.skips = new Map()
    this.findings = 0
  }
}
