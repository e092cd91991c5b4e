import { Canonicaliser } from '../../domain/formats/canonical.ts'
import { FormatRefusal, type Reading, type Sink, type SkipReason } from '../../domain/formats/reading.ts'
import type { Recording } from '../../domain/recording.ts'
import type { Sample } from '../../domain/sample.ts'
import type { Checkpoint, Place } from './checkpoint.ts'

/** How many times something was not taken, and where the first times were. */
export interface SkipCount {
  readonly reason: SkipReason
  readonly what: string
  count: number
  readonly places: string[]
}

/** Findings of a file, in its order. Behind every one but the last of a file, reading can go on. */
export interface Batch {
  readonly index: number
  readonly samples: readonly Sample[]
  readonly recordings: readonly Recording[]
  readonly skips: readonly SkipCount[]
  readonly checkpoint?: Checkpoint
}

/** Findings that make a batch. */
export const BATCH_READINGS = 20_000
/** Findings that a parser may give without a place to go on from. */
const MOST_READINGS = 20 * BATCH_READINGS
/** A trace holds as much as so many readings. */
const READINGS_A_RECORDING = 500
const MOST_PLACES = 3
const MOST_KINDS = 300
const LONGEST_WHAT = 60

/** Collects what parsers tell into batches of equal size. */
export class Collector implements Sink {
  readonly ready: Batch[] = []
  /** Number of the entry that is being read. */
  entry = 0
  private readonly canonical = new Canonicaliser()
  private readonly kinds: Set<string>
  private samples: Sample[] = []
  private recordings: Recording[] = []
  private skips = new Map<string, SkipCount>()
  private findings = 0
  private batches: number
  /** How much was found so far. */
  readings: number
  private isMuted = false

  constructor(begin?: Pick<Checkpoint, 'batch' | 'readings' | 'kinds'>) {
    this.batches = begin?.batch ?? 0
    this.readings = begin?.readings ?? 0
    this.kinds = new Set(begin?.kinds)
  }

  reading(reading: Reading): void {
    if (this.isMuted) return
    this.readings += 1
    const made = this.canonical.sampleOf(reading)
    // In a refusal of the store it says which one it was.
    if ('sample' in made) this.samples.push({ ...made.sample, sourceKey: `${this.entry}:#${this.readings}` })
    else this.note(made.reason, made.what, this.readings, '#')
    this.findings += 1
  }

  recording(recording: Recording): void {
    if (this.isMuted) return
    this.readings += 1
    this.recordings.push(recording)
    this.findings += READINGS_A_RECORDING
  }

  skip(reason: SkipReason, what: string, place: number): void {
    if (this.isMuted) return
    this.note(reason, what, place, '')
    this.findings += 1
  }

  /** While a parser goes to its place, it tells what is known already. */
  muted(work: () => void): void {
    this.isMuted = true
    work()
    this.isMuted = false
  }

  /** Ends a batch at a place to go on from, once enough was found; throws `FormatRefusal` when none comes for too long. */
  cut(place: () => Place | undefined, least: number): void {
    if (this.findings < least) return
    const found = place()
    if (found !== undefined)
      this.close({ ...found, batch: this.batches + 1, readings: this.readings, kinds: [...this.kinds] })
    else if (this.findings > MOST_READINGS) throw new FormatRefusal('record-too-long', this.readings)
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

  private close(checkpoint?: Checkpoint): void {
    const batch = {
      index: this.batches,
      samples: this.samples,
      recordings: this.recordings,
      skips: [...this.skips.values()],
    }
    this.ready.push(checkpoint === undefined ? batch : { ...batch, checkpoint })
    this.batches += 1
    this.samples = []
    this.recordings = []
    this.skips = new Map()
    this.findings = 0
  }
}
