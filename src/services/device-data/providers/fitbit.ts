import { parseInstant, zoneOffsetMinutes } from '../../../shared/dates.ts'
import type { MakerKeys } from './dexcom.ts'
import {
  listIn,
  type Maker,
  type MakerApi,
  type MakerPage,
  type MakerRange,
  MakerRefused,
  type MakerSample,
  numberIn,
  textIn,
} from './maker.ts'

const DAY_MS = 86_400_000
const WINDOW_MS = 30 * DAY_MS

type Record_ = Readonly<Record<string, unknown>>

/** Fitbit, web API 1 and 1.2. Its times are those of the person's clock without a zone: the profile tells which. */
export function fitbit(keys: MakerKeys, baseUrl: string, signInUrl: string, takesNotices: boolean): Maker {
  return {
    name: 'fitbit',
    label: 'Fitbit',
    signInUrl,
    tokenUrl: `${baseUrl}/oauth2/token`,
    apiUrl: baseUrl,
    ...keys,
    scope: 'heartrate activity sleep weight profile oxygen_saturation respiratory_rate',
    dataTypes: [
      'heart_rate',
      'resting_heart_rate',
      'hrv_rmssd',
      'steps_count',
      'body_weight',
      'deep_sleep',
      'rem_sleep',
      'light_sleep',
    ],
    isWrapped: false,
    sendsBasic: true,
    read,
    ...(takesNotices ? { subscribe } : {}),
  }
}

interface Kind {
  readonly path: (from: string, until: string) => string
  readonly list: (answer: Record_) => Record_[]
  readonly read: (record: Record_, clock: Clock) => MakerSample[]
}

type Clock = (text: unknown) => { startMs: number; zoneOffsetMinutes: number } | undefined

const KINDS: Readonly<Record<string, Kind>> = {
  heart: {
    path: (from, until) => `/1/user/-/activities/heart/date/${from}/${until}.json`,
    list: (answer) => listIn(answer, 'activities-heart'),
    read: (record, clock) =>
      sample(
        'resting_heart_rate',
        '/min',
        (record.value as Record_ | undefined)?.restingHeartRate,
        clock(record.dateTime),
      ),
  },
  steps: {
    path: (from, until) => `/1/user/-/activities/steps/date/${from}/${until}.json`,
    list: (answer) => listIn(answer, 'activities-steps'),
    read: (record, clock) => sample('steps_count', '{steps}', record.value, clock(record.dateTime)),
  },
  hrv: {
    path: (from, until) => `/1/user/-/hrv/date/${from}/${until}.json`,
    list: (answer) => listIn(answer, 'hrv'),
    read: (record, clock) =>
      sample('hrv_rmssd', 'ms', (record.value as Record_ | undefined)?.dailyRmssd, clock(record.dateTime)),
  },
  weight: {
    path: (from, until) => `/1/user/-/body/log/weight/date/${from}/${until}.json`,
    list: (answer) => listIn(answer, 'weight'),
    read: (record, clock) => sample('body_weight', 'kg', record.weight, clock(`${record.date}T${record.time}`)),
  },
  sleep: {
    path: (from, until) => `/1.2/user/-/sleep/date/${from}/${until}.json`,
    list: (answer) => listIn(answer, 'sleep'),
    read: sleep,
  },
}

async function* read(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void> {
  const profile = (await api.get('/1/user/-/profile.json')) as { user?: { timezone?: unknown } }
  const clock = clockOf(textIn(profile.user?.timezone) ?? 'UTC')
  for (const [kind, { path, list, read: reader }] of Object.entries(KINDS)) {
    for (let from = range.fromOf(kind).getTime(); from < range.until.getTime(); from += WINDOW_MS) {
      const until = new Date(Math.min(from + WINDOW_MS, range.until.getTime()))
      const day = (at: Date) => at.toISOString().slice(0, 10)
      const answer = (await api.get(path(day(new Date(from)), day(until)))) as Record_
      yield { kind, samples: list(answer).flatMap((record) => reader(record, clock)), completeUntil: until }
    }
  }
  yield* heartRates(api, range, clock)
}

/** The address of notices is that of the application; the subscription has the name of the device. */
async function subscribe(api: MakerApi, { name }: { readonly name: string }): Promise<void> {
  await api.postForm(`/1/user/-/apiSubscriptions/${name}.json`, {})
}

/** Days whose heart rate is asked for in detail: each is a call, of 150 that an account has in an hour. */
const DETAILED_DAYS = 30

/** The heart rate in the detail that the watch gave. Only applications that Fitbit allows it read this: others go without. */
async function* heartRates(api: MakerApi, range: MakerRange, clock: Clock): AsyncGenerator<MakerPage, void> {
  const kind = 'heart_rate'
  const first = Math.max(range.fromOf(kind).getTime(), range.until.getTime() - DETAILED_DAYS * DAY_MS)
  for (let at = first; at < range.until.getTime() + DAY_MS; at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10)
    const path = `/1/user/-/activities/heart/date/${day}/${day}/1sec.json`
    const answer = await api.get(path).catch((error: unknown) => {
      if (error instanceof MakerRefused) return undefined
      throw error
    })
    if (answer === undefined) return
    const detail = (answer as Record_)['activities-heart-intraday'] as Record_ | undefined
    const records = detail === undefined ? [] : listIn(detail, 'dataset')
    const samples = records.flatMap((one) => sample('heart_rate', '/min', one.value, clock(`${day}T${one.time}`)))
    yield { kind, samples, completeUntil: new Date(Math.min(at + DAY_MS, range.until.getTime())) }
  }
}

const LEVELS: Readonly<Record<string, string>> = {
  deep: 'deep_sleep',
  light: 'light_sleep',
  rem: 'rem_sleep',
  wake: 'sleep_wake_time',
  asleep: 'sleep_asleep',
  restless: 'sleep_wake_time',
  awake: 'sleep_wake_time',
}

function sleep(record: Record_, clock: Clock): MakerSample[] {
  const start = clock(record.startTime)
  const end = clock(record.endTime)
  if (start === undefined || end === undefined) return []
  const night = { ...start, endMs: end.startMs }
  const levels = (record.levels as { data?: unknown } | undefined)?.data
  const segments = (Array.isArray(levels) ? levels : []).flatMap((one: Record_) => {
    const from = clock(one.dateTime)
    const seconds = numberIn(one.seconds)
    const metric = LEVELS[String(one.level)]
    if (from === undefined || seconds === undefined || metric === undefined) return []
    return [{ ...from, endMs: from.startMs + seconds * 1000, metric, unit: 'min', value: seconds / 60 }]
  })
  return [
    ...sample('sleep_duration', 'min', record.minutesAsleep, night),
    ...sample('sleep_in_bed', 'min', record.timeInBed, night),
    ...segments,
  ]
}

function sample(metric: string, unit: string, value: unknown, time: { startMs: number } | undefined): MakerSample[] {
  const number = numberIn(value)
  return number === undefined || time === undefined ? [] : [{ ...time, metric, unit, value: number }]
}

function clockOf(zone: string): Clock {
  return (value) => {
    const text = textIn(value)
    const wall = text === undefined ? undefined : parseInstant(text, { naive: 'utc', dateOnly: true })
    if (wall === undefined) return undefined
    const guess = zoneOffsetMinutes(wall, zone)
    const offset = zoneOffsetMinutes(new Date(wall.getTime() - guess * 60_000), zone)
    return { startMs: wall.getTime() - offset * 60_000, zoneOffsetMinutes: offset }
  }
}
