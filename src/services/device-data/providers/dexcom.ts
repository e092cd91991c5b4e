import { parseInstant } from '../../../shared/dates.ts'
import { offsetOf } from '../domain/reading.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { canonicalValue, metricOf } from '../domain/vocabulary.ts'
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

/** The API gives at most thirty days at once. */
const WINDOW_MS = 30 * 86_400_000
const LOWEST_MG_DL = 40
const HIGHEST_MG_DL = 400

export type MakerKeys = { readonly clientId: string | undefined; readonly clientSecret: string | undefined }

/** Dexcom, third version of its API. */
export function dexcom(keys: MakerKeys, baseUrl: string): Maker {
  return {
    name: 'dexcom',
    label: 'Dexcom',
    signInUrl: `${baseUrl}/v2/oauth2/login`,
    tokenUrl: `${baseUrl}/v2/oauth2/token`,
    apiUrl: baseUrl,
    ...keys,
    scope: 'offline_access',
    dataTypes: ['continuous_glucose', 'glucose_calibration', 'carb_event', 'insulin_event'],
    isWrapped: false,
    sendsBasic: false,
    read,
  }
}

async function* read(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void> {
  for (const kind of ['egvs', 'calibrations', 'events'] as const) {
    for (let from = range.fromOf(kind).getTime(); from < range.until.getTime(); from += WINDOW_MS) {
      const until = new Date(Math.min(from + WINDOW_MS, range.until.getTime()))
      const answer = await api.get(`/v3/users/self/${kind}`, {
        startDate: timeText(new Date(from)),
        endDate: timeText(until),
      })
      const samples = listIn(answer, 'records').flatMap((record) => READERS[kind](record))
      yield { kind, samples, completeUntil: until }
    }
  }
}

const READERS = { egvs: glucose, calibrations: calibration, events: eventOf }

function glucose(record: Readonly<Record<string, unknown>>): MakerSample[] {
  const value = mgDl(record)
  const time = timeOf(record)
  if (value === undefined || time === undefined) return []
  const status = textIn(record.status)
  const common = { ...time, metric: 'continuous_glucose', unit: 'mg/dL', ...keyOf(record) }
  if (status === 'low' || value < LOWEST_MG_DL) return [{ ...common, value: LOWEST_MG_DL - 1, bound: 'below' }]
  if (status === 'high' || value > HIGHEST_MG_DL) return [{ ...common, value: HIGHEST_MG_DL + 1, bound: 'above' }]
  return [{ ...common, value }]
}

function calibration(record: Readonly<Record<string, unknown>>): MakerSample[] {
  const value = mgDl(record)
  const time = timeOf(record)
  if (value === undefined || time === undefined) return []
  return [{ ...time, metric: 'glucose_calibration', unit: 'mg/dL', value, ...keyOf(record) }]
}

function eventOf(record: Readonly<Record<string, unknown>>): MakerSample[] {
  const value = numberIn(record.value)
  const time = timeOf(record)
  if (value === undefined || time === undefined || record.eventStatus === 'deleted') return []
  if (record.eventType === 'carbs') return [{ ...time, metric: 'carb_event', unit: 'g', value, ...keyOf(record) }]
  if (record.eventType === 'insulin')
    return [{ ...time, metric: 'insulin_event', unit: '[iU]', value, ...keyOf(record) }]
  return []
}

function mgDl(record: Readonly<Record<string, unknown>>): number | undefined {
  const value = numberIn(record.value)
  if (value === undefined) return undefined
  const canonical = canonicalValue(
    metricOf('continuous_glucose') as DeviceMetric,
    value,
    textIn(record.unit) ?? 'mg/dL',
  )
  return 'fault' in canonical ? undefined : canonical.value
}

/** `systemTime` is UTC, with or without a Z; `displayTime` is what the person saw. */
function timeOf(
  record: Readonly<Record<string, unknown>>,
): { startMs: number; zoneOffsetMinutes?: number } | undefined {
  const system = textIn(record.systemTime)
  const at = system === undefined ? undefined : parseInstant(system, { naive: 'utc' })
  if (at === undefined) return undefined
  const shown = textIn(record.displayTime)
  const told = offsetOf(shown)
  if (told !== undefined) return { startMs: at.getTime(), zoneOffsetMinutes: told }
  const wall = shown === undefined ? undefined : parseInstant(shown, { naive: 'utc' })
  const minutes = wall === undefined ? undefined : Math.round((wall.getTime() - at.getTime()) / 900_000) * 15
  const isOffset = minutes !== undefined && Math.abs(minutes) <= 840
  return isOffset ? { startMs: at.getTime(), zoneOffsetMinutes: minutes } : { startMs: at.getTime() }
}

function keyOf(record: Readonly<Record<string, unknown>>): { sourceKey?: string } {
  const id = textIn(record.recordId)
  return id === undefined ? {} : { sourceKey: id }
}

function timeText(at: Date): string {
  return at.toISOString().slice(0, 19)
}
