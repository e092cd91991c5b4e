import type { Database } from '../../../kernel/database.ts'
import type { SummaryPart, SummaryRow } from '../../../kernel/service.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import { allMetrics, isMetricType, metricDefinition } from '../../../shared/metrics.ts'
import type { SaidPart } from '../../../shared/recordWords.ts'
import type { Span } from '../../../shared/span.ts'

const MOST_LINES = 30

interface Line {
  readonly label: string
  readonly value: string
  readonly at: Date
  readonly number?: number | null
  readonly unit?: string | null
  readonly state?: string
  readonly metric_type?: string
  readonly is_over?: boolean
}

/** The newest reading of each metric, from blood pressure on alphabetically, is what somebody who is shown vitals wants first. */
const newestReadings = (userId: string, { startsAt, endsAt }: Span): Statement =>
  sql`select newest.metric_type as label, newest.value::text || ' ' || newest.unit as value, newest.at,
        newest.value as number, newest.unit
      from unnest(${allMetrics().map((one) => one.type)}::text[]) as kind (metric_type) cross join lateral (
        select metric_type, value, unit, at from health_tracking.measurement m
          where m.user_id = ${userId} and m.metric_type = kind.metric_type and m.at >= ${startsAt} and m.at < ${endsAt}
          order by m.at desc limit 1) newest
      order by newest.at desc, newest.metric_type limit ${MOST_LINES}`

const newestSymptoms = (userId: string, { startsAt, endsAt }: Span): Statement =>
  sql`select name as label, 'severity ' || severity || ' of 5' || case when ended_at is null then '' else ', over' end as value,
        started_at as at, severity as number, ended_at is not null as is_over
      from health_tracking.symptom where user_id = ${userId} and started_at >= ${startsAt} and started_at < ${endsAt}
      order by started_at desc, id desc limit ${MOST_LINES}`

const newestGoals = (userId: string, { startsAt, endsAt }: Span): Statement =>
  sql`select title as label, coalesce(target_value::text || ' ' || unit || ', ', '') || status as value, created_at as at,
        target_value as number, unit, status as state, metric_type
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
    code: category,
    rows: ((found[index] ?? []) as Line[]).map((line) => ROWS[category](line)),
  }))
}

const rowOf = ({ label, value, at }: Line, said: readonly SaidPart[]): SummaryRow => ({
  ...{ label, value, said },
  at: at.toISOString(),
})

/** A line as it reads in English, and the parts of it for other languages and units. */
const ROWS: Readonly<Record<keyof typeof PARTS, (line: Line) => SummaryRow>> = {
  vitals: (line) => {
    const { label: type } = line
    const row = rowOf(line, [amountOf(line, type)])
    return isMetricType(type) ? { ...row, label: metricDefinition(type).label, code: type } : row
  },
  symptoms: (line) =>
    rowOf(line, [{ code: 'severity', number: line.number ?? 0 }, ...(line.is_over === true ? [{ code: 'over' }] : [])]),
  goals: (line) =>
    rowOf(line, [...(line.number == null ? [] : [amountOf(line, line.metric_type)]), { code: line.state }]),
}

function amountOf({ number, unit }: Line, metric_type = ''): SaidPart {
  return { number: number ?? 0, unit: unit ?? '', metric_type }
}
