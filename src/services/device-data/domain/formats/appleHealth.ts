import { readAppleTime } from './appleTimes.ts'
import type { Format, FormatContext, FormatParser, Sink } from './reading.ts'
import { sourceOf } from './sources.ts'
import type { Moment } from './times.ts'
import type { XmlAttributes } from './xmlAttributes.ts'
import { isMarkup, type XmlTaker, xmlParser } from './xmlTokens.ts'

/** `export.xml` of Apple Health. Times carry the zone of the moment the export was made. */
export const appleHealth: Format = {
  name: 'apple-health',
  label: 'Apple Health (export.xml)',
  matches: ({ text }) => isMarkup(text) && /<!DOCTYPE\s+HealthData|<HealthData[\s>]/.test(text),
  open: (context) => openAppleHealth(context),
}

/** Sleep as Apple names it, in the words of the vocabulary. */
const SLEEP: Readonly<Record<string, string>> = {
  HKCategoryValueSleepAnalysisInBed: 'sleep_in_bed',
  HKCategoryValueSleepAnalysisAsleep: 'sleep_asleep',
  HKCategoryValueSleepAnalysisAsleepUnspecified: 'sleep_asleep',
  HKCategoryValueSleepAnalysisAsleepCore: 'light_sleep',
  HKCategoryValueSleepAnalysisAsleepDeep: 'deep_sleep',
  HKCategoryValueSleepAnalysisAsleepREM: 'rem_sleep',
  HKCategoryValueSleepAnalysisAwake: 'sleep_wake_time',
}

const MENSTRUAL_FLOW: Readonly<Record<string, number>> = {
  HKCategoryValueMenstrualFlowUnspecified: 1,
  HKCategoryValueVaginalBleedingUnspecified: 1,
  HKCategoryValueMenstrualFlowLight: 2,
  HKCategoryValueVaginalBleedingLight: 2,
  HKCategoryValueMenstrualFlowMedium: 3,
  HKCategoryValueVaginalBleedingMedium: 3,
  HKCategoryValueMenstrualFlowHeavy: 4,
  HKCategoryValueVaginalBleedingHeavy: 4,
  HKCategoryValueMenstrualFlowNone: 5,
  HKCategoryValueVaginalBleedingNone: 5,
}

/** Categories whose value says only that it happened. */
const EVENTS: ReadonlySet<string> = new Set([
  'IrregularHeartRhythmEvent',
  'HighHeartRateEvent',
  'LowHeartRateEvent',
  'LowCardioFitnessEvent',
  'IntermenstrualBleeding',
])

const QUANTITY = 'HKQuantityTypeIdentifier'
const CATEGORY = 'HKCategoryTypeIdentifier'
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Every pairing of a phone writes another address of the device. */
const MOST_SOURCES = 500

interface Span {
  readonly start: Moment
  readonly end: Moment
}

function openAppleHealth({ sink }: FormatContext): FormatParser {
  return xmlParser(new AppleTaker(sink))
}

class AppleTaker implements XmlTaker {
  private readonly sink: Sink
  private readonly sources = new Map<string, string>()
  /** The heart rate variability record that a list of beats belongs to. */
  private beatsOf: { span: Span; source: string } | undefined

  constructor(sink: Sink) {
    this.sink = sink
  }

  open(name: string, attributes: XmlAttributes, element: number) {
    if (name === 'Record') this.record(attributes, element)
    else if (name === 'InstantaneousBeatsPerMinute') this.beat(attributes, element)
    else if (name === 'Workout') this.workout(attributes, element)
    else if (name === 'ActivitySummary') this.sink.skip('sum-of-other-records', name, element)
    else if (name === 'WorkoutStatistics') this.sink.skip('sum-of-other-records', name, element)
    else if (OUTSIDE.has(name)) this.sink.skip('not-a-measurement', name, element)
  }

  close(name: string) {
    if (name === 'Record') this.beatsOf = undefined
  }

  save() {
    return this.beatsOf ?? null
  }

  restore(state: unknown) {
    this.beatsOf = (state as typeof this.beatsOf | null) ?? undefined
  }

  /** Few devices write millions of records: each is looked at once, by what is written of it. */
  private sourceName(attributes: XmlAttributes): string {
    const key = `${attributes.raw('sourceName')}\n${attributes.raw('device')}`
    const known = this.sources.get(key)
    if (known !== undefined) return known
    const source = sourceOf(deviceOf(attributes), 'apple-health')
    if (this.sources.size >= MOST_SOURCES) this.sources.clear()
    this.sources.set(key, source)
    return source
  }

  private spanOf(attributes: XmlAttributes, what: string, element: number): Span | undefined {
    const start = readAppleTime(attributes.get('startDate'))
    const endText = attributes.get('endDate')
    const end = endText === undefined ? start : readAppleTime(endText)
    if (start === undefined || end === undefined || end.ms < start.ms) {
      this.sink.skip('bad-time', what, element)
      return undefined
    }
    return { start, end }
  }

  private record(attributes: XmlAttributes, element: number) {
    const type = attributes.get('type')
    if (type === undefined) return this.sink.skip('incomplete', 'Record', element)
    const isQuantity = type.startsWith(QUANTITY)
    if (!isQuantity && !type.startsWith(CATEGORY)) return this.sink.skip('unknown-type', shortType(type), element)
    const name = type.slice(isQuantity ? QUANTITY.length : CATEGORY.length)
    const span = this.spanOf(attributes, name, element)
    if (span === undefined) return
    const source = this.sourceName(attributes)
    if (isQuantity) this.quantity(name, attributes, span, source, element)
    else this.category(name, attributes.get('value') ?? '', span, source, element)
  }

  private quantity(name: string, attributes: XmlAttributes, span: Span, source: string, element: number) {
    const text = attributes.get('value') ?? ''
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value)) return this.sink.skip('not-a-number', name, element)
    if (name === 'HeartRateVariabilitySDNN') this.beatsOf = { span, source }
    const unit = attributes.get('unit') ?? ''
    // Apple writes shares of one under the name of per cent.
    this.emit(name, value, unit === '%' ? '1' : unit, span, source)
  }

  private category(name: string, value: string, span: Span, source: string, element: number) {
    const minutes = (span.end.ms - span.start.ms) / MINUTE_MS
    if (name === 'SleepAnalysis') {
      const stage = SLEEP[value]
      if (stage === undefined) return this.sink.skip('unknown-type', name, element)
      if (minutes === 0) return this.sink.skip('incomplete', name, element)
      return this.emit(stage, minutes, 'min', span, source)
    }
    if (name === 'MindfulSession') return this.emit(name, minutes, 'min', span, source)
    if (name === 'MenstrualFlow') {
      const flow = MENSTRUAL_FLOW[value]
      if (flow === undefined) return this.sink.skip('unknown-type', name, element)
      return this.emit(name, flow, '', span, source)
    }
    if (EVENTS.has(name)) return this.emit(name, 1, '', span, source)
    this.sink.skip('unknown-type', name, element)
  }

  private emit(metric: string, value: number, unit: string, { start, end }: Span, source: string) {
    this.sink.reading({
      metric,
      value,
      unit,
      startMs: start.ms,
      ...(end.ms > start.ms ? { endMs: end.ms } : {}),
      source,
      zoneOffsetMinutes: start.offsetMinutes,
    })
  }

  /** A beat tells the rate of that very moment, in whole beats a minute, and its time of day. */
  private beat(attributes: XmlAttributes, element: number) {
    if (this.beatsOf === undefined) return
    const bpm = Number(attributes.get('bpm') ?? '')
    const { span, source } = this.beatsOf
    const startMs = beatTime(attributes.get('time') ?? '', span.start)
    if (!(bpm > 0)) return this.sink.skip('not-a-number', 'InstantaneousBeatsPerMinute', element)
    if (startMs === undefined) return this.sink.skip('bad-time', 'InstantaneousBeatsPerMinute', element)
    const value = Math.round(MINUTE_MS / bpm)
    const zoneOffsetMinutes = span.start.offsetMinutes
    // A rate without a fraction tells the time between beats only roughly.
    this.sink.reading({ metric: 'rr_interval', value, unit: 'ms', startMs, source, zoneOffsetMinutes, quality: 'fair' })
  }

  private workout(attributes: XmlAttributes, element: number) {
    const span = this.spanOf(attributes, 'Workout', element)
    if (span === undefined) return
    const told = Number(attributes.get('duration') ?? '')
    const unit = attributes.get('durationUnit') ?? 'min'
    const value = told > 0 ? told : (span.end.ms - span.start.ms) / MINUTE_MS
    if (!(value > 0)) return this.sink.skip('incomplete', 'Workout', element)
    this.emit('exercise_duration', value, told > 0 ? unit : 'min', span, this.sourceName(attributes))
    for (const name of ['totalDistance', 'totalEnergyBurned']) {
      if (attributes.get(name) !== undefined) this.sink.skip('sum-of-other-records', `Workout.${name}`, element)
    }
  }
}

/** Elements that hold no value of a time. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'Me',
  'ClinicalRecord',
  'Audiogram',
  'VisionPrescription',
  'WorkoutRoute',
])

/** The device's own name of its kind, before what its owner calls it. */
function deviceOf(attributes: XmlAttributes): string | undefined {
  const source = attributes.get('sourceName')
  const device = attributes.get('device')
  if (device === undefined) return source
  const kind = /name:([^,>]+)/.exec(device)?.[1]
  return kind === undefined ? source : /^Apple|^iPhone|^iPad/.test(kind) ? kind : (source ?? kind)
}

const BEAT = /^(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,3}))?(?:[\s\u202f]*([AaPp])\.?[Mm]\.?)?$/

/** The time of day of a beat, on the day of its record; after midnight it is the day after. */
function beatTime(text: string, start: Moment): number | undefined {
  const match = BEAT.exec(text.trim())
  if (match === null || Number(match[1]) > 23 || Number(match[2]) > 59 || Number(match[3]) > 59) return undefined
  const half = match[5]?.toLowerCase()
  const hour = half === undefined ? Number(match[1]) : (Number(match[1]) % 12) + (half === 'p' ? 12 : 0)
  const inDayMs =
    ((hour * 60 + Number(match[2])) * 60 + Number(match[3])) * 1000 + Number((match[4] ?? '').padEnd(3, '0'))
  const offsetMs = (start.offsetMinutes ?? 0) * MINUTE_MS
  const dayStart = Math.floor((start.ms + offsetMs) / DAY_MS) * DAY_MS - offsetMs
  const ms = dayStart + inDayMs
  return ms < start.ms - DAY_MS / 2 ? ms + DAY_MS : ms
}

function shortType(type: string): string {
  return type.replace(/^HK(Data|Correlation)TypeIdentifier/, '').slice(0, 60)
}
