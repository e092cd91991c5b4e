import type { Database } from '../../../kernel/database.ts'
import type { SummaryPart } from '../../../kernel/service.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import { allMetrics, isMetricType, metricDefinition } from '../../../shared/metrics.ts'
import type { Span } from '../../../shared/span.ts'

const MOST_LINES = 30

interface Line {
  readonly label: string
  readonly value: string
  readonly at: Date
}

/** The newest reading of each metric, from blood pressure on alphabetically, is what somebody who is shown vitals wants first. */
const newestReadings = (userId: string, { startsAt, endsAt }: Span): Statement =>
  sql`select newest.metric_type as label, newest.value::text || ' ' || newest.unit as value, newest.at
      from unnest(${allMetrics().map((one) => one.type)}::text[]) as kind (metric_type) cross join lateral (
        select metric_type, value, unit, at from health_tracking.measurement m
          where m.user_id = ${userId} and m.metric_type = kind.metric_type and m.at >= ${startsAt} and m.at < ${endsAt}
          order by m.at desc limit 1) newest
      order by newest.at desc, newest.metric_type limit ${MOST_LINES}`

const newestSymptoms = (userId: string, { startsAt, endsAt }: Span): Statement =>
  sql`select name as label, 'severity ' || severity || ' of 5' || case when ended_at is null then '' else ', over' end as value,
        started_at as at
      from health_tracking.symptom where user_id = ${userId} and started_at >= ${startsAt} and started_at < ${endsAt}
      order by started_at desc, id desc limit ${MOST_LINES}`

const newestGoals = (userId: string, { startsAt, endsAt }: Span): Statement =>
  sql`select title as label, coalesce(target_value::text || ' ' || unit || ', ', '') || status as value, created_at as at
      from health_tracking.goal where user_id = ${userId} and created_at >= ${startsAt} and created_at < ${endsAt}
      order by created_at desc limit ${MOST_LINES}`

const PARTS = {
  vitals: { label: 'Newest readings', statement: newestReadings },
  symptoms: { label: 'Symptoms', statement: newestSymptoms },
  goals: { label: 'Goals', statement: newestGoals },
} as const

/** The newest of each shared category, for whoever the person shares it with. */
export async function summarise(
  db: Database,
  userId: string,
  categories: readonly string[],
  span: Span,
): Promise<SummaryPart[]> {
  const wanted = (['vitals', 'symptoms', 'goals'] as const).filter((category) => categories.includes(category))
  if (wanted.length === 0) return []
  const found = await db.batch(wanted.map((category) => PARTS[category].statement(userId, span)))
  return wanted.map((category, index) => ({
    category,
    label: PARTS[category].label,
    rows: ((found[index] ?? []) as Line[]).map(({ label, value, at }) => ({
      label: isMetricType(label) ? metricDefinition(label).label : label,
      value,
      at: at.toISOString(),
    })),
  }))
}
