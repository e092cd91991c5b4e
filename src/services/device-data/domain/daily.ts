import { preferred, type SourceOrders } from './priority.ts'
import type { Aggregation, DeviceMetric } from './vocabulary/types.ts'

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

/** What buckets of several sources became. */
export type Merged<One extends SourceBucket> = One & {
  /** The one figure of the bucket. */
  readonly value: number
  readonly sources: readonly string[]
}
export type Bucket = Merged<SourceBucket>

/** How buckets of several sources become one; part of every answer. */
export const MERGE_METHOD = 'of each bucket the source that counts most; sources are never added up'

/**
 * One bucket for each start: of several sources that of the one with the highest priority, so that a phone and a watch
 * that counted the same steps don't count twice. Buckets come in order of their start.
 */
export function mergeBuckets<One extends SourceBucket>(
  buckets: readonly One[],
  { code, aggregation }: Pick<DeviceMetric, 'code' | 'aggregation'>,
  orders: SourceOrders,
): Merged<One>[] {
  const byStart = Map.groupBy(buckets, (bucket) => bucket.start)
  return [...byStart.values()]
    .map((candidates) => {
      const chosen = candidates.length === 1 ? candidates[0] : preferred(candidates, code, orders)
      const bucket = chosen as One
      return { ...bucket, value: figureOf(bucket, aggregation), sources: candidates.map((one) => one.source).sort() }
    })
    .sort((left, right) => (left.start < right.start ? -1 : 1))
}

/** The figure that stands for a bucket: what the metric asks for. */
export function figureOf(bucket: Pick<SourceBucket, 'n' | 'total' | 'lastValue'>, aggregation: Aggregation): number {
  if (aggregation === 'sum') return bucket.total
  return aggregation === 'last' ? bucket.lastValue : bucket.total / bucket.n
}
