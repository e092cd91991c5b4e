import type { OutputOf } from '../../../kernel/contract.ts'
import { measured } from '../../../web/format.ts'
import { language } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { codeWords, metricName, unitWords } from '../../../web/texts/serverWords.ts'
import { personUnit } from '../../../web/units.ts'
import type { healthTracking } from '../contract.ts'

type Operations = typeof healthTracking.operations

export type Dashboard = OutputOf<Operations['dashboard']>
export type Tile = Dashboard['metrics'][number]
export type Alert = Dashboard['open_alerts'][number]
export type Goal = OutputOf<Operations['listGoals']>['items'][number]
export type Metric = OutputOf<Operations['listMetrics']>['items'][number]
/** What is drawn and listed of a metric: a measurement, or (with how many values it stands for) a day of a device. */
export type Shown = Omit<
  Metric,
  | 'version'
  | 'user_id'
  | 'loinc'
  | 'device_id'
  | 'possible_duplicate_of'
  | 'created_at'
  | 'updated_at'
  | 'warnings'
  | 'metric_metadata'
> & { readonly count?: number; readonly device_type?: string; readonly label?: string }
export type MetricTypeInfo = OutputOf<Operations['listMetricTypes']>['items'][number]
export type MetricType = MetricTypeInfo['metric_type']
export type Symptom = OutputOf<Operations['listSymptoms']>['items'][number]
export type Vital = OutputOf<Operations['recordBloodPressure']>

const UNITS: Readonly<Record<string, string>> = {
  'mm[Hg]': 'mmHg',
  Cel: '°C',
  '[mi_i]': 'mi',
  '[degF]': '°F',
  '[lb_av]': 'lb',
  '{score}': '',
  '1': '',
  min: 'min',
  '[in_i]': 'in',
  'kg/m2': 'kg/m²',
}

/** A unit as people write it. */
export function unitWord(unit: string): string {
  if (unit === '/min') return unitWords().perMinute
  if (unit === '{steps}') return unitWords().steps
  return UNITS[unit] ?? unit.replace(/^u(?=[gm])/, 'µ').replace(/[{}]/g, '')
}

/** A value in the person's unit, as figure and word. */
export function amount(value: number, canonical: string, metric: string): [figure: string, unit: string] {
  const own = personUnit(canonical, metric)
  return [measured(own.of(value)), unitWord(own.unit)]
}

/** The unit in which the person writes a metric, among those that the server takes. */
export function entryUnit({ metric_type, units, default_unit, canonical_unit }: MetricTypeInfo): string {
  const { entry } = personUnit(canonical_unit, metric_type)
  return units.includes(entry) ? entry : default_unit
}

/** The two numbers of a blood pressure are one measurement to everybody. */
export const SYSTOLIC = 'blood_pressure_systolic'
export const DIASTOLIC = 'blood_pressure_diastolic'

/** What is shown of a metric: its tile, or the pair of a blood pressure in one. */
export interface Reading {
  readonly tile: Tile
  readonly label: string
  readonly figure: string
  readonly unit: string
}

/** The latest of each metric, newest first; the parts of a blood pressure stand together. */
export function readingsOf(tiles: readonly Tile[]): Reading[] {
  const diastolic = tiles.find((tile) => tile.metric_type === DIASTOLIC)
  return tiles
    .filter((tile) => tile.metric_type !== DIASTOLIC && tile.metric_type !== 'blood_pressure_mean')
    .map((tile) => {
      const isPair = tile.metric_type === SYSTOLIC && diastolic !== undefined
      const own = personUnit(tile.unit, tile.metric_type)
      const value = tile.day_total ?? tile.value
      return {
        tile,
        label: tile.metric_type === SYSTOLIC ? recordTexts().add.bloodPressure : metricName(tile),
        figure: isPair ? `${measured(tile.value)}/${measured(diastolic.value)}` : measured(own.of(value)),
        unit: unitWord(own.unit),
      }
    })
    .sort((left, right) => right.tile.at.localeCompare(left.tile.at))
}

export interface Standing {
  readonly look: 'good' | 'warn' | 'bad' | 'calm'
  readonly word: string
}

/** Where a value stands, in a word: the published rule's level first, then the person's own usual range. */
export function standingOf({ assessment, position }: Pick<Tile, 'assessment' | 'position'>): Standing | undefined {
  const t = recordTexts().standing
  if (assessment?.status === 'known' && assessment.level !== null) {
    const { level, band } = assessment
    return { look: level === 0 ? 'good' : level < 3 ? 'warn' : 'bad', word: words(band) }
  }
  if (position === null) return undefined
  return { look: position === 'within' ? 'good' : 'calm', word: t[position] }
}

/** A code of the contract as words: `stage_1_hypertension`. */
export function words(code: string): string {
  return codeWords(code)
}

/** The name of an alert: a rule that everybody has is named in the person's language and unit, the person's own as they named it. */
export function alertTitle({ title, rule }: Pick<Alert, 'title' | 'rule'>): string {
  if (rule?.kind !== 'default') return title
  const { comparison, canonical, metric_type } = rule
  if (language() === 'en' && personUnit(canonical.unit, metric_type).unit === canonical.unit) return title
  const threshold = amount(canonical.value, canonical.unit, metric_type)
  return `${codeWords(metric_type)}: ${recordTexts().alerts.ruleText(comparison, ...threshold, 1)}`
}

/** How grave an alert or symptom is drawn. */
export function graveness(level: number): 'calm' | 'warn' | 'bad' {
  return level >= 3 ? 'bad' : level >= 1 ? 'warn' : 'calm'
}

/** Where a number came from. */
export function sourceWord(source: string): string {
  return source === 'manual' ? recordTexts().today.byHand : words(source)
}
