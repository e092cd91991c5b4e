import type { Severity } from '../severity.ts'

/** One band of an ordered table: the first whose bound holds is the value's; the last has no bound. */
export interface Band {
  readonly band: string
  readonly level: Severity
  /** Value strictly below. */
  readonly below?: number
  /** Value at or below. */
  readonly upTo?: number
}

export interface VitalRule {
  readonly id: string
  readonly version: string
  readonly source: string
}

/** The band of a value. @throws Error for a table whose last band has a bound the value is past (a mistake in the data) */
export function bandOf(value: number, bands: readonly Band[]): Band {
  for (const candidate of bands) {
    if (
      candidate.below !== undefined ? value < candidate.below : candidate.upTo === undefined || value <= candidate.upTo
    )
      return candidate
  }
  throw new Error('A table of bands must end in one without a bound')
}

const NEWS2_CUTS = 'cut points of NEWS2 (RCP 2017); outermost steps and the mapping to levels: our own choice'

export const HEART_RATE_RULE: VitalRule = {
  id: 'heart-rate-adult-rest',
  version: '1.0.0',
  source: `Adult at rest 60-100/min (clinical reference 1.1), ${NEWS2_CUTS}`,
}
/** 51 to 59 is common at rest in the fit and asleep, and scores nothing in NEWS2: normal. */
export const HEART_RATE_BANDS: readonly Band[] = [
  { band: 'dangerously-low', level: 4, below: 30 },
  { band: 'very-low', level: 3, upTo: 40 },
  { band: 'low', level: 1, upTo: 50 },
  { band: 'normal', level: 0, upTo: 100 },
  { band: 'slightly-high', level: 1, upTo: 110 },
  { band: 'high', level: 2, upTo: 130 },
  { band: 'very-high', level: 3, upTo: 180 },
  { band: 'dangerously-high', level: 4 },
]

export const RESPIRATORY_RATE_RULE: VitalRule = {
  id: 'respiratory-rate-adult',
  version: '1.0.0',
  source: `Adult 12-20/min (clinical reference 1.1), ${NEWS2_CUTS}; 30/min as in CURB-65`,
}
export const RESPIRATORY_RATE_BANDS: readonly Band[] = [
  { band: 'very-low', level: 4, upTo: 8 },
  { band: 'low', level: 1, below: 12 },
  { band: 'normal', level: 0, upTo: 20 },
  { band: 'high', level: 2, below: 25 },
  { band: 'very-high', level: 3, below: 30 },
  { band: 'dangerously-high', level: 4 },
]

export const OXYGEN_RULE: VitalRule = {
  id: 'oxygen-saturation-adult',
  version: '1.0.0',
  source: `Adult 95 % and above (clinical reference 1.1), ${NEWS2_CUTS}, scale 1`,
}
export const OXYGEN_BANDS: readonly Band[] = [
  { band: 'dangerously-low', level: 5, below: 85 },
  { band: 'very-low', level: 4, below: 90 },
  { band: 'low', level: 3, below: 92 },
  { band: 'below-normal', level: 2, below: 94 },
  { band: 'slightly-low', level: 1, below: 95 },
  { band: 'normal', level: 0 },
]

export const OXYGEN_TARGET_88_92_RULE: VitalRule = {
  id: 'oxygen-saturation-target-88-92',
  version: '1.0.0',
  source: `Target 88-92 %, only on a clinician's order; ${NEWS2_CUTS}, scale 2`,
}
export const OXYGEN_TARGET_88_92_BANDS: readonly Band[] = [
  { band: 'dangerously-low', level: 5, below: 80 },
  { band: 'low', level: 3, below: 84 },
  { band: 'below-target', level: 2, below: 86 },
  { band: 'slightly-below-target', level: 1, below: 88 },
  { band: 'on-target', level: 0 },
]
/** With extra oxygen, more than the target is a danger too. */
export const OXYGEN_TARGET_88_92_ON_OXYGEN_BANDS: readonly Band[] = [
  ...OXYGEN_TARGET_88_92_BANDS.slice(0, -1),
  { band: 'on-target', level: 0, below: 93 },
  { band: 'slightly-above-target', level: 1, below: 95 },
  { band: 'above-target', level: 2, below: 97 },
  { band: 'far-above-target', level: 3 },
]

export const TEMPERATURE_RULE: VitalRule = {
  id: 'body-temperature-adult',
  version: '1.0.0',
  source: `Adult 36.1-37.2 Cel, fever from 38.0 (clinical reference 1.1), ${NEWS2_CUTS}; hypothermia below 35, 32, 28`,
}
export const TEMPERATURE_BANDS: readonly Band[] = [
  { band: 'severe-hypothermia', level: 5, below: 28 },
  { band: 'moderate-hypothermia', level: 4, below: 32 },
  { band: 'hypothermia', level: 3, upTo: 35 },
  { band: 'low', level: 1, upTo: 36 },
  { band: 'normal', level: 0, upTo: 37.2 },
  { band: 'raised', level: 1, below: 38 },
  { band: 'fever', level: 2, upTo: 39 },
  { band: 'high-fever', level: 3, below: 41.5 },
  { band: 'hyperpyrexia', level: 4 },
]

export const BLOOD_PRESSURE_LOW_NOTE =
  'low: systolic below 90 or diastolic below 60 (usual definition of hypotension), steps at 80 and 70 systolic: our own choice'
export const ACC_AHA_RULE: VitalRule = {
  id: 'blood-pressure-acc-aha-2017',
  version: '1.0.0',
  source: `ACC/AHA 2017, categories unchanged in 2025 (clinical reference 1.2); ${BLOOD_PRESSURE_LOW_NOTE}`,
}
/** Two tables; the higher of the two categories counts. */
export const ACC_AHA_SYSTOLIC: readonly Band[] = [
  { band: 'normal', level: 0, below: 120 },
  { band: 'elevated', level: 1, below: 130 },
  { band: 'stage-1', level: 2, below: 140 },
  { band: 'stage-2', level: 3, upTo: 180 },
  { band: 'severe', level: 4 },
]
export const ACC_AHA_DIASTOLIC: readonly Band[] = [
  { band: 'normal', level: 0, below: 80 },
  { band: 'stage-1', level: 2, below: 90 },
  { band: 'stage-2', level: 3, upTo: 120 },
  { band: 'severe', level: 4 },
]

export const ESC_RULE: VitalRule = {
  id: 'blood-pressure-esc-2024',
  version: '1.0.0',
  source: `ESC 2024 (clinical reference 1.2), severe above 180 or 120 as in ACC/AHA; ${BLOOD_PRESSURE_LOW_NOTE}`,
}
export const ESC_SYSTOLIC: readonly Band[] = [
  { band: 'non-elevated', level: 0, below: 120 },
  { band: 'elevated', level: 1, below: 140 },
  { band: 'hypertension', level: 3, upTo: 180 },
  { band: 'severe', level: 4 },
]
export const ESC_DIASTOLIC: readonly Band[] = [
  { band: 'non-elevated', level: 0, below: 70 },
  { band: 'elevated', level: 1, below: 90 },
  { band: 'hypertension', level: 3, upTo: 120 },
  { band: 'severe', level: 4 },
]

export const LOW_SYSTOLIC: readonly Band[] = [
  { band: 'low', level: 4, below: 70 },
  { band: 'low', level: 3, below: 80 },
  { band: 'low', level: 2, below: 90 },
  { band: 'not-low', level: 0 },
]
export const LOW_DIASTOLIC: readonly Band[] = [
  { band: 'low', level: 1, below: 60 },
  { band: 'not-low', level: 0 },
]
