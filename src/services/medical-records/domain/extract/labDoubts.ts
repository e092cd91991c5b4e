import type { Doubt } from './findings.ts'
import type { LabLine } from './labLine.ts'

/** What is known about an analyte: `domain/analytes` tells it. */
export interface Plausible {
  readonly analyte: string | undefined
  readonly verdict: 'plausible' | 'impossible' | 'unknown_unit' | 'unknown'
  /** Either bound may be missing. */
  readonly usual: { readonly low?: number | undefined; readonly high?: number | undefined } | undefined
}

export type CheckPlausible = (testName: string, value: number, unit: string | null) => Plausible

/** Tests whose results have no unit. */
const UNITLESS = /^(ph|inr|.*ratio.*|specific gravity|.*index.*|s\/co)/i
const LEAST_CONFIDENCE = 30

/**
 * Why a person must look at a result. None means: every check agrees, not: it is right.
 * @param isPicture the line was guessed from a picture, where points get lost and letters pass for digits
 * @param hasFlags other lines of the document print flags
 */
export function doubtsOf(
  line: LabLine,
  options: { isPicture: boolean; hasFlags: boolean; check: CheckPlausible },
): Doubt[] {
  const { content, number, range } = line
  const doubts = new Set<Doubt>(line.doubts)
  if (options.isPicture && line.confidence < LEAST_CONFIDENCE) doubts.add('hard_to_read')
  if (number === undefined || content.value === null) {
    doubts.add('words_only')
    return [...doubts]
  }
  const known = options.check(content.test_name, content.value, content.unit)
  if (known.verdict === 'impossible') doubts.add('impossible')
  if (known.verdict === 'unknown_unit') doubts.add(content.unit === null ? 'unit_missing' : 'unit_mismatch')
  if (known.verdict === 'unknown') doubts.add('unknown_test')
  if (content.unit === null && !UNITLESS.test(content.test_name)) doubts.add('unit_missing')
  if (range?.low !== undefined && range.high !== undefined && range.low >= range.high) doubts.add('range_odd')
  if (isPointAway(content.value, range?.low, range?.high)) doubts.add('decimal_point')
  if (isPointAway(content.value, known.usual?.low, known.usual?.high)) doubts.add('decimal_point')
  // Without a usual span nothing would tell that the points of the value and of its range were both lost.
  if (options.isPicture && number.decimals === 0 && !isOrderKnown(known.usual, range)) doubts.add('decimal_point')
  if (isRangeAway(range, known.usual)) doubts.add('range_odd')
  if (options.isPicture && range !== undefined && (number.decimals === 0) !== (range.decimals === 0))
    doubts.add('decimals_differ')
  if (isContradicted(line, options.hasFlags)) doubts.add('flag_contradicts')
  return [...doubts]
}

/** Whether the order of a value can be told: by what is usual, or by a whole range whose own order what is usual tells. */
function isOrderKnown(usual: Plausible['usual'], range: LabLine['range']): boolean {
  if (usual?.low !== undefined && usual.high !== undefined) return true
  const isWhole = range?.low !== undefined && range.high !== undefined
  return isWhole && (usual?.low !== undefined || usual?.high !== undefined)
}

/** Beyond an open range by more than this, a lost point is likelier than the result. */
const FAR_BEYOND = 4

/** Whether the value lies outside a span, and within it with its point one or two digits further. */
function isPointAway(value: number, low: number | undefined, high: number | undefined): boolean {
  if (low === undefined || high === undefined) {
    if (high !== undefined) return value > high * FAR_BEYOND
    return low !== undefined && value < low / FAR_BEYOND
  }
  const isInside = (one: number) => one >= low && one <= high
  return !isInside(value) && [value / 10, value / 100, value / 1000, value * 10, value * 100].some(isInside)
}

/** Whether a printed range is of another order than what is usual: its points, or its unit, were lost. */
function isRangeAway(range: LabLine['range'], usual: Plausible['usual']): boolean {
  if (range === undefined || usual === undefined) return false
  const far = (one: number | undefined, other: number | undefined) =>
    one !== undefined && other !== undefined && one > 0 && other > 0 && (one / other > 4 || other / one > 4)
  return far(range.high, usual.high) || far(range.low, usual.low)
}

function isContradicted({ content, range }: LabLine, hasFlags: boolean): boolean {
  const { value, flag } = content
  if (value === null || range === undefined) return false
  const isHigh = range.high !== undefined && value > range.high
  const isLow = range.low !== undefined && value < range.low
  if (flag === 'H') return !isHigh
  if (flag === 'L') return !isLow
  if (flag === 'A') return !isHigh && !isLow
  return hasFlags && (isHigh || isLow)
}
