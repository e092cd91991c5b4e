import { addDays } from '../../../shared/dates.ts'
import type { DeviceDay } from './deviceReadings.ts'
import { BEFORE_DAYS } from './goals.ts'

/** A canonical value, and when it was measured, in epoch milliseconds. */
type Evidence = readonly [value: number, atMs: number]

interface DeviceEvidence {
  readonly before: Evidence | undefined
  readonly first: Evidence | undefined
  readonly latest: Evidence | undefined
  readonly since: number
}

/**
 * What devices say of the way of a goal: the last value of the 30 days before it began, the first day's figure since, and the
 * newest value. `days` come in order.
 */
export function deviceEvidence(days: readonly DeviceDay[], startDate: string): DeviceEvidence {
  const since = days.filter((day) => day.day >= startDate)
  const before = days.findLast((day) => day.day < startDate && day.day >= addDays(startDate, -BEFORE_DAYS))
  const [first, last] = [since[0], since.at(-1)]
  return {
    before: before && [before.lastValue, before.lastAt.getTime()],
    first: first && [first.value, first.lastAt.getTime()],
    latest: last && [last.lastValue, last.lastAt.getTime()],
    since: since.reduce((sum, day) => sum + day.n, 0),
  }
}

/** The value of two that was measured first or last; null where there is none. */
export function nearest(
  end: 'earliest' | 'latest',
  entered: Evidence | null | undefined,
  device: Evidence | undefined,
): number | null {
  if (device === undefined) return entered?.[0] ?? null
  if (entered === null || entered === undefined) return device[0]
  const isDevice = end === 'latest' ? device[1] > entered[1] : device[1] < entered[1]
  return isDevice ? device[0] : entered[0]
}
