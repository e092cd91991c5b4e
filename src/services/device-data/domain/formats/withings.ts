import { numberOf } from './csvRows.ts'
import type { Format, FormatContext, FormatParser } from './reading.ts'
import { type Row, titledTable } from './tables.ts'

/** Tables of the archive that Withings gives out (weight.csv, bp.csv, sleep.csv, height.csv, raw_*.csv). */
export const withings: Format = {
  name: 'withings',
  label: 'Withings archive (CSV)',
  matches: ({ text }) =>
    /^\uFEFF?"?Date"?,"?Weight \(/i.test(text) ||
    /^\uFEFF?"?Date"?,"?Heart rate"?,"?Systolic/i.test(text) ||
    /^\uFEFF?"?Date"?,"?Height \(/i.test(text) ||
    /^\uFEFF?"?from"?,"?to"?,"?light \(s\)/i.test(text) ||
    /^\uFEFF?"?start"?,"?duration"?,"?value"?/i.test(text),
  open: openWithings,
}

const SOURCE = 'withings'

/** What the lists of a raw table are, by the name of its file. */
const RAW: Readonly<Record<string, { metric: string; unit: string; isCounter?: boolean }>> = {
  hr_hr: { metric: 'heart_rate', unit: '/min' },
  tracker_hr: { metric: 'heart_rate', unit: '/min' },
  tracker_steps: { metric: 'steps_count', unit: '{steps}', isCounter: true },
  tracker_distance: { metric: 'distance_walked', unit: 'm', isCounter: true },
  'tracker_calories-earned': { metric: 'active_calories', unit: 'kcal', isCounter: true },
  spo2_auto_spo2: { metric: 'oxygen_saturation', unit: '%' },
}

function openWithings(context: FormatContext): FormatParser {
  const raw = RAW[/raw_([\w-]+?)\.csv$/i.exec(context.name)?.[1]?.toLowerCase() ?? '']
  return titledTable(context, (row) => {
    if (row.text('from') !== '') return takeNight(context, row)
    if (row.text('start') !== '') return takeRaw(context, row, raw)
    const at = row.time('Date')
    if (at === undefined) return context.sink.skip('bad-time', 'Date', row.line)
    for (const [metric, title] of BODY) {
      for (const unit of title.units) {
        const name = unit === '' ? title.name : `${title.name} (${unit})`
        row.emit(name, { metric, unit: unit === '' ? title.ucum : unit, source: SOURCE }, at)
      }
    }
    if (row.text('Hydration (kg)') !== '') context.sink.skip('unknown-unit', 'Hydration (kg)', row.line)
  })
}

const MASSES = ['kg', 'lb']

const BODY: readonly (readonly [string, { name: string; units: readonly string[]; ucum: string }])[] = [
  ['body_weight', { name: 'Weight', units: MASSES, ucum: '' }],
  ['bone_mass', { name: 'Bone mass', units: MASSES, ucum: '' }],
  ['muscle_mass', { name: 'Muscle mass', units: MASSES, ucum: '' }],
  ['height', { name: 'Height', units: ['m', 'cm', 'in'], ucum: '' }],
  ['heart_rate', { name: 'Heart rate', units: [''], ucum: '/min' }],
  ['blood_pressure_systolic', { name: 'Systolic', units: [''], ucum: 'mm[Hg]' }],
  ['blood_pressure_diastolic', { name: 'Diastolic', units: [''], ucum: 'mm[Hg]' }],
]

const NIGHT: readonly (readonly [title: string, metric: string])[] = [
  ['light (s)', 'light_sleep'],
  ['deep (s)', 'deep_sleep'],
  ['rem (s)', 'rem_sleep'],
  ['awake (s)', 'sleep_wake_time'],
]

function takeNight({ sink }: FormatContext, row: Row) {
  const start = row.time('from')
  const end = row.time('to')
  if (start === undefined || end === undefined || end.ms <= start.ms) return sink.skip('bad-time', 'sleep', row.line)
  let asleepSeconds = 0
  for (const [title, metric] of NIGHT) {
    row.emit(title, { metric, unit: 's', endMs: end.ms, source: SOURCE }, start)
    if (metric !== 'sleep_wake_time') asleepSeconds += numberOf(row.text(title)) ?? 0
  }
  const night = { startMs: start.ms, endMs: end.ms, source: SOURCE, zoneOffsetMinutes: start.offsetMinutes }
  if (asleepSeconds > 0) sink.reading({ metric: 'sleep_duration', value: asleepSeconds, unit: 's', ...night })
}

function takeRaw({ sink }: FormatContext, row: Row, raw: (typeof RAW)[string] | undefined) {
  if (raw === undefined) return sink.skip('unknown-type', 'raw', row.line)
  const at = row.time('start')
  if (at === undefined) return sink.skip('bad-time', raw.metric, row.line)
  const durations = numbersIn(row.text('duration'))
  const values = numbersIn(row.text('value'))
  if (durations === undefined || values === undefined || durations.length !== values.length) {
    return sink.skip('malformed', raw.metric, row.line)
  }
  let startMs = at.ms
  for (const [index, value] of values.entries()) {
    const nextMs = startMs + (durations[index] as number) * 1000
    const endMs = raw.isCounter === true ? nextMs : undefined
    const { metric, unit } = raw
    sink.reading({ metric, unit, value, startMs, endMs, source: SOURCE, zoneOffsetMinutes: at.offsetMinutes })
    startMs = nextMs
  }
}

/** `[60,60]` as numbers; undefined for anything else. */
function numbersIn(text: string): number[] | undefined {
  const inner = /^\[([\d.,\s-]*)\]$/.exec(text)?.[1]
  if (inner === undefined) return undefined
  const numbers = inner.split(',').map((part) => Number(part.trim() === '' ? Number.NaN : part))
  return numbers.every(Number.isFinite) ? numbers : undefined
}
