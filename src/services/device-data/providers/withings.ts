import { zoneOffsetMinutes } from '../../../shared/dates.ts'
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

/** Types of measures, and the metric each is. The value is `value` times ten to the power of `unit`. */
const MEASURES: ReadonlyMap<number, readonly [metric: string, unit: string]> = new Map([
  [1, ['body_weight', 'kg']],
  [4, ['height', 'm']],
  [6, ['body_fat_percentage', '%']],
  [9, ['blood_pressure_diastolic', 'mm[Hg]']],
  [10, ['blood_pressure_systolic', 'mm[Hg]']],
  [11, ['heart_rate', '/min']],
  [12, ['body_temperature', 'Cel']],
  [54, ['oxygen_saturation', '%']],
  [71, ['body_temperature', 'Cel']],
  [73, ['skin_temperature', 'Cel']],
  [76, ['muscle_mass', 'kg']],
  [88, ['bone_mass', 'kg']],
  [123, ['vo2_max', 'mL/min/kg']],
  [170, ['visceral_fat', '{score}']],
])
const CENTIMETRES = 100

/** Withings. Every answer is 200 with a status inside. */
export function withings(keys: MakerKeys, baseUrl: string, signInUrl: string): Maker {
  return {
    name: 'withings',
    label: 'Withings',
    signInUrl,
    tokenUrl: `${baseUrl}/v2/oauth2`,
    apiUrl: baseUrl,
    ...keys,
    scope: 'user.metrics,user.activity',
    dataTypes: [
      ...new Set([...MEASURES.values()].map(([metric]) => metric)),
      ...[...NIGHT, ...ACTIVITY].map(([, metric]) => metric),
    ],
    isWrapped: true,
    sendsBasic: false,
    read,
    subscribe,
  }
}

/** Weight, pressure and rate, activity, sleep. */
const NOTICES = ['1', '4', '16', '44']

async function subscribe(api: MakerApi, { url }: { readonly url: string }): Promise<void> {
  for (const appli of NOTICES) await api.postForm('/notify', { action: 'subscribe', callbackurl: url, appli })
}

async function* read(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void> {
  yield* measures(api, range)
  yield* nights(api, range)
  yield* activities(api, range)
}

/** Sums of days, as Withings names them; what it tells in seconds is minutes here. */
const ACTIVITY: readonly (readonly [field: string, metric: string, unit: string])[] = [
  ['steps', 'steps_count', '{steps}'],
  ['distance', 'distance_walked', 'm'],
  ['active', 'active_minutes', 'min'],
  ['calories', 'active_calories', 'kcal'],
  ['totalcalories', 'calories_burned', 'kcal'],
]

/** Days of activity, by pages. A day begins at midnight in its own zone. */
async function* activities(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void> {
  const kind = 'activity'
  let offset = 0
  for (let hasMore = true; hasMore; ) {
    const answer = (await api.postForm('/v2/measure', {
      action: 'getactivity',
      startdateymd: range.fromOf(kind).toISOString().slice(0, 10),
      enddateymd: new Date(range.until.getTime() + DAY_MS).toISOString().slice(0, 10),
      data_fields: ACTIVITY.map(([field]) => field).join(','),
      ...(offset === 0 ? {} : { offset: String(offset) }),
    })) as Readonly<Record<string, unknown>>
    const samples = listIn(answer, 'activities').flatMap(activitySamples)
    const next = numberIn(answer.offset)
    hasMore = (answer.more === 1 || answer.more === true) && next !== undefined && next > offset
    offset = next ?? offset
    yield hasMore ? { kind, samples } : { kind, samples, completeUntil: range.until }
  }
}

function activitySamples(day: Readonly<Record<string, unknown>>): MakerSample[] {
  const wallMs = Date.parse(`${textIn(day.date)}T00:00:00Z`)
  if (Number.isNaN(wallMs)) return []
  const offset = offsetIn(textIn(day.timezone) ?? 'UTC', wallMs)
  const time = { startMs: wallMs - offset * 60_000, zoneOffsetMinutes: offset }
  return ACTIVITY.flatMap(([field, metric, unit]) => {
    const value = numberIn(day[field])
    return value === undefined ? [] : [{ ...time, metric, unit, value: unit === 'min' ? value / 60 : value }]
  })
}

/** UTC for a zone that nobody knows. */
function offsetIn(zone: string, wallMs: number): number {
  try {
    const guess = zoneOffsetMinutes(new Date(wallMs), zone)
    return zoneOffsetMinutes(new Date(wallMs - guess * 60_000), zone)
  } catch {
    return 0
  }
}

/** Fields of the summary of a night, as Withings names them; times are in seconds. */
const NIGHT: readonly (readonly [field: string, metric: string, unit: string])[] = [
  ['total_sleep_time', 'sleep_duration', 'min'],
  ['total_timeinbed', 'sleep_in_bed', 'min'],
  ['rr_average', 'respiratory_rate', '/min'],
  ['sleep_score', 'sleep_score', '{score}'],
]
const STAGES: Readonly<Record<number, string>> = {
  0: 'sleep_wake_time',
  1: 'light_sleep',
  2: 'deep_sleep',
  3: 'rem_sleep',
}
const DAY_MS = 86_400_000

/** Nights with their sums, and the stages of each: the sums come by pages, the stages by night. */
async function* nights(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void> {
  const kind = 'sleep'
  const day = (at: Date) => at.toISOString().slice(0, 10)
  let offset = 0
  for (let hasMore = true; hasMore; ) {
    const answer = (await api.postForm('/v2/sleep', {
      action: 'getsummary',
      startdateymd: day(range.fromOf(kind)),
      enddateymd: day(new Date(range.until.getTime() + DAY_MS)),
      data_fields: NIGHT.map(([field]) => field).join(','),
      ...(offset === 0 ? {} : { offset: String(offset) }),
    })) as Readonly<Record<string, unknown>>
    const samples: MakerSample[] = []
    for (const night of listIn(answer, 'series')) samples.push(...nightSamples(night), ...(await stagesOf(api, night)))
    const next = numberIn(answer.offset)
    hasMore = (answer.more === 1 || answer.more === true) && next !== undefined && next > offset
    offset = next ?? offset
    yield hasMore ? { kind, samples } : { kind, samples, completeUntil: range.until }
  }
}

function spanOf(record: Readonly<Record<string, unknown>>): { startMs: number; endMs: number } | undefined {
  const [start, end] = [numberIn(record.startdate), numberIn(record.enddate)]
  return start === undefined || end === undefined || end <= start
    ? undefined
    : { startMs: start * 1000, endMs: end * 1000 }
}

function nightSamples(night: Readonly<Record<string, unknown>>): MakerSample[] {
  const span = spanOf(night)
  const data = night.data as Readonly<Record<string, unknown>> | undefined
  if (span === undefined || data === undefined) return []
  return NIGHT.flatMap(([field, metric, unit]) => {
    const value = numberIn(data[field])
    // A zero says that the device has no such sensor.
    if (value === undefined || value === 0) return []
    return [{ ...span, metric, unit, value: unit === 'min' ? value / 60 : value }]
  })
}

async function stagesOf(api: MakerApi, night: Readonly<Record<string, unknown>>): Promise<MakerSample[]> {
  const span = spanOf(night)
  if (span === undefined) return []
  const answer = await api.postForm('/v2/sleep', {
    action: 'get',
    startdate: String(span.startMs / 1000),
    enddate: String(span.endMs / 1000),
  })
  return listIn(answer, 'series').flatMap((one) => {
    const part = spanOf(one)
    const metric = STAGES[numberIn(one.state) ?? -1]
    if (part === undefined || metric === undefined) return []
    return [{ ...part, metric, unit: 'min', value: (part.endMs - part.startMs) / 60_000 }]
  })
}

async function* measures(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void> {
  const kind = 'measures'
  let offset = 0
  let hasMore = true
  while (hasMore) {
    const answer = (await api.postForm('/measure', {
      action: 'getmeas',
      meastypes: [...MEASURES.keys()].join(','),
      category: '1',
      startdate: String(Math.floor(range.fromOf(kind).getTime() / 1000)),
      enddate: String(Math.floor(range.until.getTime() / 1000)),
      ...(offset === 0 ? {} : { offset: String(offset) }),
    })) as Readonly<Record<string, unknown>>
    const samples = listIn(answer, 'measuregrps').flatMap(groupSamples)
    const next = numberIn(answer.offset)
    hasMore = (answer.more === 1 || answer.more === true) && next !== undefined && next > offset
    offset = next ?? offset
    yield hasMore ? { kind, samples } : { kind, samples, completeUntil: range.until }
  }
}

function groupSamples(group: Readonly<Record<string, unknown>>): MakerSample[] {
  const seconds = numberIn(group.date)
  if (seconds === undefined) return []
  return listIn(group, 'measures').flatMap((measure) => {
    const known = MEASURES.get(numberIn(measure.type) ?? -1)
    const value = numberIn(measure.value)
    const power = numberIn(measure.unit)
    if (known === undefined || value === undefined || power === undefined) return []
    const [metric, unit] = known
    // Dividing keeps 98.6 what it is; multiplying by a tenth would not.
    const real = power < 0 ? value / 10 ** -power : value * 10 ** power
    const common = { startMs: seconds * 1000, sourceKey: String(group.grpid), metric }
    return metric === 'height'
      ? [{ ...common, unit: 'cm', value: real * CENTIMETRES }]
      : [{ ...common, unit, value: real }]
  })
}
