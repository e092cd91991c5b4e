import type { Plan } from '../contract/shapes.ts'

/** API-key calls a month that each plan includes; null is no limit. */
export const MONTHLY_CALLS: Readonly<Record<Plan, number | null>> = { free: 100, pro: 10_000, enterprise: null }

/** First instant of the next month (UTC). */
export function nextMonth(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1))
}
