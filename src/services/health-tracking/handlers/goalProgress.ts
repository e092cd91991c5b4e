import type { Context } from '../../../kernel/service.ts'
import { localDay } from '../../../shared/dates.ts'
import { metricDefinition, unitOfMetric } from '../../../shared/metrics.ts'
import { convert } from '../../../shared/units.ts'
import type { Goal, GoalProgress } from '../contract/goals.ts'
import { basisOf, isSummed, tidy } from '../domain/days.ts'
import { deviceEvidence, nearest } from '../domain/goalEvidence.ts'
import { evidenceDays, type GoalTerms, goalsFirstDay, type Progress, progressOf } from '../domain/goals.ts'
import { lastDays } from '../domain/times.ts'
import { type GoalRow, type SpotEvidenceRow, spotEvidenceStatement } from '../store/goals.ts'
import { type DayRow, daysByMetric, daysStatement } from '../store/series.ts'
import { type DeviceValues, deviceValues, withDevices } from './deviceValues.ts'

/** A goal, how far it is in canonical units, and both as clients see them. */
export interface MeasuredGoal {
  readonly row: GoalRow
  readonly progress: Progress
  readonly view: GoalProgress
  readonly goal: Goal
}

/**
 * Progress of goals from what was measured: one round trip for all of them, and beside it the call for what devices know, unless
 * that was asked already (from `goalsFirstDay` on).
 */
export async function measureGoals(
  context: Context,
  rows: readonly GoalRow[],
  zone: string,
  known?: Promise<DeviceValues>,
): Promise<MeasuredGoal[]> {
  if (rows.length === 0) return []
  const now = context.now()
  const today = localDay(now, zone)
  const daily = rows.filter((row) => isSummed(row.metric_type) || row.goal_type === 'maintenance')
  const period = lastDays(Math.max(15, ...daily.map((row) => evidenceDays(row.start_date, today))), now, zone)
  const types = [...new Set(rows.map((row) => row.metric_type))]
  const [[spots = [], days = []], devices] = await Promise.all([
    context.db.batch([
      spotEvidenceStatement(context.personId, rows, zone),
      daysStatement(context.personId, [...new Set(daily.map((row) => row.metric_type))], period),
    ]),
    known ?? deviceValues(context, types, goalsFirstDay(rows, period), zone),
  ])
  const evidence = new Map((spots as SpotEvidenceRow[]).map((row) => [row.id, row]))
  const byMetric = withDevices(daysByMetric(days as DayRow[]), devices, period)
  return rows.map((row) => {
    const spot = evidence.get(row.id)
    const device = deviceEvidence(devices.days.get(row.metric_type) ?? [], row.start_date)
    const progress = progressOf(termsOf(row), {
      before: nearest('latest', spot?.before, device.before),
      first: nearest('earliest', spot?.first, device.first),
      latest: nearest('latest', spot?.latest, device.latest),
      since: (spot?.since ?? 0) + device.since,
      days: byMetric.get(row.metric_type) ?? [],
      today,
    })
    const view = progressView(row, progress, { ...period, firstDay: row.start_date, lastDay: today })
    return { row, progress, view, goal: goalView(row, view) }
  })
}

/** The goal's numbers in the canonical unit of its metric. */
export function termsOf(row: GoalRow): GoalTerms {
  return {
    metricType: row.metric_type,
    goalType: row.goal_type,
    frequency: row.frequency,
    target: toCanonical(row, row.target_value),
    baseline: toCanonical(row, row.baseline_value),
    tolerance: toleranceOf(row),
    startDate: row.start_date,
    targetDate: row.target_date,
    status: row.status,
  }
}

function toCanonical(row: GoalRow, value: number | null): number | null {
  if (value === null) return null
  const definition = metricDefinition(row.metric_type)
  return convert(value, ucumOf(row), definition.canonicalUnit, analyteOf(row))
}

/** A tolerance is a difference: of a unit with an offset (degrees) only the step counts. */
function toleranceOf(row: GoalRow): number | null {
  if (row.tolerance === null) return null
  return Math.abs((toCanonical(row, row.tolerance) as number) - (toCanonical(row, 0) as number))
}

function fromCanonical(row: GoalRow, value: number | null): number | null {
  if (value === null) return null
  return tidy(convert(value, metricDefinition(row.metric_type).canonicalUnit, ucumOf(row), analyteOf(row)))
}

function ucumOf(row: GoalRow): string {
  const definition = metricDefinition(row.metric_type)
  return unitOfMetric(definition, row.unit) ?? definition.canonicalUnit
}

function analyteOf(row: GoalRow) {
  const { analyte } = metricDefinition(row.metric_type)
  return analyte === undefined ? {} : { analyte }
}

function progressView(row: GoalRow, progress: Progress, period: Parameters<typeof basisOf>[2]): GoalProgress {
  const raw = progress.fraction === null ? null : tidy(progress.fraction * 100)
  return {
    goal_id: row.id,
    status: progress.fraction === null ? 'not-enough-data' : 'known',
    progress_percent: raw === null ? null : Math.min(100, Math.max(0, raw)),
    raw_percent: raw,
    baseline_value: fromCanonical(row, progress.baseline),
    current_value: fromCanonical(row, progress.current),
    target_value: fromCanonical(row, progress.target),
    unit: row.unit,
    canonical: {
      target_value: progress.target,
      current_value: progress.current,
      unit: metricDefinition(row.metric_type).canonicalUnit,
    },
    is_reached: progress.isReached,
    is_overdue: progress.isOverdue,
    periods_met: progress.periodsMet,
    periods_counted: progress.periodsCounted,
    reason: progress.reason,
    basis: basisOf(progress.method, progress.n, period, progress.reason === null ? [] : [progress.reason]),
  }
}

function goalView(row: GoalRow, progress: GoalProgress): Goal {
  return {
    id: row.id,
    version: row.version,
    user_id: row.user_id,
    title: row.title,
    description: row.description,
    metric_type: row.metric_type,
    goal_type: row.goal_type,
    target_value: row.target_value,
    baseline_value: row.baseline_value,
    tolerance: row.tolerance,
    unit: row.unit,
    frequency: row.frequency,
    start_date: row.start_date,
    target_date: row.target_date,
    status: row.status,
    completed_at: row.completed_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    current_value: progress.current_value,
    progress: progress.progress_percent,
    progress_detail: progress,
    goal_metadata: row.metadata ?? {},
  }
}
