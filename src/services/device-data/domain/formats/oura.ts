import { jsonParser } from './jsonRecords.ts'
import { finiteOf, listOf, objectOf, textOf } from './jsonValues.ts'
import type { Format, FormatContext, FormatParser } from './reading.ts'
import { type Moment, readStamp } from './times.ts'

/** JSON of Oura: the account's own export and what the API of version 2 gives, by the names of their collections. */
export const oura: Format = {
  name: 'oura',
  label: 'Oura export (JSON)',
  matches: ({ text }) =>
    /^\s*\{/.test(text) &&
    /"(daily_sleep|daily_readiness|daily_activity|bedtime_start|daily_spo2|sleep_phase_5_min|temperature_deviation)"\s*:/.test(
      text,
    ),
  open: openOura,
}

type Doc = Readonly<Record<string, unknown>>
type Emit = (metric: string, value: unknown, unit: string) => void
const SOURCE = 'oura'
const FIVE_MINUTES_MS = 300_000

/** What each digit of a night's phases stands for, five minutes each. */
const PHASES: Readonly<Record<string, string>> = {
  '1': 'deep_sleep',
  '2': 'light_sleep',
  '3': 'rem_sleep',
  '4': 'sleep_wake_time',
}

const NUMBERS: Readonly<Record<string, readonly (readonly [field: string, metric: string, unit: string])[]>> = {
  daily_activity: [
    ['score', 'activity_score', '{score}'],
    ['steps', 'steps_count', '{steps}'],
    ['active_calories', 'active_calories', 'kcal'],
    ['total_calories', 'calories_burned', 'kcal'],
  ],
  daily_readiness: [
    ['score', 'readiness_score', '{score}'],
    ['temperature_deviation', 'body_temperature_deviation', 'Cel'],
  ],
  daily_sleep: [['score', 'sleep_score', '{score}']],
}

function openOura(context: FormatContext): FormatParser {
  let number = 0
  return jsonParser({
    save: () => number,
    restore: (state) => {
      number = state as number
    },
    isRecord: (path) =>
      (path.length === 2 && typeof path[1] === 'number') ||
      (path.length === 3 && path[1] === 'data' && typeof path[2] === 'number'),
    record: (value, path) => {
      number += 1
      const doc = objectOf(value)
      const collection = String(path[0])
      if (doc === undefined) return context.sink.skip('malformed', collection.slice(0, 40), number)
      if (doc.bedtime_start !== undefined) return takeNight(context, doc, number)
      if (doc.bpm !== undefined) return takeBeat(context, doc, number)
      takeDay(context, collection, doc, number)
    },
  })
}

function emitter({ sink }: FormatContext, at: Moment, endMs?: number): Emit {
  return (metric, value, unit) => {
    const number = finiteOf(value)
    if (number === undefined) return
    const zoneOffsetMinutes = at.offsetMinutes
    sink.reading({ metric, value: number, unit, startMs: at.ms, endMs, source: SOURCE, zoneOffsetMinutes })
  }
}

function takeBeat(context: FormatContext, doc: Doc, number: number) {
  const at = readStamp(textOf(doc.timestamp) ?? '', context.clock)
  if (at === undefined) return context.sink.skip('bad-time', 'heart_rate', number)
  // Heart rates are written in UTC, whatever the clock of the person shows.
  emitter(context, at.offsetMinutes === 0 ? { ms: at.ms } : at)('heart_rate', doc.bpm, '/min')
}

function takeDay(context: FormatContext, collection: string, doc: Doc, number: number) {
  const day = textOf(doc.day) ?? textOf(doc.summary_date)
  const fields = NUMBERS[collection]
  if (day === undefined || (fields === undefined && collection !== 'daily_spo2')) {
    return context.sink.skip('unknown-type', collection.slice(0, 40), number)
  }
  const at = readStamp(`${day} 00:00:00`, context.clock)
  if (at === undefined) return context.sink.skip('bad-time', collection, number)
  const moment = emitter(context, at)
  const wholeDay = emitter(context, at, at.ms + 86_400_000)
  for (const [field, metric, unit] of fields ?? []) {
    const isScore = unit === '{score}' || unit === 'Cel'
    ;(isScore ? moment : wholeDay)(metric, doc[field], unit)
  }
  if (collection === 'daily_spo2') moment('oxygen_saturation', objectOf(doc.spo2_percentage)?.average, '%')
}

function takeNight(context: FormatContext, doc: Doc, number: number) {
  const start = readStamp(textOf(doc.bedtime_start) ?? '', context.clock)
  const end = readStamp(textOf(doc.bedtime_end) ?? '', context.clock)
  if (start === undefined || end === undefined || end.ms <= start.ms) {
    return context.sink.skip('bad-time', 'sleep', number)
  }
  const night = emitter(context, start, end.ms)
  night('sleep_duration', doc.total_sleep_duration ?? doc.total, 's')
  night('sleep_efficiency', doc.efficiency, '%')
  night('sleep_latency', doc.latency ?? doc.onset_latency, 's')
  const waking = emitter(context, { ...end })
  waking('resting_heart_rate', doc.lowest_heart_rate ?? doc.hr_lowest, '/min')
  waking('respiratory_rate', doc.average_breath ?? doc.breath_average, '/min')
  takePhases(context, textOf(doc.sleep_phase_5_min) ?? textOf(doc.hypnogram_5min) ?? '', start, end.ms)
  takeSeries(context, doc.hrv, 'hrv_rmssd', 'ms', start)
  takeSeries(context, doc.heart_rate, 'heart_rate', '/min', start)
}

/** One segment for as long as the phase stays the same. */
function takePhases(context: FormatContext, phases: string, start: Moment, endMs: number) {
  let from = 0
  for (let index = 1; index <= phases.length; index += 1) {
    if (index < phases.length && phases[index] === phases[from]) continue
    const metric = PHASES[phases[from] as string]
    const startMs = start.ms + from * FIVE_MINUTES_MS
    const untilMs = Math.min(endMs, start.ms + index * FIVE_MINUTES_MS)
    if (metric !== undefined && untilMs > startMs) {
      emitter(context, { ...start, ms: startMs }, untilMs)(metric, (untilMs - startMs) / 60_000, 'min')
    }
    from = index
  }
}

/** `{ interval: seconds, items: [numbers and nulls], timestamp }`. */
function takeSeries(context: FormatContext, told: unknown, metric: string, unit: string, start: Moment) {
  const series = objectOf(told)
  const seconds = finiteOf(series?.interval)
  if (series === undefined || seconds === undefined || !(seconds > 0)) return
  const first = readStamp(textOf(series.timestamp) ?? '', context.clock) ?? start
  for (const [index, value] of listOf(series.items).entries()) {
    if (value !== null && value !== 0)
      emitter(context, { ...first, ms: first.ms + index * seconds * 1000 })(metric, value, unit)
  }
}
