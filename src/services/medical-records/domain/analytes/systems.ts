import type { AnalyteDefinition } from './definition.ts'
import { convertLab } from './units.ts'

export const UNIT_SYSTEMS = ['conventional', 'si'] as const
export type UnitSystem = (typeof UNIT_SYSTEMS)[number]

/** Analytes that are reported in two systems, by their units in UCUM: conventional, SI. All others have one usual unit. */
const PAIRS: Readonly<Record<string, string>> = {
  'g/dL g/L': 'hemoglobin mchc total_protein albumin globulin',
  'mg/dL g/L': 'fibrinogen apolipoprotein_a1 apolipoprotein_b ceruloplasmin igg iga igm complement_c3 complement_c4',
  'mg/dL mmol/L': `calcium calcium_ionised magnesium phosphate urea urea_nitrogen glucose glucose_fasting glucose_post_meal
    cholesterol_total cholesterol_hdl cholesterol_ldl cholesterol_non_hdl cholesterol_vldl triglycerides`,
  'mg/dL umol/L': 'creatinine urate bilirubin_total bilirubin_direct bilirubin_indirect',
  '% mmol/mol': 'hba1c',
  'ug/dL umol/L': 'ammonia iron tibc vitamin_a zinc copper dheas lead',
  'ug/dL nmol/L': 'total_t4 cortisol cortisol_morning',
  'ng/mL nmol/L': 'c_peptide folate vitamin_d progesterone',
  'ng/dL nmol/L': 'total_t3 testosterone hydroxyprogesterone androstenedione',
  'ng/dL pmol/L': 'free_t4 aldosterone',
  'pg/mL pmol/L': 'vitamin_b12 free_t3 pth free_testosterone estradiol',
}

const UNITS: ReadonlyMap<string, Readonly<Record<UnitSystem, string>>> = new Map(
  Object.entries(PAIRS).flatMap(([pair, ids]) => {
    const [conventional = '', si = ''] = pair.split(' ')
    return ids.split(/\s+/).map((id) => [id, { conventional, si }] as const)
  }),
)

/** The unit of the analyte in each system; undefined for those with one usual unit. */
export function unitsOfSystems(analyteId: string): Readonly<Record<UnitSystem, string>> | undefined {
  return UNITS.get(analyteId)
}

/** Numbers of a result that belong together, each in its unit; null where there is none. */
export type Amounts<Name extends string> = Readonly<Record<Name, number | null>>

export type InSystem<Name extends string> = Amounts<Name> & { readonly system: UnitSystem; readonly unit: string }

/** Significant digits of a converted result: more than a laboratory reports, less than arithmetic makes up. */
const DIGITS = 6

/**
 * The same amounts in each system whose unit is not the one they are in; empty where the analyte has one usual unit.
 * @param unit UCUM unit of the amounts, of this analyte
 */
export function inOtherSystems<Name extends string>(
  analyte: AnalyteDefinition,
  unit: string,
  amounts: Amounts<Name>,
): InSystem<Name>[] {
  const units = unitsOfSystems(analyte.id)
  if (units === undefined) return []
  return UNIT_SYSTEMS.filter((system) => units[system] !== unit).map((system) => {
    const told = Object.entries<number | null>(amounts).map(([name, value]) => [
      name,
      value === null ? null : Number(convertLab(analyte, value, unit, units[system]).toPrecision(DIGITS)),
    ])
    return { ...(Object.fromEntries(told) as Amounts<Name>), system, unit: units[system] }
  })
}
