import { BLOOD_ANALYTES } from './blood.ts'
import { CHEMISTRY_ANALYTES } from './chemistry.ts'
import { CHILDHOOD } from './childhood.ts'
import type { AnalyteDefinition } from './definition.ts'
import { HORMONE_ANALYTES } from './hormones.ts'
import { LIVER_ANALYTES } from './liver.ts'
import { MARKER_ANALYTES } from './markers.ts'
import { METABOLIC_ANALYTES } from './metabolic.ts'
import { NUTRIENT_ANALYTES } from './nutrients.ts'
import { PREGNANCY } from './pregnancy.ts'
import { readLabUnit } from './units.ts'

const DEFINED: readonly AnalyteDefinition[] = [
  ...BLOOD_ANALYTES,
  ...CHEMISTRY_ANALYTES,
  ...LIVER_ANALYTES,
  ...METABOLIC_ANALYTES,
  ...NUTRIENT_ANALYTES,
  ...HORMONE_ANALYTES,
  ...MARKER_ANALYTES,
]

/** Every analyte known here, with its ranges of every age and of pregnancy. */
export const ANALYTE_LIST: readonly AnalyteDefinition[] = DEFINED.map((one) => ({
  ...one,
  ranges: [...one.ranges, ...(CHILDHOOD[one.id] ?? []), ...(PREGNANCY[one.id] ?? [])],
}))

const BY_ID = new Map(ANALYTE_LIST.map((one) => [one.id, one]))
const BY_LOINC = new Map(
  ANALYTE_LIST.flatMap((one) => [...Object.values(one.loinc), ...one.otherLoinc].map((code) => [code, one] as const)),
)

/** Words that say where or how it was measured, not what. */
const NOISE =
  /\b(serum|plasma|blood|venous|level|levels|test|estimation|quantitative|concentration|method|assay|s|sr|p|value|result|edta|whole)\b/g
const MAXIMUM_NAME_LENGTH = 200
const BY_NAME = indexOfNames()

/** How a code or name was recognised: `code` and `name` are the catalogue's own, `reduced` after leaving words out. */
export interface AnalyteMatch {
  readonly analyte: AnalyteDefinition
  readonly by: 'code' | 'name' | 'reduced'
}

/** The analyte of this id; undefined when there is none. */
export function analyteById(id: string): AnalyteDefinition | undefined {
  return BY_ID.get(id)
}

/** The analyte a LOINC code names; undefined for others. */
export function analyteByLoinc(code: string): AnalyteDefinition | undefined {
  return BY_LOINC.get(code)
}

/**
 * Recognises a test by its LOINC code, else by its name as printed. Where several analytes share a name (neutrophils as
 * count and as share) the unit decides; one whose units do not fit the unit given is not recognised at all.
 * @param unit as printed; undefined or empty when none was
 * @returns undefined for what is not known, or not known in this unit
 */
export function matchAnalyte(
  name: string,
  options: { readonly loinc?: string | undefined; readonly unit?: string | undefined } = {},
): AnalyteMatch | undefined {
  const coded = options.loinc === undefined ? undefined : BY_LOINC.get(options.loinc.trim())
  if (coded !== undefined) return fits(coded, options.unit) ? { analyte: coded, by: 'code' } : undefined
  for (const { words, by } of readings(name)) {
    const found = (BY_NAME.get(words) ?? []).find((one) => fits(one, options.unit))
    if (found !== undefined) return { analyte: found, by }
  }
  return undefined
}

/** All analytes a name can mean, whatever the unit. */
export function analytesNamed(name: string): readonly AnalyteDefinition[] {
  for (const { words } of readings(name)) {
    const found = BY_NAME.get(words)
    if (found !== undefined) return found
  }
  return []
}

/** A name in the form the index holds: lower case, no accents, punctuation as single spaces. */
export function plainName(text: string): string {
  return text
    .slice(0, MAXIMUM_NAME_LENGTH)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}%+#]+/gu, ' ')
    .trim()
}

function readings(name: string): { words: string; by: 'name' | 'reduced' }[] {
  const whole = plainName(name)
  const outside = plainName(name.slice(0, MAXIMUM_NAME_LENGTH).replace(/\([^()]*\)/g, ' '))
  const inside = plainName(/\(([^()]*)\)/.exec(name.slice(0, MAXIMUM_NAME_LENGTH))?.[1] ?? '')
  const isUrine = /\burine?\b/.test(whole)
  const reduced = [whole, outside, inside].map((words) => words.replace(NOISE, ' ').replace(/\s+/g, ' ').trim())
  // Words in brackets alone could drop the specimen: never for urine.
  const rest = isUrine ? [outside] : [outside, inside, ...reduced]
  return [{ words: whole, by: 'name' as const }, ...rest.map((words) => ({ words, by: 'reduced' as const }))].filter(
    ({ words }) => words !== '',
  )
}

function fits(analyte: AnalyteDefinition, unit: string | undefined): boolean {
  return unit === undefined || unit.trim() === '' || readLabUnit(analyte, unit) !== undefined
}

function indexOfNames(): Map<string, AnalyteDefinition[]> {
  const index = new Map<string, AnalyteDefinition[]>()
  for (const one of ANALYTE_LIST) {
    for (const name of new Set([one.label, ...one.names].map(plainName)))
      index.set(name, [...(index.get(name) ?? []), one])
  }
  return index
}
