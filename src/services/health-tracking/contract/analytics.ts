import { command, query } from '../../../kernel/contract.ts'
import { date, integer, list, nullable, object, oneOf, optional, Type } from '../../../kernel/fields.ts'
import { Alert } from './alerts.ts'
import { Anomaly, Baseline, Correlation, Pattern, Prediction, RobustTrend } from './analyticsShapes.ts'
import {
  Assessment,
  Basis,
  count,
  goalsOfPerson,
  maybe,
  metricType,
  nullableNumber,
  nullableText,
  time,
  vitalsOfPerson,
} from './common.ts'
import { Goal, GoalProgress } from './goals.ts'

const days = (fallback: number) => optional(integer(7, 730, { default: fallback }))
const oneMetric = { metric_type: optional(metricType) }

const Trends = object({ period_days: Type.Integer(), trends: list(RobustTrend, 60) })
const Anomalies = object({
  period_days: Type.Integer(),
  anomalies: list(Anomaly, 500),
  baselines: list(Baseline, 60),
  rule: Type.String(),
})
const Patterns = object({
  period_days: Type.Integer(),
  patterns: list(Pattern, 200),
  bases: list(Basis, 60),
  left_out: list(Type.String({ description: '`devices`, or a metric whose devices tell no time of day' }), 61),
})
const agentInput = object({ metric_type: maybe(metricType), days: maybe(integer(7, 730)) })

/** What is known of one metric now. */
export const Tile = object({
  metric_type: metricType,
  label: Type.String(),
  device_type: nullable(Type.String({ description: 'the name at device-data of what a device measured' })),
  value: Type.Number(),
  unit: Type.String(),
  at: time,
  metric_id: Type.String({ description: 'of a value that a device measured no id of a measurement' }),
  source: Type.String(),
  day_total: nullable(Type.Number({ description: "the local day's sum, for metrics that add up, in `unit`" })),
  trend: RobustTrend,
  baseline: Baseline,
  position: nullable(oneOf(['below', 'within', 'above'])),
  assessment: nullable(Assessment),
})

export const analyticsOperations = {
  trends: query({
    summary: 'Direction of each metric, claimed only with evidence',
    route: 'GET /analytics/trends',
    access: vitalsOfPerson,
    input: object({ ...oneMetric, days: days(90) }),
    output: Trends,
  }),
  anomalies: query({
    summary: "Values far outside the person's own usual range",
    route: 'GET /analytics/anomalies',
    access: vitalsOfPerson,
    input: object({ ...oneMetric, days: days(30) }),
    output: Anomalies,
  }),
  correlations: query({
    summary: 'Metrics that move together by local day, corrected for the number of questions asked',
    route: 'GET /analytics/correlations',
    access: vitalsOfPerson,
    input: object({
      ...oneMetric,
      days: days(180),
      max_lag_days: optional(integer(0, 7, { default: 1 })),
    }),
    output: object({
      period_days: Type.Integer(),
      correlations: list(Correlation, 500),
      tests: count,
      pairs: count,
      rule: Type.String(),
      basis: Basis,
      not_enough_data: list(object({ metric_type: metricType, days: count, needed: count }), 60),
    }),
  }),
  patterns: query({
    summary: 'Parts of the day and days of the week that differ from the rest',
    route: 'GET /analytics/patterns',
    access: vitalsOfPerson,
    input: object({ ...oneMetric, days: days(90) }),
    output: Patterns,
  }),
  predictions: query({
    summary: 'Where each metric is likely to be, with an interval, or why nobody can say',
    route: 'GET /analytics/predictions',
    access: vitalsOfPerson,
    input: object({ ...oneMetric, days: days(90), horizon_days: optional(integer(1, 30, { default: 7 })) }),
    output: object({ period_days: Type.Integer(), horizon_days: Type.Integer(), predictions: list(Prediction, 60) }),
  }),
  analyticsSummary: query({
    summary: 'What there is to know of each metric in a period',
    route: 'GET /analytics/summary',
    access: vitalsOfPerson,
    input: object({ days: days(30) }),
    output: object({
      period_days: Type.Integer(),
      metrics: list(
        object({
          metric_type: metricType,
          unit: Type.String(),
          measurements: count,
          days: count,
          trend: RobustTrend,
          baseline: Baseline,
        }),
        60,
      ),
    }),
  }),
  goalAnalysis: query({
    summary: 'Active goals: progress, and when the present trend would reach them',
    route: 'GET /analytics/goal-analysis',
    access: goalsOfPerson,
    input: object({}),
    output: object({
      goals: list(
        object({
          goal_id: Type.String(),
          title: Type.String(),
          metric_type: metricType,
          progress: GoalProgress,
          trend: RobustTrend,
          expected_from: nullable(date()),
          expected_to: nullable(date()),
          reason: nullableText,
        }),
        100,
      ),
    }),
  }),
  baselines: query({
    summary: "The person's own usual range of each metric",
    route: 'GET /baselines',
    access: vitalsOfPerson,
    input: object({ ...oneMetric, days: days(90) }),
    output: object({ period_days: Type.Integer(), baselines: list(Baseline, 60) }),
  }),
  dashboard: query({
    summary: 'The latest of each metric with trend, level and usual range; open alerts; active goals',
    route: 'GET /dashboard/summary',
    access: vitalsOfPerson,
    input: object({}),
    output: object({
      generated_at: time,
      time_zone: Type.String(),
      metrics: list(Tile, 60),
      worst_level: nullableNumber,
      open_alerts: list(Alert, 50),
      goals: nullable(list(Goal, 50)),
      recent_symptoms: nullable(count),
      left_out: list(Type.String(), 10),
    }),
  }),
  detectAnomalies: command({
    summary: 'The anomalies, for clients that post',
    route: 'POST /agents/anomaly-detection',
    access: vitalsOfPerson,
    input: agentInput,
    output: Anomalies,
  }),
  analyseTrends: command({
    summary: 'The trends, for clients that post',
    route: 'POST /agents/trend-analysis',
    access: vitalsOfPerson,
    input: agentInput,
    output: Trends,
  }),
  recognisePatterns: command({
    summary: 'The patterns, for clients that post',
    route: 'POST /agents/pattern-recognition',
    access: vitalsOfPerson,
    input: agentInput,
    output: Patterns,
  }),
  agentsHealth: query({
    summary: 'Which of the old agents answer here, and by what method',
    route: 'GET /agents/health',
    access: { kind: 'public' },
    input: object({}),
    output: object({
      status: Type.String(),
      agents: list(object({ name: Type.String(), status: Type.String(), method: Type.String() }), 10),
    }),
  }),
}
