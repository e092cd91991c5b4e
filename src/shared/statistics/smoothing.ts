import { requireValues } from './descriptive.ts'

/**
 * Exponentially weighted moving average: each output is `lambda` of the value and the rest of the output before.
 * @param lambda above 0, at most 1
 * @param start the output before the first value: a target, or an earlier mean
 * @throws RangeError for values that are not finite or a lambda outside
 */
export function ewma(values: readonly number[], lambda: number, start: number): number[] {
  requireValues(values, 0)
  requireLambda(lambda)
  let level = start
  return values.map((value) => {
    level = lambda * value + (1 - lambda) * level
    return level
  })
}

/**
 * Control limits of an EWMA chart once it has settled (NIST/SEMATECH e-Handbook 6.3.2.4).
 * @param standardDeviation of single values, in their unit
 * @param width in standard deviations of the average, usually 3
 * @throws RangeError for a lambda outside
 */
export function ewmaLimits(
  target: number,
  standardDeviation: number,
  lambda: number,
  width = 3,
): { readonly low: number; readonly high: number } {
  requireLambda(lambda)
  const half = width * standardDeviation * Math.sqrt(lambda / (2 - lambda))
  return { low: target - half, high: target + half }
}

function requireLambda(lambda: number): void {
  if (!(lambda > 0 && lambda <= 1)) throw new RangeError('Lambda lies above 0 and at most at 1')
}
