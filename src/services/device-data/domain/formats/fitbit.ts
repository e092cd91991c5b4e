import { jsonParser } from './jsonRecords.ts'
import { finiteOf, listOf, objectOf, textOf } from './jsonValues.ts'
import type { Format, FormatContext, FormatParser, Head } from './reading.ts'
import { LocalClock, type Moment, readStamp, readTableTime } from './times.ts'

/**
 * JSON files of a Fitbit archive (Google Takeout, "Global Export Data"). What a list of `dateTime` and `value` means is told
 * only by the name of the file. Counters and heart rates are written in UTC, sleep and weight in the person's time.
 */
export const fitbit: Format = {
  name: 'fitbit',
  label: 'Fitbit archive (JSON)',
  matches: (head) => kindOf(head) !== undefined,
  open: (context) => openFitbit(context),
}

const UTC = new LocalClock('UTC')
const SOURCE = 'fitbit'
type Doc = Readonly<Record<string, unknown>>

const COUNTERS: Readonly<Record<string, { metric: string; unit: string }>> = {
  steps: { metric: 'steps_count', unit: '{steps}' },
  distance: { metric: 'distance_walked', unit: 'cm' },
  calories: { metric: 'calories_burned', unit: 'kcal' },
}

const LEVELS: Readonly<Record<string, string>> = {
  wake: 'sleep_wake_time',
  awake: 'sleep_wake_time',
  restless: 'sleep_asleep',
  asleep: 'sleep_asleep',
  light: 'light_sleep',
  deep: 'deep_sleep',
  rem: 'rem_sleep',
}

const CONFIDENCE = ['poor', 'fair', 'good', 'excellent'] as const
const NAME = /(?:^|\/)(heart_rate|resting_heart_rate|steps|distance|calories|sleep|weight)-[\w-]*\.json$/

function kindOf({ name, text }: Pick<Head, 'name' | 'text'>): string | undefined {
  if (!/^\s*\[/.test(text)) return undefined
  if (/"dateOfSleep"\s*:/.test(text)) return 'sleep'
  if (/"bpm"\s*:/.test(text) && /"confidence"\s*:/.test(text)) return 'heart_rate'
  const told = NAME.exec(name)?.[1]
  return told !== undefined && /"(dateTime|logId)"\s*:/.test(text) ? told : undefined
}

function openFitbit(context: FormatContext): FormatParser {
  const told = NAME.exec(context.name)?.[1]
  let number = 0
  return jsonParser({
    save: () => number,
    restore: (state) => {
      number = state as number
    },
    isRecord: (path) => path.length === 1,
    record: (value) => {
      number += 1
      const doc = objectOf(value)
      if (doc === undefined) return context.sink.skip('malformed', 'record', number)
      if (doc.dateOfSleep !== undefined) return takeSleep(context, doc, number)
      if (told === 'weight') return takeWeight(context, doc, number)
      if (told === 'resting_heart_rate') return takeResting(context, doc, number)
      if (objectOf(doc.value)?.bpm !== undefined) return takeHeartRate(context, doc, number)
      takeCounter(context, told, doc, number)
    },
  })
}

/** `01/31/24 05:00:03`, always with the month first. */
function tableTime(text: string, clock: LocalClock): Moment | undefined {
  const [date = '', time = ''] = text.split(' ')
  const wall = readTableTime(date, time, 'month-first')
  return wall === undefined ? undefined : clock.instant(wall)
}

function takeHeartRate({ sink }: FormatContext, doc: Doc, number: number) {
  const at = tableTime(textOf(doc.dateTime) ?? '', UTC)
  const value = finiteOf(objectOf(doc.value)?.bpm)
  if (at === undefined) return sink.skip('bad-time', 'heart_rate', number)
  if (value === undefined) return sink.skip('not-a-number', 'heart_rate', number)
  const quality = CONFIDENCE[finiteOf(objectOf(doc.value)?.confidence) ?? -1]
  sink.reading({ metric: 'heart_rate', value, unit: '/min', startMs: at.ms, source: SOURCE, quality })
}

function takeCounter({ sink }: FormatContext, kind = '', doc: Doc, number: number) {
  const counter = COUNTERS[kind]
  if (counter === undefined) return sink.skip('unknown-type', kind === '' ? 'record' : kind, number)
  const at = tableTime(textOf(doc.dateTime) ?? '', UTC)
  const value = finiteOf(doc.value)
  if (at === undefined) return sink.skip('bad-time', kind, number)
  if (value === undefined) return sink.skip('not-a-number', kind, number)
  // Counters are told by the minute.
  sink.reading({ ...counter, value, startMs: at.ms, endMs: at.ms + 60_000, source: SOURCE })
}

function takeResting({ sink, clock }: FormatContext, doc: Doc, number: number) {
  const told = objectOf(doc.value)
  const at = tableTime(`${textOf(told?.date) ?? ''} 00:00:00`, clock)
  const value = finiteOf(told?.value)
  // A day without a value is written as 0 without a date.
  if (at === undefined || value === undefined || value === 0) {
    return sink.skip('incomplete', 'resting_heart_rate', number)
  }
  const zoneOffsetMinutes = at.offsetMinutes
  const rounded = Math.round(value * 100) / 100
  sink.reading({
    metric: 'resting_heart_rate',
    value: rounded,
    unit: '/min',
    startMs: at.ms,
    source: SOURCE,
    zoneOffsetMinutes,
  })
}

/** The weight stands in the unit of the account, which the file does not tell: only what is sure is taken. */
function takeWeight({ sink, clock }: FormatContext, doc: Doc, number: number) {
  const at = tableTime(`${textOf(doc.date) ?? ''} ${textOf(doc.time) ?? ''}`, clock)
  if (at === undefined) return sink.skip('bad-time', 'weight', number)
  const rest = { startMs: at.ms, source: SOURCE, zoneOffsetMinutes: at.offsetMinutes }
  sink.skip('unknown-unit', 'weight', number)
  const bmi = finiteOf(doc.bmi)
  const fat = finiteOf(doc.fat)
  if (bmi !== undefined && bmi > 0) sink.reading({ metric: 'body_mass_index', value: bmi, unit: 'kg/m2', ...rest })
  if (fat !== undefined && fat > 0) sink.reading({ metric: 'body_fat_percentage', value: fat, unit: '%', ...rest })
}

function takeSleep({ sink, clock }: FormatContext, doc: Doc, number: number) {
  const start = readStamp(textOf(doc.startTime) ?? '', clock)
  const end = readStamp(textOf(doc.endTime) ?? '', clock)
  if (start === undefined || end === undefined || end.ms <= start.ms) return sink.skip('bad-time', 'sleep', number)
  const night = { startMs: start.ms, endMs: end.ms, source: SOURCE, zoneOffsetMinutes: start.offsetMinutes }
  const asleep = finiteOf(doc.minutesAsleep)
  const efficiency = finiteOf(doc.efficiency)
  if (asleep !== undefined) sink.reading({ metric: 'sleep_duration', value: asleep, unit: 'min', ...night })
  if (efficiency !== undefined) sink.reading({ metric: 'sleep_efficiency', value: efficiency, unit: '%', ...night })
  for (const one of listOf(objectOf(doc.levels)?.data)) {
    const segment = objectOf(one) ?? {}
    const from = readStamp(textOf(segment.dateTime) ?? '', clock)
    const seconds = finiteOf(segment.seconds)
    const metric = LEVELS[textOf(segment.level) ?? '']
    if (from === undefined || seconds === undefined || !(seconds > 0) || metric === undefined) {
      sink.skip('incomplete', 'sleep.level', number)
      continue
    }
    const { ms: startMs, offsetMinutes: zoneOffsetMinutes } = from
    const span = { startMs, endMs: startMs + seconds * 1000, source: SOURCE, zoneOffsetMinutes }
    sink.reading({ metric, value: seconds / 60, unit: 'min', ...span })
  }
}
