import { parseUcum } from '../../../shared/units/ucumParser.ts'

export const UCUM = 'http://unitsofmeasure.org'
/** Digits that survive a conversion: 5.4 mg and 0.0054 g are one amount. */
const DIGITS = 12

/** An amount in the base units of its dimension. */
export interface CanonicalUnit {
  /** The same for all units that can be converted into each other: `length:-3,mass:1`. */
  readonly dimension: string
  /** The amount in base units. */
  readonly of: (value: number) => number
}

/** Units met before: a record says a few dozen of them, thousands of times. */
const known = new Map<string, CanonicalUnit | undefined>()
const MOST_KNOWN = 1000

/** The base unit behind a UCUM code; undefined for another system, and for a code that is not known. */
export function canonicalUnit(system: string, code: string): CanonicalUnit | undefined {
  if (system !== UCUM || code === '') return undefined
  const before = known.get(code)
  if (before !== undefined || known.has(code)) return before
  const made = baseOf(code)
  if (known.size >= MOST_KNOWN) known.clear()
  if (code.length <= 100) known.set(code, made)
  return made
}

function baseOf(code: string): CanonicalUnit | undefined {
  const unit = parseUcum(code)
  if (unit === undefined) return undefined
  const names = Object.entries(unit.dimensions).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    dimension: names.length === 0 ? '1' : names.map(([name, power]) => `${name}:${power}`).join(','),
    of: (value) => Number(((value + unit.offset) * unit.factor).toPrecision(DIGITS)),
  }
}
