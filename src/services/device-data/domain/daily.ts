import { preferred } from './priority.ts'
import type { Aggregation } from './vocabulary/types.ts'

/** One bucket of one source: an hour or a local day. */
export interface SourceBucket {
  readonly start: string
  readonly source: string
  readonly n: number
  readonly minimum: number
  readonly maximum: number
  readonly total: number
  readonly lastValue: number
}

export interface Bucket extends SourceBucket {
  /** The one figure of the bucket. */
  readonly value: number
  readonly sources: readonly string[]
}

/** How buckets of several sources become one; part of every answer. */
export const MERGE_METHOD = 'of each bucket the source that counts most; sources are never added up'

/**
 * One bucket for each start: of several sources that of the one with the highest priority, so that a phone and a watch
 * that counted the same steps don't count twice. Buckets come in order of their start.
 */
export function mergeBuckets(buckets: readonly SourceBucket[], aggregation: Aggregation): Bucket[] {
  const byStart = new Map<string, SourceBucket[]>()
  for (const bucket of buckets) byStart.set(bucket.start, [...(byStart.get(bucket.start) ?? []), bucket])
  return [...byStart.values()]
    .map((candidates) => {
      const chosen = preferred(candidates) as SourceBucket
      return { ...chosen, value: figureOf(chosen, aggregation), sources: candidates.map((one) => one.source).sort() }
    })
    .sort((left, right) => (left.start < right.start ? -1 : 1))
}

/** The figure that stands for a bucket: what the metric asks for. */
export function figureOf(bucket: Pick<SourceBucket, 'n' | 'total' | 'lastValue'>, aggregation: Aggregation): number {
  if (aggregation === 'sum') return bucket.total
  return aggregation === 'last' ? bucket.lastValue : bucket.total / bucket.n
}
