import { parseInstant } from '../../../shared/dates.ts'
import { offsetOf } from '../domain/reading.ts'
import type { MakerKeys } from './dexcom.ts'
import {
  listIn,
  type Maker,
  type MakerApi,
  type MakerPage,
  type MakerRange,
  type MakerSample,
  numberIn,
  textIn,
} from './maker.ts'

const DAY_MS = 86_400_000
const WINDOW_MS = 30 * DAY_MS

type Record_ = Readonly<Record<string, unknown>>

/** Oura, second version of its API. */
export function oura(keys: MakerKeys, baseUrl: string, signInUrl: string): Maker {
  return {
    name: 'oura',
    label: 'Oura',
    signInUrl,
    tokenUrl: `${baseUrl}/oauth/token`,
    apiUrl: baseUrl,
    ...keys,
    scope: 'personal daily heartrate spo2',
    dataTypes: [
      'heart_rate',
      'hrv_rmssd',
      'resting_heart_rate',
      'deep_sleep',
      'rem_sleep',
      'light_sleep',
      'steps_count',
      'distance_walked',
      'active_minutes',
      'oxygen_saturation',
      'sleep_score',
      'readiness_score',
    ],
    isWrapped: false,
    sendsBasic: false,
    read,
    // Notices of Oura name the account so; without its name the account is read by schedule.
    identify: async (api) => {
      const info = (await api.get('/v2/usercollection/personal_info').catch(() => undefined)) as Record_ | undefined
      return textIn(info?.id)
    },
  }
}

const KINDS = {
  heartrate: heartRate,
  sleep,
  daily_activity: activity,
  daily_readiness: readiness,
  daily_sleep: (record: Record_) => ofDay(record, 'sleep_score', '{score}', numberIn(record.score)),
  daily_spo2: (record: Record_) =>
    ofDay(record, 'oxygen_saturation', '%', positive((record.spo2_percentage as Record_ | null | undefined)?.average)),
} as const

async function* read(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void> {
  for (const [kind, reader] of Object.entries(KINDS)) {
    for (let from = range.fromOf(kind).getTime(); from < range.until.getTime(); from += WINDOW_MS) {
      const until = new Date(Math.min(from + WINDOW_MS, range.until.getTime()))
      let next: string | undefined
      do {
        const answer = (await api.get(`/v2/usercollection/${kind}`, queryOf(kind, from, until, next))) as Record_
        next = textIn(answer.next_token)
        const samples = listIn(answer, 'data').flatMap((record) => reader(record))
        yield next === undefined ? { kind, samples, completeUntil: until } : { kind, samples }
      } while (next !== undefined)
    }
  }
}

function queryOf(kind: string, from: number, until: Date, next: string | undefined): Record<string, string> {
  const period: Record<string, string> =
    kind === 'heartrate'
      ? { start_datetime: new Date(from).toISOString(), end_datetime: until.toISOString() }
      : { start_date: new Date(from).toISOString().slice(0, 10), end_date: until.toISOString().slice(0, 10) }
  return next === undefined ? period : { ...period, next_token: next }
}

function heartRate(record: Record_): MakerSample[] {
  const value = numberIn(record.bpm)
  const time = timeOf(record.timestamp)
  return value === undefined || time === undefined ? [] : [{ ...time, metric: 'heart_rate', unit: '/min', value }]
}

function sleep(record: Record_): MakerSample[] {
  const start = timeOf(record.bedtime_start)
  const end = timeOf(record.bedtime_end)
  // Rests and deleted nights are told apart by their type.
  if (start === undefined || end === undefined || record.type === 'deleted' || record.type === 'rest') return []
  const night = { ...start, endMs: end.startMs }
  const minutes = (seconds: unknown) => {
    const number = numberIn(seconds)
    return number === undefined ? undefined : Math.round((number / 60) * 100) / 100
  }
  return [
    ...sample('sleep_duration', 'min', minutes(record.total_sleep_duration), night),
    ...sample('sleep_in_bed', 'min', minutes(record.time_in_bed), night),
    ...sample('sleep_latency', 'min', minutes(record.latency), night),
    ...sample('sleep_efficiency', '%', numberIn(record.efficiency), night),
    ...phases(textIn(record.sleep_phase_5_min), start, end.startMs),
    ...sample('hrv_rmssd', 'ms', positive(record.average_hrv), start),
    ...sample('resting_heart_rate', '/min', positive(record.lowest_heart_rate), start),
    ...sample('respiratory_rate', '/min', positive(record.average_breath), start),
  ]
}

const PHASES: Readonly<Record<string, string>> = {
  1: 'deep_sleep',
  2: 'light_sleep',
  3: 'rem_sleep',
  4: 'sleep_wake_time',
}
const PHASE_MS = 300_000

/** Runs of equal five-minute phases as segments. */
function phases(
  text: string | undefined,
  start: { startMs: number; zoneOffsetMinutes?: number },
  endMs: number,
): MakerSample[] {
  const segments: MakerSample[] = []
  for (const run of text?.matchAll(/(\d)\1*/g) ?? []) {
    const metric = PHASES[run[1] as string]
    const from = start.startMs + (run.index ?? 0) * PHASE_MS
    const until = Math.min(from + run[0].length * PHASE_MS, endMs)
    if (metric === undefined || until <= from) continue
    segments.push({ ...start, startMs: from, endMs: until, metric, unit: 'min', value: (until - from) / 60_000 })
  }
  return segments
}

function activity(record: Record_): MakerSample[] {
  const day = timeOf(record.timestamp) ?? timeOf(record.day)
  if (day === undefined) return []
  return [
    ...sample('steps_count', '{steps}', numberIn(record.steps), day),
    ...sample('active_calories', 'kcal', numberIn(record.active_calories), day),
    ...sample('calories_burned', 'kcal', numberIn(record.total_calories), day),
    ...sample('distance_walked', 'm', numberIn(record.equivalent_walking_distance), day),
    ...sample('active_minutes', 'min', activeMinutes(record), day),
    ...sample('activity_score', '{score}', numberIn(record.score), day),
  ]
}

/** Medium and high activity, which Oura tells in seconds. */
function activeMinutes(record: Record_): number | undefined {
  const [medium, high] = [numberIn(record.medium_activity_time), numberIn(record.high_activity_time)]
  return medium === undefined || high === undefined ? undefined : (medium + high) / 60
}

function ofDay(record: Record_, metric: string, unit: string, value: number | undefined): MakerSample[] {
  const day = timeOf(record.timestamp) ?? timeOf(record.day)
  return day === undefined ? [] : sample(metric, unit, value, day)
}

function readiness(record: Record_): MakerSample[] {
  const day = timeOf(record.timestamp) ?? timeOf(record.day)
  if (day === undefined) return []
  return [
    ...sample('readiness_score', '{score}', numberIn(record.score), day),
    ...sample('body_temperature_deviation', 'Cel', numberIn(record.temperature_deviation), day),
  ]
}

function sample(
  metric: string,
  unit: string,
  value: number | undefined,
  time: object & { startMs: number },
): MakerSample[] {
  return value === undefined ? [] : [{ ...time, metric, unit, value }]
}

/** Zero is how the maker says that it does not know. */
function positive(value: unknown): number | undefined {
  const number = numberIn(value)
  return number === undefined || number <= 0 ? undefined : number
}

function timeOf(value: unknown): { startMs: number; zoneOffsetMinutes?: number } | undefined {
  const text = textIn(value)
  const at = text === undefined ? undefined : parseInstant(text, { naive: 'utc', dateOnly: true })
  if (at === undefined) return undefined
  const offset = offsetOf(text)
  return offset === undefined ? { startMs: at.getTime() } : { startMs: at.getTime(), zoneOffsetMinutes: offset }
}
