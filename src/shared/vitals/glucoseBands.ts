import type { Severity } from '../severity.ts'
import type { Band, VitalRule } from './vitalBands.ts'

export type GlucoseContext = 'fasting' | 'postprandial' | 'random'
export type GlucoseUnit = 'mg/dL' | 'mmol/L'

export const GLUCOSE_RULE: VitalRule = {
  id: 'glucose',
  version: '1.0.0',
  source:
    'ADA: low 70 and 54 mg/dL (3.9, 3.0 mmol/L), fasting 100/126 (5.6/7.0), 2 h after a load 140/200 (7.8/11.1), clinical ' +
    'reference 1.3, 1.4; very high 250 (13.9), critical 450 (25, RCPath), dangerously low 40 (2.2): levels our own choice',
}

interface Cuts {
  readonly band: string
  readonly level: Severity
  /** Strictly below, in each unit as it is published: 11.1 mmol/L is diabetic although it is 199.97 mg/dL. */
  readonly below?: Readonly<Record<GlucoseUnit, number>>
}

const LOW_CUTS: readonly Cuts[] = [
  { band: 'dangerously-low', level: 5, below: { 'mg/dL': 40, 'mmol/L': 2.2 } },
  { band: 'very-low', level: 4, below: { 'mg/dL': 54, 'mmol/L': 3 } },
  { band: 'low', level: 2, below: { 'mg/dL': 70, 'mmol/L': 3.9 } },
]
const HIGH_CUTS: readonly Cuts[] = [
  { band: 'diabetes-range', level: 2, below: { 'mg/dL': 250, 'mmol/L': 13.9 } },
  { band: 'very-high', level: 3, below: { 'mg/dL': 450, 'mmol/L': 25 } },
  { band: 'critically-high', level: 4 },
]
const FASTING_CUTS: readonly Cuts[] = [
  ...LOW_CUTS,
  { band: 'normal', level: 0, below: { 'mg/dL': 100, 'mmol/L': 5.6 } },
  { band: 'prediabetes-range', level: 1, below: { 'mg/dL': 126, 'mmol/L': 7 } },
  ...HIGH_CUTS,
]
const FED_CUTS: readonly Cuts[] = [
  ...LOW_CUTS,
  { band: 'normal', level: 0, below: { 'mg/dL': 140, 'mmol/L': 7.8 } },
  { band: 'raised', level: 1, below: { 'mg/dL': 200, 'mmol/L': 11.1 } },
  ...HIGH_CUTS,
]

/** The bands for a context, with the cut points as published for that unit. */
export function glucoseBands(context: GlucoseContext, unit: GlucoseUnit): readonly Band[] {
  const cuts = context === 'fasting' ? FASTING_CUTS : FED_CUTS
  return cuts.map(({ band, level, below }) => ({ band, level, below: below?.[unit] }))
}
