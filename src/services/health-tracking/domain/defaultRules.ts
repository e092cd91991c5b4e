import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { CRITICAL } from '../../../shared/severity.ts'
import { GLUCOSE_RULE, glucoseBands } from '../../../shared/vitals/glucoseBands.ts'
import {
  ACC_AHA_DIASTOLIC,
  ACC_AHA_RULE,
  ACC_AHA_SYSTOLIC,
  type Band,
  HEART_RATE_BANDS,
  HEART_RATE_RULE,
  LOW_SYSTOLIC,
  OXYGEN_BANDS,
  OXYGEN_RULE,
  RESPIRATORY_RATE_BANDS,
  RESPIRATORY_RATE_RULE,
  TEMPERATURE_BANDS,
  TEMPERATURE_RULE,
  type VitalRule,
} from '../../../shared/vitals/vitalBands.ts'
import { type Rule, titleOf } from './alertRules.ts'

/** Below NEWS2's age its tables say nothing, below 18 the adult blood pressure categories. */
const NEWS2_AGE = 16
const PRESSURE_AGE = 18

interface Edge {
  readonly number: number
  readonly metricType: MetricType
  readonly comparison: 'above' | 'below'
  readonly bands: readonly Band[]
  /** All-clear: one step back towards usual values (our own choice; glucose 70 is ADA level 1). */
  readonly clearThreshold: number
  readonly unit: string
  readonly minimumAgeYears: number | null
  readonly rule: VitalRule
}

/** Where the published tables of shared/vitals reach level 4 (critical), on each dangerous side. */
const EDGES: readonly Edge[] = [
  edge(1, 'blood_pressure_systolic', 'above', ACC_AHA_SYSTOLIC, 170, 'mmHg', PRESSURE_AGE, ACC_AHA_RULE),
  edge(2, 'blood_pressure_diastolic', 'above', ACC_AHA_DIASTOLIC, 110, 'mmHg', PRESSURE_AGE, ACC_AHA_RULE),
  edge(3, 'blood_pressure_systolic', 'below', LOW_SYSTOLIC, 90, 'mmHg', PRESSURE_AGE, ACC_AHA_RULE),
  edge(4, 'oxygen_saturation', 'below', OXYGEN_BANDS, 92, '%', NEWS2_AGE, OXYGEN_RULE),
  edge(5, 'heart_rate', 'below', HEART_RATE_BANDS, 41, 'bpm', NEWS2_AGE, HEART_RATE_RULE),
  edge(6, 'heart_rate', 'above', HEART_RATE_BANDS, 130, 'bpm', NEWS2_AGE, HEART_RATE_RULE),
  edge(7, 'respiratory_rate', 'below', RESPIRATORY_RATE_BANDS, 12, 'breaths/min', NEWS2_AGE, RESPIRATORY_RATE_RULE),
  edge(8, 'respiratory_rate', 'above', RESPIRATORY_RATE_BANDS, 24, 'breaths/min', NEWS2_AGE, RESPIRATORY_RATE_RULE),
  edge(9, 'temperature', 'below', TEMPERATURE_BANDS, 35.1, '°C', NEWS2_AGE, TEMPERATURE_RULE),
  edge(10, 'temperature', 'above', TEMPERATURE_BANDS, 39, '°C', NEWS2_AGE, TEMPERATURE_RULE),
  edge(11, 'blood_glucose', 'below', glucoseBands('random', 'mg/dL'), 70, 'mg/dL', null, GLUCOSE_RULE),
  edge(12, 'blood_glucose', 'above', glucoseBands('random', 'mg/dL'), 249, 'mg/dL', null, GLUCOSE_RULE),
]

/** Rules everybody has until they switch them off; SpO2 of 98 % raises none of them (defect D2). */
export const DEFAULT_RULES: readonly Rule[] = EDGES.map(ruleOf)

function edge(
  number: number,
  metricType: MetricType,
  comparison: 'above' | 'below',
  bands: readonly Band[],
  clearThreshold: number,
  unit: string,
  minimumAgeYears: number | null,
  rule: VitalRule,
): Edge {
  return { number, metricType, comparison, bands, clearThreshold, unit, minimumAgeYears, rule }
}

function ruleOf({ number, metricType, comparison, bands, clearThreshold, unit, minimumAgeYears, rule }: Edge): Rule {
  const { threshold, isInclusive } = criticalEdge(bands, comparison)
  const parts = { metricType, comparison, threshold, unit, isInclusive }
  return {
    ...parts,
    id: `5a1f0000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    name: titleOf(parts),
    kind: 'default',
    isActive: true,
    clearThreshold,
    canonicalThreshold: threshold,
    canonicalClearThreshold: clearThreshold,
    consecutive: 1,
    severity: CRITICAL,
    minimumAgeYears,
    source: `${rule.source} (rule ${rule.id} ${rule.version}, level critical)`,
    version: 1,
    updatedAt: null,
  }
}

/**
 * The number at which a table becomes critical on one side, and whether it belongs to the critical side itself.
 * @throws Error for a table without a critical band there (a mistake in this file, found when it is loaded)
 */
function criticalEdge(
  bands: readonly Band[],
  comparison: 'above' | 'below',
): { threshold: number; isInclusive: boolean } {
  const calm = bands.findIndex((band) => band.level < CRITICAL)
  if (comparison === 'below') {
    const last = bands[calm - 1]
    if (last?.below !== undefined) return { threshold: last.below, isInclusive: false }
    if (last?.upTo !== undefined) return { threshold: last.upTo, isInclusive: true }
  } else {
    const first = bands.findIndex((band, index) => index > calm && band.level >= CRITICAL)
    const before = bands[first - 1]
    if (before?.upTo !== undefined) return { threshold: before.upTo, isInclusive: false }
    if (before?.below !== undefined) return { threshold: before.below, isInclusive: true }
  }
  throw new Error('The table has no critical band on that side')
}
