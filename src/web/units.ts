import { manner } from './client/manner.ts'

type Twin = readonly [from: string, unit: string, factor: number, offset?: number, decimals?: number, entry?: string]

/** What imperial writes instead of a UCUM unit: value = canonical x factor + offset. Held against shared/units by a test. */
const IMPERIAL: readonly Twin[] = [
  ['kg', '[lb_av]', 1 / 0.45359237, 0, 2, 'lbs'],
  ['cm', '[in_i]', 1 / 2.54, 0, 2, 'inches'],
  ['km', '[mi_i]', 1 / 1.609344, 0, 2, 'miles'],
  ['Cel', '[degF]', 1.8, 32, 2, '°F'],
]

/** The same of substances, by what stands in the name of their metrics, with the places a laboratory gives. */
const MOLAR: Readonly<Record<string, Twin>> = {
  glucose: ['mg/dL', 'mmol/L', 10 / 180.156, 0, 1],
  cholesterol: ['mg/dL', 'mmol/L', 10 / 386.65],
  triglycerides: ['mg/dL', 'mmol/L', 10 / 885.7],
  a1c: ['%', 'mmol/mol', 1 / 0.09148, -2.152 / 0.09148, 0],
  vitamin_d: ['ng/mL', 'nmol/L', 1000 / 400.64, 0, 1],
  vitamin_b12: ['pg/mL', 'pmol/L', 1000 / 1355.37, 0, 0],
  iron: ['ug/dL', 'umol/L', 10 / 55.845, 0, 1],
  calcium: ['mg/dL', 'mmol/L', 10 / 40.078],
}

export interface PersonUnit {
  /** UCUM. */
  readonly unit: string
  /** As it is written in forms; the server takes it and converts. Empty for the metric's own. */
  readonly entry: string
  readonly of: (value: number) => number
  /** A difference, or a change in a time: without the offset. */
  readonly step: (value: number) => number
}

/** Whether the person at the screen reads a test in mmol/L and the like. HbA1c and glucose are choices of their own. */
export function readsMolar(test: string): boolean {
  const { glucose_unit, hba1c_unit, laboratory_units } = manner.get()
  if (test.includes('glucose')) return glucose_unit === 'mmol/L'
  return test.includes('a1c') ? hba1c_unit === 'mmol/mol' : laboratory_units === 'si'
}

/** How a canonical unit is shown to the person at the screen; mg/dL and the like depend on what was measured. */
export function personUnit(canonical: string, metric = ''): PersonUnit {
  const [, unit, factor, offset = 0, decimals = 2, entry] = twinOf(canonical, metric) ?? [canonical, canonical, 1]
  // As many places as a person writes, at most two more: 70 kg is 154.32 lb and not 154.3235835294.
  const rounded = (value: number, places = decimals) => (factor === 1 ? value : Number(value.toFixed(places)))
  return {
    unit,
    entry: entry ?? (factor === 1 ? '' : unit),
    of: (value) => rounded(value * factor + offset),
    step: (value) => rounded(value * factor, 3),
  }
}

function twinOf(canonical: string, metric: string): Twin | undefined {
  const substance = Object.keys(MOLAR).find((one) => metric.includes(one)) ?? ''
  const molar = MOLAR[substance]
  if (molar?.[0] === canonical) return readsMolar(metric) ? molar : undefined
  return manner.get().units === 'imperial' ? IMPERIAL.find(([from]) => from === canonical) : undefined
}
