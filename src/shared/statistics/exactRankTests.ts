/**
 * Exact two-sided p of Kendall's test without ties: twice the smaller tail of the number of concordant pairs over all
 * orderings. The counts of orderings by inversions are built up one point at a time, as probabilities.
 */
export function kendallExactP(n: number, concordant: number): number {
  let probabilities = [1]
  for (let points = 2; points <= n; points += 1) {
    const next = new Array<number>(probabilities.length + points - 1).fill(0)
    for (const [inversions, probability] of probabilities.entries())
      for (let added = 0; added < points; added += 1)
        next[inversions + added] = (next[inversions + added] as number) + probability / points
    probabilities = next
  }
  return twiceSmallerTail(probabilities, concordant)
}

/**
 * Exact two-sided p of Spearman's test without ties for few points: the distribution of the sum of squared rank
 * differences over all orderings, built up by the set of ranks already used.
 */
export function spearmanExactP(leftRanks: readonly number[], rightRanks: readonly number[]): number {
  const n = leftRanks.length
  const observed = leftRanks.reduce((sum, rank, index) => sum + (rank - (rightRanks[index] as number)) ** 2, 0)
  const largest = (n * (n * n - 1)) / 3
  const bySet: (Float64Array | undefined)[] = [new Float64Array(largest + 1)]
  ;(bySet[0] as Float64Array)[0] = 1
  for (let used = 0; used < 1 << n; used += 1) {
    const sums = bySet[used]
    if (!sums) continue
    const place = bitCount(used)
    if (place === n) break
    for (let rank = 0; rank < n; rank += 1) {
      if (used & (1 << rank)) continue
      const set = used | (1 << rank)
      const target = bySet[set] ?? new Float64Array(largest + 1)
      bySet[set] = target
      addShifted(sums, target, (rank - place) ** 2, 1 / (n - place))
    }
  }
  return twiceSmallerTail([...(bySet[(1 << n) - 1] as Float64Array)], Math.round(observed))
}

function addShifted(from: Float64Array, to: Float64Array, shift: number, weight: number): void {
  for (let index = 0; index + shift < to.length; index += 1)
    to[index + shift] = (to[index + shift] as number) + (from[index] as number) * weight
}

function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits; rest > 0; rest >>= 1) count += rest & 1
  return count
}

function twiceSmallerTail(probabilities: readonly number[], observed: number): number {
  let atMost = 0
  let atLeast = 0
  for (const [value, probability] of probabilities.entries()) {
    if (value <= observed) atMost += probability
    if (value >= observed) atLeast += probability
  }
  return Math.min(1, 2 * Math.min(atMost, atLeast))
}
