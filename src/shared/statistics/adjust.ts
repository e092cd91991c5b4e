export type AdjustMethod = 'bonferroni' | 'holm' | 'benjamini-hochberg' | 'benjamini-yekutieli'

/**
 * p-values adjusted for having tested many hypotheses, in the order given; compare them with the level wanted.
 * Bonferroni and Holm bound the chance of any false finding; Benjamini-Hochberg (1995) the share of false ones among
 * the findings; Benjamini-Yekutieli (2001) that share under any dependence.
 * @throws RangeError for a p-value outside 0 to 1
 */
export function adjustPValues(pValues: readonly number[], method: AdjustMethod): number[] {
  if (!pValues.every((p) => p >= 0 && p <= 1)) throw new RangeError('A p-value lies between 0 and 1')
  const count = pValues.length
  if (method === 'bonferroni') return pValues.map((p) => Math.min(1, p * count))
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] as number) - (pValues[b] as number))
  return method === 'holm' ? stepDown(pValues, order) : stepUp(pValues, order, method === 'benjamini-yekutieli')
}

function stepDown(pValues: readonly number[], order: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length).fill(1)
  let largest = 0
  for (const [place, index] of order.entries()) {
    largest = Math.max(largest, (pValues[index] as number) * (order.length - place))
    adjusted[index] = Math.min(1, largest)
  }
  return adjusted
}

function stepUp(pValues: readonly number[], order: readonly number[], anyDependence: boolean): number[] {
  const count = pValues.length
  let factor = count
  if (anyDependence) factor *= pValues.reduce((sum, _, index) => sum + 1 / (index + 1), 0)
  const adjusted = new Array<number>(count).fill(1)
  let smallest = 1
  for (let place = count - 1; place >= 0; place -= 1) {
    const index = order[place] as number
    smallest = Math.min(smallest, ((pValues[index] as number) * factor) / (place + 1))
    adjusted[index] = smallest
  }
  return adjusted
}
