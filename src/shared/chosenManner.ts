import { cellTimeWords, timeWords } from './dayWords.ts'
import type { Language } from './languages.ts'
import type { MetricType } from './metrics/metricDefinition.ts'
import { metricDefinition, unitOfMetric } from './metrics.ts'
import { canConvert, convert } from './units.ts'

/** How somebody chose to read units and dates; null where they did not choose, and things stay as they are kept. */
export interface ChosenManner {
  readonly units: 'metric' | 'imperial' | null
  readonly glucose_unit: 'mg/dL' | 'mmol/L' | null
  readonly hba1c_unit?: '%' | 'mmol/mol' | null
  readonly laboratory_units?: 'as_reported' | 'conventional' | 'si' | null
  readonly date_format?: string | null
  readonly time_format?: '24-hour' | '12-hour' | null
}

export const NOTHING_CHOSEN: ChosenManner = { units: null, glucose_unit: null }

const IMPERIAL: Readonly<Record<string, string>> = { kg: '[lb_av]', cm: '[in_i]', km: '[mi_i]', Cel: '[degF]' }
const METRIC = Object.fromEntries(Object.entries(IMPERIAL).map(([metric, imperial]) => [imperial, metric]))
/** The unit of the amount of a substance, where laboratories report one; the metric's own is that of its mass. */
const MOLAR: Readonly<Record<string, string>> = {
  cholesterol_total: 'mmol/L',
  cholesterol_hdl: 'mmol/L',
  cholesterol_ldl: 'mmol/L',
  triglycerides: 'mmol/L',
  vitamin_d: 'nmol/L',
  vitamin_b12: 'pmol/L',
  iron: 'umol/L',
  calcium: 'mmol/L',
}
/** Places after the point of a converted number, as scales, thermometers and laboratories show them. */
const PLACES: Readonly<Record<string, number>> = { 'mg/dL': 0, 'mmol/mol': 0, 'pmol/L': 0 }
/** Of lipids and calcium, as the web client has them: the second place tells a calcium of 2.15 from one of 2.2. */
const PLACES_MOLAR = 2
const WRITTEN: Readonly<Record<string, string>> = {
  'mm[Hg]': 'mmHg',
  Cel: '°C',
  '[degF]': '°F',
  '[lb_av]': 'lb',
  '[in_i]': 'in',
  '[mi_i]': 'mi',
  '{score}': '',
  '{steps}': '',
}

/** A unit as people write it. */
export function unitWritten(unit: string): string {
  return WRITTEN[unit] ?? unit
}

/**
 * A value in the unit that was chosen for it, with as many places as are worth showing.
 * @param unit as it was written, or a UCUM code
 * @returns undefined where it stands in that unit already, nothing was chosen, or the unit is none of the metric's
 */
export function inChosenUnit(
  metricType: MetricType,
  value: number,
  unit: string,
  chosen: ChosenManner,
): { readonly value: number; readonly unit: string } | undefined {
  const metric = metricDefinition(metricType)
  const from = unitOfMetric(metric, unit)
  const to = from === undefined ? undefined : chosenUnit(metricType, from, chosen)
  const options = { analyte: metric.analyte }
  if (from === undefined || to === undefined || to === from || !canConvert(from, to, options)) return undefined
  const places = MOLAR[metricType] === 'mmol/L' && to === 'mmol/L' ? PLACES_MOLAR : (PLACES[to] ?? 1)
  return { value: Number(convert(value, from, to, options).toFixed(places)), unit: to }
}

function chosenUnit(metricType: MetricType, from: string, chosen: ChosenManner): string | undefined {
  if (metricType === 'glucose' || metricType === 'blood_glucose') return chosen.glucose_unit ?? undefined
  if (metricType === 'hemoglobin_a1c') return chosen.hba1c_unit ?? undefined
  const molar = MOLAR[metricType]
  if (molar !== undefined) {
    const { laboratory_units: asked } = chosen
    return asked === 'si' ? molar : asked === 'conventional' ? metricDefinition(metricType).canonicalUnit : undefined
  }
  return chosen.units === 'imperial' ? IMPERIAL[from] : chosen.units === 'metric' ? METRIC[from] : undefined
}

/** A time in the date format that was chosen, else as the language writes it; `cell` in the narrow column of a table. */
export function chosenTimeWords(language: Language, iso: string, chosen: ChosenManner, place: 'text' | 'cell'): string {
  const { date_format: format, time_format: clock } = chosen
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso) ?? []
  const words = place === 'cell' ? cellTimeWords : timeWords
  if (format == null || year === undefined || month === undefined || day === undefined) return words(language, iso)
  const date = format.replace('YYYY', year).replace('MM', month).replace('DD', day)
  const at = new Date(iso)
  if (iso.length === 10 || Number.isNaN(at.getTime())) return `\u2068${date}\u2069`
  const hour12 = clock === '12-hour'
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', hour12, timeZone: 'UTC' })
  return `\u2068${date}, ${time}\u2069`
}
