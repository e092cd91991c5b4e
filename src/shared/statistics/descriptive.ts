/** Every function here throws RangeError for too few values and for values that are not finite. */

/** Arithmetic mean. @throws RangeError when empty or not finite */
export function mean(values: readonly number[]): number {
  requireValues(values, 1)
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Middle value, or the mean of the two middle ones. @throws RangeError when empty or not finite */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/**
 * Quantile of type 7 (Hyndman and Fan 1996): linear between order statistics, as R and most spreadsheets have it.
 * @param probability 0 to 1
 * @throws RangeError when empty, not finite, or the probability lies outside
 */
export function quantile(values: readonly number[], probability: number): number {
  requireValues(values, 1)
  if (!(probability >= 0 && probability <= 1)) throw new RangeError('A probability lies between 0 and 1')
  return sortedQuantile(Float64Array.from(values).sort(), probability)
}

/** `quantile` of values already in ascending order, for several quantiles of one set. */
export function sortedQuantile(sorted: ArrayLike<number>, probability: number): number {
  const position = (sorted.length - 1) * probability
  const below = Math.floor(position)
  const low = sorted[below] as number
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number
  return low + (position - below) * (high - low)
}

/** Sample variance (divisor n - 1), in the square of the values' unit. @throws RangeError for fewer than 2 values */
export function sampleVariance(values: readonly number[]): number {
  requireValues(values, 2)
  const center = mean(values)
  let sum = 0
  for (const value of values) sum += (value - center) ** 2
  return sum / (values.length - 1)
}

/** Sample standard deviation (divisor n - 1). @throws RangeError for fewer than 2 values */
export function standardDeviation(values: readonly number[]): number {
  return Math.sqrt(sampleVariance(values))
}

/** Refuses a list shorter than `minimum`, or with a value that is not finite. @throws RangeError */
export function requireValues(values: readonly number[], minimum: number): void {
  if (values.length < minimum) throw new RangeError(`At least ${minimum} values are needed`)
  if (!values.every(Number.isFinite)) throw new RangeError('Every value must be a finite number')
}

/** Refuses two lists of different length, shorter than `minimum` or not finite. @throws RangeError */
export function requirePairs(left: readonly number[], right: readonly number[], minimum: number): void {
  if (left.length !== right.length) throw new RangeError('Both lists must have the same length')
  requireValues(left, minimum)
  requireValues(right, minimum)
}
