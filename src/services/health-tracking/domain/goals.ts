import { addDays, daysBetween } from '../../../shared/dates.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import { mean } from '../../../shared/statistics/descriptive.ts'
import type { GoalFrequency, GoalStatus, GoalType } from '../contract/goals.ts'
import { type DayPoint, isSummed, mondayOf } from './days.ts'

/** A goal with its numbers in the metric's canonical unit. */
export interface GoalTerms {
  readonly metricType: MetricType
  readonly goalType: GoalType
  readonly frequency: GoalFrequency
  readonly target: number | null
  readonly baseline: number | null
  readonly tolerance: number | null
  readonly startDate: string
  readonly targetDate: string | null
  readonly status: GoalStatus
}

/** What was measured, in the canonical unit. */
export interface GoalEvidence {
  /** Of metrics that stand for themselves: the last value before the start, the first since, the latest since. */
  readonly before: number | null
  readonly first: number | null
  readonly latest: number | null
  /** How many there are since; 2 stands for more. */
  readonly since: number
  /** Days of the metric from two weeks before the start (at most 400 days back), oldest first. */
  readonly days: readonly DayPoint[]
  readonly today: string
}

/** How far a goal is; numbers in the canonical unit. */
export interface Progress {
  /** 0 to 1, or beyond; null: not enough data. */
  readonly fraction: number | null
  readonly baseline: number | null
  readonly current: number | null
  readonly target: number | null
  readonly isReached: boolean | null
  readonly isOverdue: boolean
  readonly periodsMet: number | null
  readonly periodsCounted: number | null
  readonly reason: string | null
  readonly method: string
  readonly n: number
}

const PERIOD_DAYS: Readonly<Record<GoalFrequency, number>> = {
  daily: 1,
  weekly: 7,
  monthly: 30,
  quarterly: 91,
  yearly: 365,
  once: 1,
}
const MINIMUM_DAYS = 3
const RECENT_DAYS = 7
const MAINTAINED_DAYS = 30
/** A value is kept while it stays this close, where the person says nothing else (our own choice). */
const DEFAULT_TOLERANCE_SHARE = 0.05

/**
 * Progress from what was measured, never from what was typed in: how much of the way from the value at the start to the
 * target is done, whichever way the target lies (defect D3: 90 -> 85 kg with a target of 80 is 50 %). A maintained value
 * counts the days it was kept. Metrics that add up are counted per period of the goal.
 */
export function progressOf(goal: GoalTerms, evidence: GoalEvidence): Progress {
  const isOverdue = goal.status === 'active' && goal.targetDate !== null && evidence.today > goal.targetDate
  const found = measured(goal, evidence)
  return { ...found, isOverdue }
}

type Found = Omit<Progress, 'isOverdue'>

function measured(goal: GoalTerms, evidence: GoalEvidence): Found {
  if (goal.goalType === 'maintenance') return maintained(goal, evidence)
  if (!isSummed(goal.metricType)) {
    const { before, first, latest, since } = evidence
    const method =
      'latest measurement since the start; baseline: as given, else the last one before the start, else the first since'
    // One value cannot be both ends of a way.
    const isOnlyOne = goal.baseline === null && before === null && since < 2
    return onTheWay(goal, goal.baseline ?? before ?? first, isOnlyOne ? null : latest, since, method)
  }
  if (goal.goalType === 'target') return periodic(goal, evidence)
  const scale = PERIOD_DAYS[goal.frequency]
  const earlier = evidence.days.filter((point) => point.day < goal.startDate).slice(-14)
  const since = evidence.days.filter((point) => point.day >= goal.startDate && point.day < evidence.today)
  const recent = since.filter((point) => point.day >= addDays(evidence.today, -RECENT_DAYS))
  const average = (points: readonly DayPoint[]) =>
    points.length < MINIMUM_DAYS ? null : mean(points.map((point) => point.value)) * scale
  const method = `mean of the complete days of the last ${RECENT_DAYS}, for one ${goal.frequency} period; baseline: as given, else the two weeks before the start`
  return onTheWay(goal, goal.baseline ?? average(earlier), average(recent), recent.length, method)
}

/** The share of the way from baseline to target that is done. */
function onTheWay(goal: GoalTerms, baseline: number | null, current: number | null, n: number, method: string): Found {
  const base = { ...NOTHING, baseline, current, target: goal.target, n, method }
  if (goal.target === null) return { ...base, reason: 'The goal has no target value' }
  if (current === null) return { ...base, reason: 'Nothing, or too little, was measured since the start' }
  if (baseline === null) return { ...base, reason: 'Too little was measured before the start to have a baseline' }
  const down = goesDown(goal, baseline, goal.target)
  const isReached = down ? current <= goal.target : current >= goal.target
  const wayIsLeft = down ? baseline > goal.target : baseline < goal.target
  if (!wayIsLeft) {
    const reason = isReached ? null : 'The value was at the target at the start, and is not any more'
    return { ...base, fraction: isReached ? 1 : 0, isReached, reason }
  }
  return { ...base, fraction: (baseline - current) / (baseline - goal.target), isReached }
}

function goesDown(goal: GoalTerms, baseline: number, target: number): boolean {
  if (goal.goalType === 'reduction') return true
  const { better } = metricDefinition(goal.metricType)
  if (goal.goalType === 'improvement' && better !== 'neutral') return better === 'lower'
  return target < baseline
}

/** Sums per period of the goal: this one's share, and how many complete ones were met. */
function periodic(goal: GoalTerms, { days, today }: GoalEvidence): Found {
  const method = 'sum of the running period; complete periods since the start that met the target'
  const since = days.filter((point) => point.day >= goal.startDate)
  const base = { ...NOTHING, target: goal.target, n: since.length, method }
  if (goal.target === null) return { ...base, reason: 'The goal has no target value' }
  if (since.length === 0) return { ...base, reason: 'Nothing was measured since the start' }
  const sums = new Map<string, number>()
  for (const point of since) {
    const key = periodOf(point.day, goal)
    sums.set(key, (sums.get(key) ?? 0) + point.value)
  }
  const running = periodOf(today, goal)
  const current = sums.get(running) ?? 0
  const complete = [...sums].filter(([key]) => key !== running)
  const target = goal.target
  return {
    ...base,
    current,
    fraction: target === 0 ? null : current / target,
    isReached: current >= target,
    periodsMet: complete.filter(([, sum]) => sum >= target).length,
    periodsCounted: complete.length,
    reason: target === 0 ? 'A target of nothing has no share' : null,
  }
}

function periodOf(day: string, goal: GoalTerms): string {
  switch (goal.frequency) {
    case 'daily':
      return day
    case 'weekly':
      return mondayOf(day)
    case 'monthly':
      return day.slice(0, 7)
    case 'quarterly':
      return `${day.slice(0, 4)} ${Math.ceil(Number(day.slice(5, 7)) / 3)}`
    case 'yearly':
      return day.slice(0, 4)
    case 'once':
      return goal.startDate
  }
}

/** The share of days on which the value stayed within the tolerance of the target. */
function maintained(goal: GoalTerms, { before, first, latest, days, today }: GoalEvidence): Found {
  const since = days.filter(
    (point) =>
      point.day >= goal.startDate && point.day > addDays(today, -MAINTAINED_DAYS) && !isRunning(goal, point.day, today),
  )
  const earlier = days.filter((point) => point.day < goal.startDate).map((point) => point.value)
  const start = isSummed(goal.metricType) ? (earlier.length < MINIMUM_DAYS ? null : mean(earlier)) : (before ?? first)
  const baseline = goal.baseline ?? start
  const center = goal.target ?? baseline
  const method = `share of days of the last ${MAINTAINED_DAYS} since the start within the tolerance (5 % unless given)`
  const current = isSummed(goal.metricType) ? (since.at(-1)?.value ?? null) : latest
  const base = { ...NOTHING, baseline, current, target: center, n: since.length, method }
  if (center === null) return { ...base, reason: 'Too little was measured to know the value to keep' }
  if (since.length < MINIMUM_DAYS) return { ...base, reason: `${since.length} of the ${MINIMUM_DAYS} days needed` }
  const tolerance = goal.tolerance ?? Math.abs(center) * DEFAULT_TOLERANCE_SHARE
  const met = since.filter((point) => Math.abs(point.value - center) <= tolerance).length
  const isReached = current === null ? null : Math.abs(current - center) <= tolerance
  return { ...base, fraction: met / since.length, isReached, periodsMet: met, periodsCounted: since.length }
}

function isRunning(goal: GoalTerms, day: string, today: string): boolean {
  return isSummed(goal.metricType) && day === today
}

const NOTHING: Found = {
  fraction: null,
  baseline: null,
  current: null,
  target: null,
  isReached: null,
  periodsMet: null,
  periodsCounted: null,
  reason: null,
  method: '',
  n: 0,
}

/** When a trend would reach a target: the earliest and latest day by the interval of its slope (per week). */
export function expectedDays(
  current: number,
  target: number,
  interval: readonly number[] | null,
  today: string,
): { readonly from: string; readonly to: string } | undefined {
  const [low, high] = interval ?? []
  const remaining = target - current
  if (low === undefined || high === undefined || low * high <= 0 || remaining * low <= 0) return undefined
  const days = [remaining / low, remaining / high].map((weeks) => Math.ceil(weeks * 7)).sort((a, b) => a - b)
  const [from, to] = days as [number, number]
  return to > 3 * 365 ? undefined : { from: addDays(today, from), to: addDays(today, to) }
}

/** Days before the start of a goal in which a value still tells where it began. */
export const BEFORE_DAYS = 30

/** The first local day that the evidence of some goals reaches back to; that of the period where none goes further. */
export function goalsFirstDay(
  goals: readonly { readonly start_date: string }[],
  { firstDay }: { firstDay: string },
): string {
  return goals.map((goal) => addDays(goal.start_date, -BEFORE_DAYS)).reduce((a, b) => (a < b ? a : b), firstDay)
}

/** Days from the start of a goal that its evidence needs: two weeks more, 400 at most. */
export function evidenceDays(startDate: string, today: string): number {
  return Math.min(400, Math.max(15, daysBetween(startDate, today) + 15))
}
