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
      'distance_walked',
      'floors_climbed',
      'calories_burned',
      'oxygen_saturation',
      'respiratory_rate',
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
  // Without a language in the request Fitbit tells kilometres.
  distance: ofDays('distance', 'distance_walked', 'm', 1000),
  floors: ofDays('floors', 'floors_climbed', '{count}'),
  calories: ofDays('calories', 'calories_burned', 'kcal'),
  oxygen: {
    path: (from, until) => `/1/user/-/spo2/date/${from}/${until}.json`,
    list: (answer) => listIn({ days: answer }, 'days'),
    read: (record, clock) =>
      sample('oxygen_saturation', '%', (record.value as Record_ | undefined)?.avg, clock(record.dateTime)),
  },
  breathing: {
    path: (from, until) => `/1/user/-/br/date/${from}/${until}.json`,
    list: (answer) => listIn(answer, 'br'),
    read: (record, clock) =>
      sample('respiratory_rate', '/min', (record.value as Record_ | undefined)?.breathingRate, clock(record.dateTime)),
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

/** Sums of days of an activity. */
function ofDays(resource: string, metric: string, unit: string, factor = 1): Kind {
  return {
    path: (from, until) => `/1/user/-/activities/${resource}/date/${from}/${until}.json`,
    list: (answer) => listIn(answer, `activities-${resource}`),
    read: (record, clock) => sample(metric, unit, scaled(record.value, factor), clock(record.dateTime)),
  }
}

function scaled(value: unknown, factor: number): number | undefined {
  const number = numberIn(value)
  return number === undefined ? undefined : number * factor
}

async function* read(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void> {
  const profile = (await api.get('/1/user/-/profile.json')) as { user?: { timezone?: unknown } }
  const clock = clockOf(textIn(profile.user?.timezone) ?? 'UTC')
  for (const [kind, of] of Object.entries(KINDS))
    yield* days(api, kind, of, { ...range, fromMs: range.fromOf(kind).getTime() }, clock)
  yield* steps(api, range, clock)
  yield* heartRates(api, range, clock)
}

const dayText = (ms: number) => new Date(ms).toISOString().slice(0, 10)

async function* days(
  api: MakerApi,
  kind: string,
  { path, list, read: reader }: Kind,
  { fromMs, until: end }: { readonly fromMs: number; readonly until: Date },
  clock: Clock,
): AsyncGenerator<MakerPage, void> {
  for (let from = fromMs; from < end.getTime(); from += WINDOW_MS) {
    const until = new Date(Math.min(from + WINDOW_MS, end.getTime()))
    const answer = (await api.get(path(dayText(from), dayText(until.getTime())))) as Record_
    yield { kind, samples: list(answer).flatMap((record) => reader(record, clock)), completeUntil: until }
  }
}

const STEPS = ofDays('steps', 'steps_count', '{steps}')
const MINUTE_MS = 60_000

/**
 * Steps by the minute where the application may read them, else by day. A day stands in one of the two forms only: its sum is
 * read for days before the first one of minutes, or (once minutes are not given any more) after the last.
 */
async function* steps(api: MakerApi, range: MakerRange, clock: Clock): AsyncGenerator<MakerPage, void> {
  const kind = 'steps_minute'
  const readBefore = range.readUntil(kind)
  const sumsUntil = range.readUntil('steps')
  const first = Math.max(range.fromOf(kind).getTime(), range.until.getTime() - DETAILED_DAYS * DAY_MS)
  for (let at = first; at < range.until.getTime() + DAY_MS; at += DAY_MS) {
    const day = dayText(at)
    const records = await detail(api, 'steps', day, '1min')
    if (records === undefined) {
      const afterMinutes = readBefore === undefined ? 0 : Date.parse(dayText(readBefore.getTime())) + DAY_MS
      const fromMs = Math.max(range.fromOf('steps').getTime(), afterMinutes)
      return yield* days(api, 'steps', STEPS, { ...range, fromMs }, clock)
    }
    if (at === first && readBefore === undefined) {
      const before = { fromMs: range.fromOf('steps').getTime(), until: new Date(Date.parse(day) - DAY_MS) }
      yield* days(api, 'steps', STEPS, before, clock)
    }
    const samples = records.flatMap(({ time, value }) => {
      const minute = clock(`${day}T${time}`)
      // A minute without a step is left out: there are more of them than of the others.
      if (minute === undefined || numberIn(value) === 0) return []
      return sample('steps_count', '{steps}', value, { ...minute, endMs: minute.startMs + MINUTE_MS })
    })
    // The sum that stood for this day until now would count its steps a second time.
    if (sumsUntil !== undefined && day <= dayText(sumsUntil.getTime()))
      samples.push(...sample('steps_count', '{steps}', 0, clock(day)))
    yield { kind, samples, completeUntil: new Date(Math.min(at + DAY_MS, range.until.getTime())) }
  }
}

/** One day in detail; undefined where the application has no right to it, which Fitbit gives only on request. */
async function detail(api: MakerApi, resource: string, day: string, level: string): Promise<Record_[] | undefined> {
  const answer = await api
    .get(`/1/user/-/activities/${resource}/date/${day}/${day}/${level}.json`)
    .catch((error: unknown) => {
      if (error instanceof MakerRefused) return undefined
      throw error
    })
  const found = (answer as Record_ | undefined)?.[`activities-${resource}-intraday`] as Record_ | undefined
  return found === undefined ? undefined : listIn(found, 'dataset')
}

/** The address of notices is that of the application; the subscription has the name of the device. */
async function subscribe(api: MakerApi, { name }: { readonly name: string }): Promise<void> {
  await api.postForm(`/1/user/-/apiSubscriptions/${name}.json`, {})
}

/** Days that are asked for in detail: each is two calls, of 150 that an account has in an hour. */
const DETAILED_DAYS = 30

/** The heart rate in the detail that the watch gave. Only applications that Fitbit allows it read this: others go without. */
async function* heartRates(api: MakerApi, range: MakerRange, clock: Clock): AsyncGenerator<MakerPage, void> {
  const kind = 'heart_rate'
  const first = Math.max(range.fromOf(kind).getTime(), range.until.getTime() - DETAILED_DAYS * DAY_MS)
  for (let at = first; at < range.until.getTime() + DAY_MS; at += DAY_MS) {
    const day = dayText(at)
    const records = await detail(api, 'heart', day, '1sec')
    if (records === undefined) return
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

function sample(
  metric: string,
  unit: string,
  value: unknown,
  time: { startMs: number; endMs?: number } | undefined,
): MakerSample[] {
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
