import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import { adjustPValues } from '../../../shared/statistics/adjust.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import type { Pattern } from '../contract/analyticsShapes.ts'
import { type DayPoint, mondayOf, tidy, weekdayOf } from './days.ts'

/** Parts of the local day; `bucket` of a part is its index. */
export const DAY_PARTS = ['night (0-5 h)', 'morning (6-11 h)', 'afternoon (12-17 h)', 'evening (18-23 h)'] as const
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const
/** Days (weeks) with a value in the part and elsewhere, from which a part is judged. */
export const PATTERN_MINIMUM = 8
const FALSE_DISCOVERY_RATE = 0.05

export const PATTERN_METHOD =
  'Each part of the day against the rest of the same day, each weekday against the rest of the same week: sign test of ' +
  'the differences, Benjamini-Hochberg over all that was asked, 5 %'

/** A day's (week's) typical value in one of its parts. */
export interface PartPoint {
  /** The day, or the Monday of the week. */
  readonly unit: string
  readonly bucket: number
  readonly value: number
}

/** The days of a metric as parts of their weeks. */
export function weekParts(points: readonly DayPoint[]): PartPoint[] {
  return points.map((point) => ({ unit: mondayOf(point.day), bucket: weekdayOf(point.day), value: point.value }))
}

/** What is asked of one metric: its parts of the day, or its weekdays. */
export interface PatternQuestion {
  readonly metricType: MetricType
  readonly kind: Pattern['kind']
  readonly points: readonly PartPoint[]
}

/**
 * Parts that differ from the rest of the same days or weeks, beyond chance and corrected for everything that was asked;
 * a part with too few days (weeks) is not judged.
 */
export function patternsOf(questions: readonly PatternQuestion[]): Pattern[] {
  const candidates = questions.flatMap(({ metricType, kind, points }) =>
    (kind === 'time_of_day' ? DAY_PARTS : WEEKDAYS).flatMap((bucket, index) => {
      const differences = differencesOf(points, index)
      if (differences.length < PATTERN_MINIMUM) return []
      return [{ metricType, kind, bucket, differences, p: signTestP(differences) }]
    }),
  )
  const adjusted = adjustPValues(
    candidates.map((one) => one.p),
    'benjamini-hochberg',
  )
  return candidates.flatMap(({ metricType, kind, bucket, differences }, index): Pattern[] => {
    const typical = median(differences)
    const p = adjusted[index] as number
    if (p > FALSE_DISCOVERY_RATE || typical === 0) return []
    return [
      {
        metric_type: metricType,
        unit: metricDefinition(metricType).canonicalUnit,
        kind,
        bucket,
        direction: typical > 0 ? 'higher' : 'lower',
        typical_difference: tidy(typical),
        n: differences.length,
        adjusted_p_value: p,
      },
    ]
  })
}

function differencesOf(points: readonly PartPoint[], bucket: number): number[] {
  const units = new Map<string, PartPoint[]>()
  for (const point of points) units.set(point.unit, [...(units.get(point.unit) ?? []), point])
  return [...units.values()].flatMap((parts) => {
    const own = parts.find((part) => part.bucket === bucket)
    const others = parts.filter((part) => part.bucket !== bucket).map((part) => part.value)
    return own === undefined || others.length === 0 ? [] : [own.value - median(others)]
  })
}

/** Exact two-sided sign test; zeros take no part. */
export function signTestP(differences: readonly number[]): number {
  const up = differences.filter((one) => one > 0).length
  const down = differences.filter((one) => one < 0).length
  const n = up + down
  if (n === 0) return 1
  const fewer = Math.min(up, down)
  // In logarithms: 2^-n underflows for the longest series.
  let logChoose = 0
  let tail = 0
  for (let k = 0; k <= fewer; k += 1) {
    if (k > 0) logChoose += Math.log((n - k + 1) / k)
    tail += Math.exp(logChoose - n * Math.LN2)
  }
  return Math.min(1, 2 * tail)
}
