import { analytesNamed, matchAnalyte } from './catalogue.ts'
import type { AnalyteDefinition } from './definition.ts'
import { convertLab, readLabUnit } from './units.ts'

export interface PlausibleVerdict {
  /** Id of the analyte; undefined when the name is not known. */
  readonly analyte: string | undefined
  /**
   * `unknown_unit`: the analyte is known, the unit is missing or none of its units. `impossible`: outside the limits of
   * life. `unknown`: the name is not known.
   */
  readonly verdict: 'plausible' | 'impossible' | 'unknown_unit' | 'unknown'
  /** An adult's usual span in the given unit, where known: shows a value ten times off. */
  readonly usual: { readonly low: number | undefined; readonly high: number | undefined } | undefined
}

/**
 * Whether a printed result can be what it says. Names, units and limits are those of the catalogue; nothing is converted
 * to make it fit.
 * @param unit as printed; null when none was
 */
export function checkPlausible(testName: string, value: number, unit: string | null): PlausibleVerdict {
  const named = analytesNamed(testName)
  if (named.length === 0) return { analyte: undefined, verdict: 'unknown', usual: undefined }
  const found = matchAnalyte(testName, { unit: unit ?? undefined })?.analyte
  const ucum = found === undefined ? undefined : readLabUnit(found, unit ?? '')
  if (found === undefined || ucum === undefined)
    return { analyte: named[0]?.id, verdict: 'unknown_unit', usual: undefined }
  const isPossible = Number.isFinite(value) && isWithinLife(found, convertLab(found, value, ucum, found.unit))
  return { analyte: found.id, verdict: isPossible ? 'plausible' : 'impossible', usual: usualSpan(found, ucum) }
}

/** Whether a value in the analyte's own unit lies within its limits of life. */
export function isWithinLife(analyte: AnalyteDefinition, value: number): boolean {
  return value >= analyte.plausible.low && value <= analyte.plausible.high
}

/** The union of the adult ranges; a side is undefined where it is open everywhere, all of it where both are. */
function usualSpan(analyte: AnalyteDefinition, ucum: string) {
  const adults = analyte.ranges.filter(
    (rule) => rule.isOfPregnancy === undefined && (rule.belowYears === undefined || rule.belowYears > 18),
  )
  const lows = adults.map((rule) => rule.low).filter((low) => low !== undefined)
  const highs = adults.map((rule) => rule.high).filter((high) => high !== undefined)
  if (lows.length === 0 && highs.length === 0) return undefined
  const inUnit = (value: number) =>
    Number.isFinite(value) ? convertLab(analyte, value, analyte.unit, ucum) : undefined
  return { low: inUnit(Math.min(...lows)), high: inUnit(Math.max(...highs)) }
}
