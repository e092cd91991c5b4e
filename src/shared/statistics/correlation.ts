import { mean, requirePairs } from './descriptive.ts'
import { normalQuantile, normalTwoSidedP, studentTwoSidedP } from './distributions.ts'
import { kendallExactP, spearmanExactP } from './exactRankTests.ts'
import { kendallCount } from './kendall.ts'

export interface Correlation {
  readonly method: 'pearson' | 'spearman' | 'kendall'
  readonly n: number
  /** -1 to 1. */
  readonly coefficient: number
  /** Two-sided p of no association. */
  readonly p: number
  /** 95 % interval (Fisher's z), Pearson with 4 points and more. */
  readonly interval?: readonly [number, number]
}

const SPEARMAN_EXACT_POINTS = 9
const KENDALL_EXACT_POINTS = 49

/**
 * Pearson's product-moment correlation with the t test. Values must be paired by the caller (same day, same moment).
 * @returns undefined when one list does not vary: there is no correlation to speak of
 * @throws RangeError for unequal lengths, fewer than 3 pairs or values that are not finite
 */
export function pearson(left: readonly number[], right: readonly number[]): Correlation | undefined {
  requirePairs(left, right, 3)
  const coefficient = productMoment(left, right)
  if (coefficient === undefined) return undefined
  const n = left.length
  return { method: 'pearson', n, coefficient, p: momentP(coefficient, n), interval: fisherInterval(coefficient, n) }
}

/**
 * Spearman's rank correlation; p exact up to 9 pairs without ties, by Student's t otherwise.
 * @returns undefined when one list does not vary
 * @throws RangeError as `pearson`
 */
export function spearman(left: readonly number[], right: readonly number[]): Correlation | undefined {
  requirePairs(left, right, 3)
  const n = left.length
  const leftRanks = ranks(left)
  const rightRanks = ranks(right)
  const coefficient = productMoment(leftRanks, rightRanks)
  if (coefficient === undefined) return undefined
  const untied = new Set(left).size === n && new Set(right).size === n
  const p = untied && n <= SPEARMAN_EXACT_POINTS ? spearmanExactP(leftRanks, rightRanks) : momentP(coefficient, n)
  return { method: 'spearman', n, coefficient, p }
}

/**
 * Kendall's tau-b; p exact below 50 pairs without ties, by the tie-corrected normal approximation otherwise.
 * @returns undefined when one list does not vary
 * @throws RangeError as `pearson`
 */
export function kendall(left: readonly number[], right: readonly number[]): Correlation | undefined {
  requirePairs(left, right, 3)
  const { n, s, concordant, tiedLeft, tiedRight, varS } = kendallCount(left, right)
  const pairs = (n * (n - 1)) / 2
  if (tiedLeft === pairs || tiedRight === pairs) return undefined
  const coefficient = s / Math.sqrt((pairs - tiedLeft) * (pairs - tiedRight))
  const exact = tiedLeft === 0 && tiedRight === 0 && n <= KENDALL_EXACT_POINTS
  const p = exact ? kendallExactP(n, concordant) : normalTwoSidedP(s / Math.sqrt(varS))
  return { method: 'kendall', n, coefficient, p }
}

/** Ranks from 1, equal values sharing the mean of their places. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number))
  const result = new Array<number>(values.length).fill(0)
  let start = 0
  for (let end = 1; end <= order.length; end += 1) {
    if (end < order.length && values[order[end] as number] === values[order[start] as number]) continue
    for (let place = start; place < end; place += 1) result[order[place] as number] = (start + end + 1) / 2
    start = end
  }
  return result
}

function productMoment(left: readonly number[], right: readonly number[]): number | undefined {
  const leftMean = mean(left)
  const rightMean = mean(right)
  let both = 0
  let leftSquares = 0
  let rightSquares = 0
  for (let index = 0; index < left.length; index += 1) {
    const a = (left[index] as number) - leftMean
    const b = (right[index] as number) - rightMean
    both += a * b
    leftSquares += a * a
    rightSquares += b * b
  }
  if (leftSquares === 0 || rightSquares === 0) return undefined
  return Math.max(-1, Math.min(1, both / Math.sqrt(leftSquares) / Math.sqrt(rightSquares)))
}

function momentP(coefficient: number, n: number): number {
  return studentTwoSidedP(coefficient * Math.sqrt((n - 2) / (1 - coefficient ** 2)), n - 2)
}

function fisherInterval(coefficient: number, n: number): readonly [number, number] | undefined {
  if (n < 4 || Math.abs(coefficient) >= 1) return undefined
  const half = normalQuantile(0.975) / Math.sqrt(n - 3)
  const center = Math.atanh(coefficient)
  return [Math.tanh(center - half), Math.tanh(center + half)]
}
