import { median } from './descriptive.ts'

/** Makes the MAD of normal data estimate its standard deviation: 1 / normal quantile of 0.75. */
const NORMAL_CONSISTENCY = 1.4826

/**
 * Median absolute deviation from the median, in the values' unit.
 * @param scale 1.4826 by default, so that it reads like a standard deviation; 1 for the raw MAD
 * @throws RangeError when empty or not finite
 */
export function medianAbsoluteDeviation(values: readonly number[], scale = NORMAL_CONSISTENCY): number {
  const center = median(values)
  return scale * median(values.map((value) => Math.abs(value - center)))
}

/**
 * The values of the given ranks (0 = smallest) among unsorted numbers, in expected linear time; reorders `numbers`.
 * @param ranks ascending, each within the array
 */
export function orderStatistics(numbers: Float64Array, ranks: readonly number[]): number[] {
  let from = 0
  return ranks.map((rank) => {
    selectInPlace(numbers, rank, from)
    from = rank
    return numbers[rank] as number
  })
}

/** Hoare's selection: afterwards `numbers[rank]` is in its sorted place, nothing before it is larger. */
function selectInPlace(numbers: Float64Array, rank: number, from: number): void {
  let left = from
  let right = numbers.length - 1
  while (left < right) {
    const pivot = middleOfThree(
      numbers[left] as number,
      numbers[(left + right) >>> 1] as number,
      numbers[right] as number,
    )
    let low = left
    let high = right
    while (low <= high) {
      while ((numbers[low] as number) < pivot) low += 1
      while ((numbers[high] as number) > pivot) high -= 1
      if (low <= high) {
        const swapped = numbers[low] as number
        numbers[low] = numbers[high] as number
        numbers[high] = swapped
        low += 1
        high -= 1
      }
    }
    if (rank <= high) right = high
    else if (rank >= low) left = low
    else return
  }
}

function middleOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
