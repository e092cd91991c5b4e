import {
  encodeTrace,
  LARGEST_NANOVOLTS,
  LEAST_RATE_HZ,
  MOST_RATE_HZ,
  MOST_VALUES,
  NANOVOLTS,
  type Recording,
} from '../recording.ts'
import { readAppleTime } from './appleTimes.ts'
import { refuseBinary, TextParser } from './decoding.ts'
import { type Format, type FormatContext, type FormatParser, FormatRefusal, type Head } from './reading.ts'
import { sourceOf } from './sources.ts'
import type { Moment } from './times.ts'

/** Lines before the first value: ten in what watches write, some blank ones among them. */
const MOST_HEAD_LINES = 40
const LONGEST_LINE = 2000
const LONGEST_WORDS = 300
/** Blank lines and values that a file may have in all. */
const MOST_LINES = MOST_VALUES + 1000

/**
 * An ECG of an Apple Watch as its export writes it: a head of titles and words, then one value a line. Titles are in the
 * language of the phone, and so is the sign before decimals: lines are told by what they hold and by their order. Whom the
 * head names is not kept. A trace with a hole in it would be another trace: a line that is no number refuses the file.
 */
export const appleEcg: Format = {
  name: 'apple-ecg',
  label: 'ECG of an Apple Watch (CSV)',
  matches: (head) => isNamed(head) || isTold(head),
  open: (context) => new EcgParser(context),
}

/** By its place in the export: one that is damaged is then told as a damaged ECG, and not as something unknown. */
function isNamed({ name }: Head): boolean {
  return /(^|\/)electrocardiograms\/[^/]+\.csv$/i.test(name)
}

function isTold({ text }: Head): boolean {
  const lines = text.split(/\r\n|\r|\n/, MOST_HEAD_LINES).slice(0, -1)
  const fields = lines.map(fieldOf)
  return (
    fields.some((one) => momentOf(one) !== undefined) &&
    fields.some((one) => rateOf(one) !== undefined) &&
    fields.some((one) => scaleOf(one) !== undefined)
  )
}

interface Field {
  readonly title: string
  readonly value: string
}

/** What stands before the first comma, and all behind it: symptoms have commas and no quotes. */
function fieldOf(line: string): Field | undefined {
  const at = line.indexOf(',')
  if (at < 1) return undefined
  const value = line.slice(at + 1).trim()
  const bare = /^"(.*)"$/.exec(value)?.[1]?.replaceAll('""', '"') ?? value
  return { title: line.slice(0, at).trim(), value: bare.trim() }
}

function momentOf(field: Field | undefined): Moment | undefined {
  return /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/.test(field?.value ?? '') ? readAppleTime(field?.value) : undefined
}

/** `512 hertz`, `512,844 Hertz`: a number and what a second's count is called somewhere. */
function rateOf(field: Field | undefined): number | undefined {
  const match =
    /^(\d{1,7}(?:[.,]\d{1,6})?)\s*(hz|h[ea]r[tc]z\p{L}*|герц\p{L}*|гц|赫兹|赫茲|ヘルツ|헤르츠|هرتز|हर्ट्ज़?)$/iu.exec(
      field?.value ?? '',
    )
  return match === null ? undefined : Number(match[1]?.replace(',', '.'))
}

/** Nanovolts of the unit that values are in. */
function scaleOf(field: Field | undefined): number | undefined {
  const unit = field?.value.normalize('NFKC') ?? ''
  if (/^([uμ]V|мкВ)$/u.test(unit)) return NANOVOLTS
  return /^(mV|мВ)$/u.test(unit) ? NANOVOLTS * NANOVOLTS : undefined
}

const NUMBER = /^"?[+-]?\d{1,9}(?:[.,]\d{1,9})?"?$/

class EcgParser extends TextParser implements FormatParser {
  private readonly lines: EcgLines

  constructor(context: FormatContext) {
    const lines = new EcgLines()
    super(
      (text) => lines.push(text),
      () => context.sink.recording(lines.finish()),
    )
    this.lines = lines
  }

  /** A trace is taken as a whole: there is no place within it. */
  mark(): undefined {
    return undefined
  }

  goOn(): void {
    throw new Error(`An ECG has no place to go on from, after ${this.lines.count} lines`)
  }
}

/** The lines of a file: what its head says, and its values in whole nanovolts. */
class EcgLines {
  /** Lines so far. */
  count = 0
  private rest = ''
  private readonly head: Field[] = []
  private values = new Float64Array(16_384)
  private length = 0
  private scale = 0
  private rateHz = 0

  push(text: string): void {
    refuseBinary(text, this.count)
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/)
    this.rest = lines.pop() ?? ''
    if (this.rest.length > LONGEST_LINE) throw new FormatRefusal('malformed', this.count + 1)
    for (const line of lines) this.line(line.trim())
  }

  finish(): Recording {
    this.line(this.rest.trim())
    const { rateHz, length: count, head } = this
    // Less than a second is the beginning of a trace.
    if (rateHz === 0 || count < rateHz) throw new FormatRefusal('cut-off', this.count)
    const place = head.findIndex((one) => momentOf(one) !== undefined)
    const moment = momentOf(head[place]) as Moment
    const words = wordsOf(head, place)
    return {
      // Apple names its watches by model: `Watch6,1`.
      source: sourceOf(words.device?.replace(/^watch\d.*$/i, 'Apple Watch'), 'apple-watch'),
      startMs: moment.ms,
      zoneOffsetMinutes: moment.offsetMinutes ?? 0,
      rateHz,
      count,
      words,
      trace: encodeTrace(this.values.subarray(0, count)),
    }
  }

  private line(line: string): void {
    this.count += 1
    if (this.count > MOST_LINES) throw new FormatRefusal('record-too-long', this.count)
    if (line === '') return
    if (NUMBER.test(line)) {
      this.value(line)
      return
    }
    // A head ends with its first value: no words stand between values.
    if (this.length > 0 || this.head.length >= MOST_HEAD_LINES || line.length > LONGEST_LINE)
      throw new FormatRefusal('malformed', this.count)
    const field = fieldOf(line)
    if (field !== undefined) this.head.push(field)
  }

  private value(line: string): void {
    if (this.length === 0) this.begin()
    if (this.length >= MOST_VALUES) throw new FormatRefusal('record-too-long', this.count)
    const nanovolts = Math.round(Number(line.replaceAll('"', '').replace(',', '.')) * this.scale)
    if (Math.abs(nanovolts) > LARGEST_NANOVOLTS) throw new FormatRefusal('malformed', this.count)
    if (this.length === this.values.length) {
      const larger = new Float64Array(Math.min(MOST_VALUES, this.values.length * 2))
      larger.set(this.values)
      this.values = larger
    }
    // A zero below zero is a zero.
    this.values[this.length] = nanovolts + 0
    this.length += 1
  }

  /** What is needed to read values must stand before them. */
  private begin(): void {
    const { head } = this
    if (!head.some((one) => momentOf(one) !== undefined)) throw new FormatRefusal('malformed', this.count)
    const rateHz = head.map(rateOf).find((one) => one !== undefined)
    if (rateHz === undefined || rateHz < LEAST_RATE_HZ || rateHz > MOST_RATE_HZ)
      throw new FormatRefusal('rate-unknown', this.count)
    const scale = head.map(scaleOf).find((one) => one !== undefined)
    if (scale === undefined) throw new FormatRefusal('unit-unknown', this.count)
    this.rateHz = rateHz
    this.scale = scale
  }
}

/**
 * What the device said: behind the time it was recorded stand classification, symptoms, software, device and rate, in this
 * order whatever the language; what is missing is missing between the classification and the software.
 */
function wordsOf(head: readonly Field[], place: number): Recording['words'] {
  const rate = head.findIndex((one) => rateOf(one) !== undefined)
  const between = head.slice(place + 1, rate > place ? rate : place + 1).map(({ value }) => said(value))
  const [classification = null, ...others] = between
  const device = others.pop() ?? null
  const software = others.pop() ?? null
  const unit = head.findIndex((one) => scaleOf(one) !== undefined)
  // The lead stands before the unit; where it is not said, the rate does.
  const lead = unit > rate + 1 ? said(head[unit - 1]?.value ?? '') : null
  return { classification, symptoms: others[0] ?? null, device, software, lead }
}

function said(value: string): string | null {
  const plain = value
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_WORDS)
  return plain === '' ? null : plain
}
