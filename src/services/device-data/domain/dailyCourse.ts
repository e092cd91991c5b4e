import { mergeBuckets, type SourceBucket } from './daily.ts'
import { priorityFor, type SourceOrders } from './priority.ts'
import type { DeviceMetric } from './vocabulary/types.ts'

/** A local day of a source, with when its last sample began. */
export interface SourceDay extends SourceBucket {
  readonly lastMs: number
}

/** One metric of one source: its last sample, and its days. */
export interface SourceCourse {
  readonly metric: string
  readonly source: string
  readonly lastMs: number | undefined
  /** Undefined where that sample was removed by hand. */
  readonly lastValue: number | undefined
  readonly days: readonly SourceDay[]
}

export interface CourseDay {
  readonly day: string
  readonly value: number
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
  readonly lastValue: number
  readonly lastMs: number
  readonly n: number
  readonly source: string
}

export interface Course {
  readonly latest: { readonly value: number; readonly atMs: number; readonly source: string } | undefined
  readonly days: readonly CourseDay[]
}

/**
 * What some sources tell only in parts: the first set that a source has of a day is added up, and its own figure of the whole
 * goes before all sets. `all`: of no use while a part is missing.
 */
const PARTS: Readonly<
  Record<string, { readonly needs: 'all' | 'any'; readonly sets: readonly (readonly string[])[] }>
> = {
  sleep_duration: { needs: 'any', sets: [['light_sleep', 'deep_sleep', 'rem_sleep'], ['sleep_asleep']] },
  calories_burned: { needs: 'all', sets: [['active_calories', 'basal_calories']] },
}

/** The metrics that a course of this one is made of: itself, and its parts. */
export function partsOf(code: string): readonly string[] {
  return [code, ...(PARTS[code]?.sets.flat() ?? [])]
}

/**
 * The course of a metric over all its sources: of each day the source that counts most (`mergeBuckets`), and the newest value;
 * of what adds up, that is the newest day's sum.
 */
export function courseOf(metric: DeviceMetric, all: readonly SourceCourse[], orders: SourceOrders): Course {
  const sources = Map.groupBy(
    all.filter((one) => partsOf(metric.code).includes(one.metric)),
    (one) => one.source,
  )
  const merged = mergeBuckets(
    [...sources.values()].flatMap((courses) => wholeDays(metric.code, courses)),
    metric,
    orders,
  )
  const days = merged.map((bucket) => ({
    day: bucket.start,
    value: bucket.value,
    minimum: bucket.minimum,
    maximum: bucket.maximum,
    mean: bucket.total / bucket.n,
    lastValue: bucket.lastValue,
    lastMs: bucket.lastMs,
    n: bucket.n,
    source: bucket.source,
  }))
  const last = days.at(-1)
  const lastDay =
    last === undefined
      ? undefined
      : {
          value: metric.aggregation === 'sum' ? last.value : last.lastValue,
          atMs: last.lastMs,
          source: last.source,
        }
  if (metric.aggregation === 'sum') return { latest: lastDay, days }
  return { latest: newestOf(metric.code, all, orders) ?? lastDay, days }
}

/** The days of one source, made up from parts where it tells no whole. */
function wholeDays(code: string, courses: readonly SourceCourse[]): SourceDay[] {
  const own = courses.find((one) => one.metric === code)?.days ?? []
  const parts = PARTS[code]
  if (parts === undefined) return [...own]
  const days = new Map(own.map((day) => [day.start, day]))
  for (const set of parts.sets) {
    const told = set.map((part) => courses.find((one) => one.metric === part)?.days ?? [])
    const byDay = Map.groupBy(told.flat(), (day) => day.start)
    for (const [start, found] of byDay) {
      if (days.has(start) || (parts.needs === 'all' && found.length < set.length)) continue
      days.set(start, found.reduce(added))
    }
  }
  return [...days.values()]
}

function added(left: SourceDay, right: SourceDay): SourceDay {
  const later = right.lastMs >= left.lastMs ? right : left
  return {
    ...later,
    n: left.n + right.n,
    minimum: Math.min(left.minimum, right.minimum),
    maximum: Math.max(left.maximum, right.maximum),
    total: left.total + right.total,
  }
}

/** The newest sample of the metric; of two sources at one instant that which counts more. */
function newestOf(code: string, all: readonly SourceCourse[], orders: SourceOrders): Course['latest'] {
  const [newest] = all
    .flatMap(({ metric, source, lastMs, lastValue }) =>
      metric === code && lastMs !== undefined && lastValue !== undefined
        ? [{ value: lastValue, atMs: lastMs, source }]
        : [],
    )
    .sort(
      (left, right) =>
        right.atMs - left.atMs || priorityFor(right.source, code, orders) - priorityFor(left.source, code, orders),
    )
  return newest
}
