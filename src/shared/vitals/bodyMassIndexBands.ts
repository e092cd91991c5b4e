import type { Band, VitalRule } from './vitalBands.ts'

export type BodyMassIndexCutoffs = 'who' | 'asian-public-health' | 'indian-consensus'

/** Bands by the cut-offs of a person's region; the levels are our own mapping (clinical reference 1.3). */
export const BODY_MASS_INDEX_RULES: Readonly<
  Record<BodyMassIndexCutoffs, { readonly rule: VitalRule; readonly bands: readonly Band[] }>
> = {
  who: {
    rule: { id: 'bmi-who-adult', version: '1.0.0', source: 'WHO adult bands (clinical reference 1.3)' },
    bands: [
      ...thinness(),
      { band: 'normal', level: 0, below: 25 },
      { band: 'overweight', level: 1, below: 30 },
      { band: 'obesity-class-1', level: 2, below: 35 },
      { band: 'obesity-class-2', level: 2, below: 40 },
      { band: 'obesity-class-3', level: 3 },
    ],
  },
  'asian-public-health': {
    rule: {
      id: 'bmi-who-asian-action-points',
      version: '1.0.0',
      source: 'WHO public-health action points for Asian populations (clinical reference 1.3)',
    },
    bands: [
      ...thinness(),
      { band: 'acceptable-risk', level: 0, below: 23 },
      { band: 'increased-risk', level: 1, below: 27.5 },
      { band: 'high-risk', level: 2, below: 32.5 },
      { band: 'very-high-risk', level: 2, below: 37.5 },
      { band: 'highest-risk', level: 3 },
    ],
  },
  'indian-consensus': {
    rule: {
      id: 'bmi-indian-consensus',
      version: '1.0.0',
      source: 'Indian consensus: overweight from 23, obesity from 25 (clinical reference 1.3)',
    },
    bands: [
      ...thinness(),
      { band: 'normal', level: 0, below: 23 },
      { band: 'overweight', level: 1, below: 25 },
      { band: 'obesity', level: 2 },
    ],
  },
}

function thinness(): readonly Band[] {
  return [
    { band: 'severe-thinness', level: 3, below: 16 },
    { band: 'moderate-thinness', level: 2, below: 17 },
    { band: 'mild-thinness', level: 1, below: 18.5 },
  ]
}
