import { parseInstant } from '../../../shared/dates.ts'
import type { Sample } from './sample.ts'

/** A document as an uploader sends it. */
export type UploadedRecord = Readonly<Record<string, unknown>>

/** What becomes of one: samples, its time and its name; or why it can't be taken. */
export type ReadRecord =
  | { readonly samples: readonly Sample[]; readonly atMs: number; readonly identifier: string }
  | { readonly fault: string }

const SOURCE = 'nightscout'
const LOWEST_MG_DL = 39
const HIGHEST_MG_DL = 401
const MMOL_IN_MG_DL = 18.0156
/** No meter shows mg/dL below, and none mmol/L beyond. */
const LOWEST_OF_METERS = 20
const LARGEST_MMOL = 36

/**
 * The unit of a glucose that an uploader sends: what it says, else what the number allows. Undefined where it could be both:
 * 25 is a severe low in one and beyond every meter's scale in the other, and nobody guesses which.
 */
export function glucoseUnit(value: number, units: unknown): 'mg/dL' | 'mmol/L' | undefined {
  const told = typeof units === 'string' ? units.trim().toLowerCase() : ''
  if (told.startsWith('mmol')) return 'mmol/L'
  if (told.startsWith('mg') || value >= LARGEST_MMOL) return 'mg/dL'
  return value < LOWEST_OF_METERS || !Number.isInteger(value) ? 'mmol/L' : undefined
}

const inMgDl = (value: number, unit: 'mg/dL' | 'mmol/L') =>
  unit === 'mg/dL' ? value : Math.round(value * MMOL_IN_MG_DL * 10) / 10

/** Entries: `sgv` of a sensor, `mbg` of a meter, `cal` of a calibration (Nightscout API v1). */
export function readEntry(record: UploadedRecord): ReadRecord {
  const time = timeOf(record, ['date', 'mills', 'dateString', 'sysTime'])
  if (time === undefined) return { fault: 'has no date' }
  const type = typeof record.type === 'string' ? record.type : record.sgv === undefined ? undefined : 'sgv'
  const common = { ...time, unit: 'mg/dL', source: SOURCE, entry: 'device_sync' as const }
  const identifier = identifierOf(record, type ?? 'entry', time.startMs)
  const answer = (samples: readonly Sample[]) => ({ samples, atMs: time.startMs, identifier })
  if (type === 'sgv') {
    const told = numberOf(record.sgv)
    if (told === undefined) return { fault: 'has no sgv' }
    // Without a unit a sensor's are mg/dL, and small numbers its codes.
    const value = inMgDl(told, record.units === undefined ? 'mg/dL' : (glucoseUnit(told, record.units) ?? 'mg/dL'))
    // Below 39 a sensor tells its state by a code, not a glucose.
    if (value < LOWEST_MG_DL) return answer([])
    return answer([sgv(value, common)])
  }
  if (type === 'mbg') {
    const told = numberOf(record.mbg)
    if (told === undefined) return { fault: 'has no mbg' }
    const unit = glucoseUnit(told, record.units)
    return answer(unit === undefined ? [] : [{ ...common, metric: 'blood_glucose', value: inMgDl(told, unit) }])
  }
  if (type === 'cal') return answer([])
  return { fault: 'has an unknown type' }
}

function sgv(value: number, common: Omit<Sample, 'metric' | 'value'>): Sample {
  const sample = { ...common, metric: 'continuous_glucose' }
  if (value <= LOWEST_MG_DL) return { ...sample, value: LOWEST_MG_DL, bound: 'below' }
  return value >= HIGHEST_MG_DL ? { ...sample, value: HIGHEST_MG_DL, bound: 'above' } : { ...sample, value }
}

/** Treatments: insulin, carbohydrates, and glucose of a finger where it is told. */
export function readTreatment(record: UploadedRecord): ReadRecord {
  const time = timeOf(record, ['date', 'mills', 'created_at', 'timestamp'])
  if (time === undefined) return { fault: 'has no created_at' }
  const common = { ...time, source: SOURCE, entry: 'device_sync' as const }
  const samples: Sample[] = []
  const insulin = numberOf(record.insulin)
  if (insulin !== undefined && insulin > 0)
    samples.push({ ...common, metric: 'insulin_event', unit: '[iU]', value: insulin })
  const carbs = numberOf(record.carbs)
  if (carbs !== undefined && carbs > 0) samples.push({ ...common, metric: 'carb_event', unit: 'g', value: carbs })
  const glucose = numberOf(record.glucose)
  const unit = glucose === undefined ? undefined : glucoseUnit(glucose, record.units)
  if (glucose !== undefined && unit !== undefined && record.glucoseType === 'Finger') {
    const value = inMgDl(glucose, unit)
    const metric = record.eventType === 'Calibration' ? 'glucose_calibration' : 'blood_glucose'
    samples.push({ ...common, metric, unit: 'mg/dL', value })
  }
  return {
    samples,
    atMs: time.startMs,
    identifier: identifierOf(record, String(record.eventType ?? 'treatment'), time.startMs),
  }
}

/** States of devices: kept as they are. */
export function readDeviceStatus(record: UploadedRecord): ReadRecord {
  const time = timeOf(record, ['date', 'mills', 'created_at'])
  if (time === undefined) return { fault: 'has no created_at' }
  return {
    samples: [],
    atMs: time.startMs,
    identifier: identifierOf(record, String(record.device ?? 'device'), time.startMs),
  }
}

/** Documents that hold no values here: profiles, food, settings. Without a time they are of the beginning of time. */
export function readPlain(record: UploadedRecord): ReadRecord {
  const atMs = timeOf(record, ['date', 'mills', 'startDate', 'created_at'])?.startMs ?? 0
  return { samples: [], atMs, identifier: identifierOf(record, 'document', atMs) }
}

/** The name a document is kept under: its own, or one made of its time and kind, so that sending it again is no second one. */
function identifierOf(record: UploadedRecord, kind: string, atMs: number): string {
  const own = [record.identifier, record._id, record.uuid, record.syncIdentifier].find(
    (one) => typeof one === 'string' && one !== '',
  )
  return String(own ?? `${kind}-${atMs}`).slice(0, 200)
}

function timeOf(
  record: UploadedRecord,
  names: readonly string[],
): { startMs: number; zoneOffsetMinutes?: number } | undefined {
  for (const name of names) {
    const value = record[name]
    const ms =
      typeof value === 'number'
        ? value
        : typeof value === 'string'
          ? parseInstant(value, { naive: 'utc' })?.getTime()
          : undefined
    if (ms === undefined || !Number.isFinite(ms)) continue
    const offset = record.utcOffset
    const isOffset = typeof offset === 'number' && Number.isInteger(offset) && Math.abs(offset) <= 840
    return isOffset ? { startMs: Math.round(ms), zoneOffsetMinutes: offset } : { startMs: Math.round(ms) }
  }
  return undefined
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
