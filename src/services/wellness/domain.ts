import { checkInstant, parseInstant } from '../../shared/dates.ts'
import { type HalvesTrend, halvesTrend, type RobustTrend, robustTrend } from '../../shared/trends.ts'

/** A score and its instant. */
export interface ScorePoint {
  readonly at: Date
  readonly score: number
}

/** How a client's time text reads; `fault` says what is wrong with it. */
export type ReadTime = { readonly at: Date } | { readonly fault: string }

/**
 * Reads the time of a score. Without a zone it is UTC.
 * Refuses dates that don't exist, before 1900, or more than five minutes ahead of `now`.
 */
export function readTime(text: string, now: Date): ReadTime {
  const at = parseInstant(text, { naive: 'utc', dateOnly: true })
  if (at === undefined) return { fault: 'is not a date and time that exists' }
  switch (checkInstant(at, now)) {
    case 'ok':
      return { at }
    case 'too-early':
      return { fault: 'lies before the year 1900' }
    case 'in-the-future':
      return { fault: 'lies in the future' }
  }
}

/** `2026-01-15T10:30:00`: UTC without zone and fraction, as the S003 clients read it. */
export function naiveTime(at: Date): string {
  return at.toISOString().slice(0, 19)
}

/** Mean, rounded to two decimals; null for nothing. */
export function averageOf(scores: readonly number[]): number | null {
  if (scores.length === 0) return null
  return twoDecimals(scores.reduce((sum, score) => sum + score, 0) / scores.length)
}

/** Rounded to two decimals. */
export function twoDecimals(value: number): number {
  return Math.round(value * 100) / 100
}

/** Both readings of one period: the rule that the S003 clients know, and a robust one that tells its uncertainty. */
export interface WellnessTrend {
  readonly trend: HalvesTrend
  readonly robust: RobustTrend
}

/**
 * The trend of scores in order of time. `trend` is the contract of S003: fewer than four scores are stable; else the
 * means of the two halves, split at floor(n/2), differ by more than 0.5 or they don't.
 */
export function trendOf(points: readonly ScorePoint[]): WellnessTrend {
  return {
    trend: halvesTrend(points.map((point) => point.score)),
    robust: robustTrend(points.map((point) => ({ at: point.at.getTime(), value: point.score }))),
  }
}
