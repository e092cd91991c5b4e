import { requirePairs } from './descriptive.ts'

/** What Kendall's tau and the Mann-Kendall test both count over all pairs of points, in O(n log n). */
export interface KendallCount {
  readonly n: number
  /** Concordant minus discordant pairs. */
  readonly s: number
  readonly concordant: number
  readonly discordant: number
  /** Pairs tied in the first list, and in the second. */
  readonly tiedLeft: number
  readonly tiedRight: number
  /** Variance of `s` when the lists are independent, corrected for ties in both (Kendall 1970). */
  readonly varS: number
}

/**
 * Counts concordant, discordant and tied pairs (Knight 1966: sort by one list, count the inversions of the other).
 * @throws RangeError for lists of unequal length, fewer than 2 points or values that are not finite
 */
export function kendallCount(left: readonly number[], right: readonly number[]): KendallCount {
  requirePairs(left, right, 2)
  const n = left.length
  const order = Array.from({ length: n }, (_, index) => index).sort(
    (a, b) => (left[a] as number) - (left[b] as number) || (right[a] as number) - (right[b] as number),
  )
  const orderedRight = Float64Array.from(order, (index) => right[index] as number)
  const leftRuns = tieRuns(Float64Array.from(order, (index) => left[index] as number))
  const jointTies = pairsIn(jointRuns(order, left, right))
  const discordant = countInversions(orderedRight)
  const rightRuns = tieRuns(orderedRight)
  const tiedLeft = pairsIn(leftRuns)
  const tiedRight = pairsIn(rightRuns)
  const concordant = (n * (n - 1)) / 2 - tiedLeft - tiedRight + jointTies - discordant
  return {
    n,
    s: concordant - discordant,
    concordant,
    discordant,
    tiedLeft,
    tiedRight,
    varS: tieCorrectedVariance(n, leftRuns, rightRuns),
  }
}

/** Lengths of runs of equal neighbours, those of 2 and more. */
function tieRuns(sorted: Float64Array): number[] {
  const runs: number[] = []
  let start = 0
  for (let index = 1; index <= sorted.length; index += 1) {
    if (index < sorted.length && sorted[index] === sorted[start]) continue
    if (index - start > 1) runs.push(index - start)
    start = index
  }
  return runs
}

function jointRuns(order: readonly number[], left: readonly number[], right: readonly number[]): number[] {
  const runs: number[] = []
  let length = 1
  for (let position = 1; position <= order.length; position += 1) {
    const here = order[position]
    const before = order[position - 1] as number
    if (here !== undefined && left[here] === left[before] && right[here] === right[before]) length += 1
    else {
      if (length > 1) runs.push(length)
      length = 1
    }
  }
  return runs
}

function pairsIn(runs: readonly number[]): number {
  return runs.reduce((sum, length) => sum + (length * (length - 1)) / 2, 0)
}

function tieCorrectedVariance(n: number, left: readonly number[], right: readonly number[]): number {
  const cubic = (m: number) => m * (m - 1) * (2 * m + 5)
  const triples = (runs: readonly number[]) => runs.reduce((sum, m) => sum + m * (m - 1) * (m - 2), 0)
  const both = (runs: readonly number[]) => runs.reduce((sum, m) => sum + cubic(m), 0)
  const main = (cubic(n) - both(left) - both(right)) / 18
  const jointTriples = n > 2 ? (triples(left) * triples(right)) / (9 * n * (n - 1) * (n - 2)) : 0
  return main + jointTriples + (4 * pairsIn(left) * pairsIn(right)) / (2 * n * (n - 1))
}

/** Pairs out of order, by bottom-up merging; leaves `numbers` sorted. */
function countInversions(numbers: Float64Array): number {
  let inversions = 0
  let source: Float64Array = numbers
  let target: Float64Array = new Float64Array(numbers.length)
  for (let width = 1; width < numbers.length; width *= 2) {
    for (let start = 0; start < numbers.length; start += 2 * width)
      inversions += mergeRuns(source, target, start, width)
    const swapped = source
    source = target
    target = swapped
  }
  if (source !== numbers) numbers.set(source)
  return inversions
}

function mergeRuns(source: Float64Array, target: Float64Array, start: number, width: number): number {
  const middle = Math.min(start + width, source.length)
  const end = Math.min(start + 2 * width, source.length)
  let left = start
  let right = middle
  let inversions = 0
  for (let place = start; place < end; place += 1) {
    if (left < middle && (right >= end || (source[left] as number) <= (source[right] as number))) {
      target[place] = source[left] as number
      left += 1
    } else {
      target[place] = source[right] as number
      right += 1
      inversions += middle - left
    }
  }
  return inversions
}
