/** A clinical number, or why there is none: the form every computed result here has. */
export interface ComputedResult {
  readonly status: 'computed' | 'not_computed'
  readonly value: number | undefined
  readonly unit: string
  readonly band: string | undefined
  readonly loinc: string
  readonly formula: { readonly id: string; readonly version: string }
  readonly inputs: Readonly<Record<string, number | string>>
  readonly missing: readonly string[]
  readonly citations: readonly string[]
  readonly limits: readonly string[]
  readonly reason: string | undefined
}

export interface EgfrInput {
  readonly creatinineMgDl?: number | undefined
  readonly ageYears?: number | undefined
  readonly sex?: 'female' | 'male' | undefined
  readonly isPregnant?: boolean | 'maybe' | undefined
}

const CITATIONS = [
  'Inker LA et al., N Engl J Med 2021;385:1737-1749 (CKD-EPI 2021 creatinine, without race)',
  'KDIGO 2024 guideline on chronic kidney disease (categories G1 to G5)',
]
const LIMITS = [
  'From 18 years; not in pregnancy',
  'Misleads with unusual muscle mass, amputation, creatine supplements or acute kidney injury',
  'One value is no diagnosis: chronic kidney disease needs three months',
]
/** KDIGO categories, by the lowest eGFR of each. */
const CATEGORIES = [
  [90, 'G1'],
  [60, 'G2'],
  [45, 'G3a'],
  [30, 'G3b'],
  [15, 'G4'],
  [0, 'G5'],
] as const
const LOWEST_CREATININE_MG_DL = 0.1
const HIGHEST_CREATININE_MG_DL = 34
const OLDEST_YEARS = 120

/**
 * eGFR by CKD-EPI 2021 from serum creatinine (mg/dL), completed years and sex, in mL/min/{1.73_m2} (LOINC 98979-8).
 * Refuses outside 18 to 120 years, outside 0.1 to 34 mg/dL and in pregnancy; names what is missing.
 */
export function egfrCkdEpi2021(input: EgfrInput): ComputedResult {
  const { creatinineMgDl, ageYears, sex } = input
  const missing = [
    ...(creatinineMgDl === undefined ? ['creatinine'] : []),
    ...(ageYears === undefined ? ['birth_date'] : []),
    ...(sex === undefined ? ['sex_at_birth'] : []),
  ]
  if (creatinineMgDl === undefined || ageYears === undefined || sex === undefined) {
    return refused(input, `Needs ${missing.join(', ')}`, missing)
  }
  if (input.isPregnant === true || input.isPregnant === 'maybe')
    return refused(input, 'The equation does not hold in pregnancy')
  if (!(ageYears >= 18 && ageYears <= OLDEST_YEARS)) return refused(input, 'The equation holds from 18 years')
  if (!(creatinineMgDl >= LOWEST_CREATININE_MG_DL && creatinineMgDl <= HIGHEST_CREATININE_MG_DL)) {
    return refused(input, 'The creatinine lies outside what the equation is for')
  }
  const [kappa, alpha, factor] = sex === 'female' ? [0.7, -0.241, 1.012] : [0.9, -0.302, 1]
  const ratio = creatinineMgDl / kappa
  const value = 142 * Math.min(ratio, 1) ** alpha * Math.max(ratio, 1) ** -1.2 * 0.9938 ** ageYears * factor
  const band = CATEGORIES.find(([low]) => Math.round(value) >= low)?.[1]
  return {
    ...base(input),
    status: 'computed',
    value: Math.round(value * 100) / 100,
    band,
    missing: [],
    reason: undefined,
  }
}

function refused(input: EgfrInput, reason: string, missing: readonly string[] = []): ComputedResult {
  return { ...base(input), status: 'not_computed', value: undefined, band: undefined, missing, reason }
}

function base({ creatinineMgDl, ageYears, sex }: EgfrInput) {
  return {
    unit: 'mL/min/{1.73_m2}',
    loinc: '98979-8',
    formula: { id: 'ckd-epi-creatinine', version: '2021' },
    inputs: {
      ...(creatinineMgDl === undefined ? {} : { creatinine_mg_dl: creatinineMgDl }),
      ...(ageYears === undefined ? {} : { age_years: ageYears }),
      ...(sex === undefined ? {} : { sex_at_birth: sex }),
    },
    citations: CITATIONS,
    limits: LIMITS,
  }
}
