import type { Context, Handlers } from '../../../kernel/service.ts'
import { addDays, localDay } from '../../../shared/dates.ts'
import { METRIC_TYPES, type MetricType } from '../../../shared/metrics/metricDefinition.ts'
import type { healthTracking } from '../contract.ts'
import { CORRELATION_METHOD, CORRELATION_MINIMUM_DAYS, correlationsOf, type DaySeries } from '../domain/correlations.ts'
import { basisOf, completeDays, type DayPoint, dayMethod, isSummed } from '../domain/days.ts'
import { expectedDays } from '../domain/goals.ts'
import { PATTERN_METHOD, patternsOf, weekParts } from '../domain/patterns.ts'
import { predict } from '../domain/predictions.ts'
import { lastDays, type Period } from '../domain/times.ts'
import { ANOMALY_Z, anomaliesOf, baselineOf, trendOf } from '../domain/trends.ts'
import { type GoalRow, goalsStatement } from '../store/goals.ts'
import { type DaysByMetric, dayPartsOf, daysOf } from '../store/series.ts'
import { type DeviceValues, deviceValues, withDevices } from './deviceValues.ts'
import { factsOf } from './facts.ts'
import { measureGoals } from './goalProgress.ts'

type AnalyticsHandlers = Pick<
  Handlers<typeof healthTracking>,
  | 'trends'
  | 'anomalies'
  | 'correlations'
  | 'patterns'
  | 'predictions'
  | 'analyticsSummary'
  | 'goalAnalysis'
  | 'baselines'
  | 'detectAnomalies'
  | 'analyseTrends'
  | 'recognisePatterns'
  | 'agentsHealth'
>

/** Metrics that statistics can be made of; custom ones share no unit. */
export const MEASURABLE: readonly MetricType[] = METRIC_TYPES.filter((type) => type !== 'custom')
/** An anomaly is held against this many days, however few are looked at. */
const BASELINE_DAYS = 90

export const analyticsHandlers: AnalyticsHandlers = {
  trends: (context, { metric_type, days = 90 }) => trends(context, metric_type, days),
  analyseTrends: (context, { metric_type, days }) => trends(context, metric_type ?? undefined, days ?? 90),
  anomalies: (context, { metric_type, days = 30 }) => anomalies(context, metric_type, days),
  detectAnomalies: (context, { metric_type, days }) => anomalies(context, metric_type ?? undefined, days ?? 30),
  patterns: (context, { metric_type, days = 90 }) => patterns(context, metric_type, days),
  recognisePatterns: (context, { metric_type, days }) => patterns(context, metric_type ?? undefined, days ?? 90),

  async correlations(context, { metric_type, days = 180, max_lag_days: lag = 1 }) {
    const { series, period } = await look(context, undefined, days)
    const complete = series.map(({ metricType, points }) => ({
      metricType,
      points: completeDays(metricType, points, period),
    }))
    const scan = correlationsOf(complete, lag, metric_type)
    const short = complete.filter((one) => one.points.length < CORRELATION_MINIMUM_DAYS)
    const missing = short.map((one) => `${one.metricType}: ${one.points.length} of ${CORRELATION_MINIMUM_DAYS} days`)
    const n = Math.max(0, ...complete.map((one) => one.points.length))
    return {
      period_days: days,
      correlations: [...scan.found],
      tests: scan.tests,
      pairs: scan.pairs,
      rule: CORRELATION_METHOD,
      basis: basisOf(CORRELATION_METHOD, n, period, missing.slice(0, 40)),
      not_enough_data: short.map((one) => ({
        metric_type: one.metricType,
        days: one.points.length,
        needed: CORRELATION_MINIMUM_DAYS,
      })),
    }
  },

  async predictions(context, { metric_type, days = 90, horizon_days: horizon = 7 }) {
    const { series, period } = await look(context, metric_type, days)
    return {
      period_days: days,
      horizon_days: horizon,
      predictions: series.map(({ metricType, points }) => predict(metricType, points, period, horizon)),
    }
  },

  async analyticsSummary(context, { days = 30 }) {
    const { series, period } = await look(context, undefined, days)
    return {
      period_days: days,
      metrics: series.map(({ metricType, points }) => {
        const trend = trendOf(metricType, points, period)
        return {
          metric_type: metricType,
          unit: trend.unit,
          measurements: points.reduce((sum, point) => sum + point.n, 0),
          days: points.length,
          trend,
          baseline: baselineOf(metricType, points, period),
        }
      }),
    }
  },

  async baselines(context, { metric_type, days = 90 }) {
    const { series, period } = await look(context, metric_type, days)
    return {
      period_days: days,
      baselines: series.map(({ metricType, points }) => baselineOf(metricType, points, period)),
    }
  },

  goalAnalysis,

  async agentsHealth() {
    const agent = (name: string, method: string) => ({ name, status: 'available', method })
    return {
      status: 'healthy',
      agents: [
        agent('anomaly-detection', 'robust z against the personal baseline'),
        agent('trend-analysis', 'Theil-Sen slope and Mann-Kendall test'),
        agent('pattern-recognition', 'sign test by part of the day and weekday'),
      ],
    }
  },
}

/** Days of the metrics asked for in the last `days`; of one metric also when there are none. */
async function look(
  context: Context,
  metricType: MetricType | undefined,
  days: number,
): Promise<{ readonly series: readonly DaySeries[]; readonly period: Period; readonly devices: DeviceValues }> {
  const { zone } = await factsOf(context)
  const period = lastDays(days, context.now(), zone)
  const types = metricType === undefined ? MEASURABLE : MEASURABLE.filter((type) => type === metricType)
  const { byMetric, devices } = await daysAndDevices(context, types, period)
  const shown = metricType === undefined ? types.filter((type) => byMetric.has(type)) : types
  const series = shown.map((type) => ({ metricType: type, points: byMetric.get(type) ?? [] }))
  return { series, period, devices }
}

/** Local days of what was entered and of what devices measured. */
export async function allDaysOf(context: Context, types: readonly MetricType[], period: Period): Promise<DaysByMetric> {
  return (await daysAndDevices(context, types, period)).byMetric
}

async function daysAndDevices(context: Context, types: readonly MetricType[], period: Period) {
  const [entered, devices] = await Promise.all([
    daysOf(context.db, context.personId, types, period),
    deviceValues(context, types, period.firstDay, period.zone),
  ])
  return { byMetric: withDevices(entered, devices, period), devices }
}

async function trends(context: Context, metricType: MetricType | undefined, days: number) {
  const { series, period } = await look(context, metricType, days)
  return { period_days: days, trends: series.map((one) => trendOf(one.metricType, one.points, period)) }
}

async function anomalies(context: Context, metricType: MetricType | undefined, days: number) {
  const { series, period } = await look(context, metricType, Math.max(days, BASELINE_DAYS))
  const fromDay = addDays(period.lastDay, 1 - days)
  const found = series.flatMap((one) => anomaliesOf(one.metricType, one.points, period, fromDay))
  return {
    period_days: days,
    anomalies: found.sort((a, b) => Math.abs(b.robust_z) - Math.abs(a.robust_z)).slice(0, 500),
    baselines: series.map((one) => baselineOf(one.metricType, one.points, period)),
    rule: `a day further than ${ANOMALY_Z} spreads (1.4826 x MAD) from the median of the last ${BASELINE_DAYS} days or more`,
  }
}

async function patterns(context: Context, metricType: MetricType | undefined, days: number) {
  const { series, period, devices } = await look(context, metricType, days)
  const spots = series.map((one) => one.metricType).filter((type) => !isSummed(type))
  const isByDevice = (type: MetricType) => !isSummed(type) && devices.days.has(type)
  const parts = await dayPartsOf(context.db, context.personId, spots, period)
  return {
    period_days: days,
    patterns: patternsOf(
      series.flatMap(({ metricType: type, points }) => [
        { metricType: type, kind: 'time_of_day', points: parts.get(type) ?? [] },
        { metricType: type, kind: 'day_of_week', points: weekParts(completeDays(type, points, period)) },
      ]),
    ),
    bases: series.map(({ metricType: type, points }) =>
      basisOf(
        `${type}: ${dayMethod(type)}; ${PATTERN_METHOD}${isByDevice(type) ? BY_HAND_METHOD : ''}`,
        points.length,
        period,
        lackOfDays(points),
      ),
    ),
    left_out: [...(devices.lack === undefined ? [] : ['devices']), ...spots.filter(isByDevice).map(hoursOf)],
  }
}

/** `device-data` tells days, not hours: parts of the day are those of what was entered. */
const BY_HAND_METHOD = '; parts of the day of entered values alone'

function hoursOf(type: MetricType): string {
  return `${type}: time of day of what devices measured`
}

function lackOfDays(points: readonly DayPoint[]): string[] {
  const weeks = 8
  return points.length >= weeks
    ? []
    : [`${points.length} days; at least ${weeks} are needed, for weekdays as many weeks`]
}

async function goalAnalysis(context: Context) {
  const { zone } = await factsOf(context)
  const paging = { limit: 99, skip: 0, after: undefined, page: undefined }
  const rows = await context.db.many<GoalRow>(goalsStatement({ userId: context.personId, status: 'active' }, paging))
  const period = lastDays(90, context.now(), zone)
  const types = [...new Set(rows.map((row) => row.metric_type))]
  const [measured, byMetric] = await Promise.all([measureGoals(context, rows, zone), allDaysOf(context, types, period)])
  const today = localDay(context.now(), zone)
  return {
    goals: measured.map(({ row, progress, view }) => {
      const trend = trendOf(row.metric_type, byMetric.get(row.metric_type) ?? [], period)
      const isDone = progress.isReached === true
      const isClaimed = trend.direction === 'rising' || trend.direction === 'falling'
      const expected =
        isDone || !isClaimed || isSummed(row.metric_type) || progress.current === null || progress.target === null
          ? undefined
          : expectedDays(progress.current, progress.target, trend.interval_per_week, today)
      return {
        goal_id: row.id,
        title: row.title,
        metric_type: row.metric_type,
        progress: view,
        trend,
        expected_from: expected?.from ?? null,
        expected_to: expected?.to ?? null,
        reason: expected === undefined ? reasonOf(isDone, isClaimed) : null,
      }
    }),
  }
}

function reasonOf(isDone: boolean, isClaimed: boolean): string {
  if (isDone) return 'The goal is reached'
  return isClaimed ? 'The present trend does not lead to the target' : 'No trend is claimed, so no date is'
}
