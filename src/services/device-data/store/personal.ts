import type { Database, Transaction } from '../../../kernel/database.ts'
import type { Context, SummaryPart } from '../../../kernel/service.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import { ALWAYS, type Span } from '../../../shared/span.ts'
import { metricOf } from '../domain/vocabulary.ts'
import { eraseImports, exportImports } from './importsPersonal.ts'
import { exportRecordings } from './recordings.ts'

/**
 * Everything about a person. Samples come as their rows and as the sealed days they are in (`data` in base64, format in
 * domain/chunk.ts): a year of a heart rate is 6 million values, too many for one document; `/integrations/:id/data-export`
 * and the FHIR export give every value as text.
 */
export async function exportAll(db: Database, userId: string, context: Context) {
  const [
    devices,
    series,
    samples,
    sealed,
    days,
    corrections,
    annotations,
    connections,
    tasks,
    uploaders,
    documents,
    orders,
  ] = await db.batch([
    sql`select * from device_data.device where user_id = ${userId} order by created_at`,
    sql`select * from device_data.series where user_id = ${userId} order by id`,
    sql`select s.*, r.metric, r.source from device_data.sample s join device_data.series r on r.id = s.series_id
      where s.user_id = ${userId} order by s.series_id, s.start_ms`,
    sql`select c.series_id, r.metric, r.source, c.day, c.n, c.updated_at, encode(c.data, 'base64') as data
      from device_data.chunk c join device_data.series r on r.id = c.series_id where c.user_id = ${userId} order by 1, 4`,
    sql`select * from device_data.day where user_id = ${userId} order by series_id, local_day`,
    sql`select * from device_data.correction where user_id = ${userId} order by at`,
    sql`select * from device_data.annotation where user_id = ${userId} order by created_at`,
    sql`select id, device_id, provider, status, external_user, scopes, watermark, last_sync_at, last_error, created_at
      from device_data.connection where user_id = ${userId} order by created_at`,
    sql`select * from device_data.sync_task where user_id = ${userId} order by created_at`,
    sql`select id, label, may_read, created_at, last_used_at from device_data.uploader where user_id = ${userId} order by created_at`,
    sql`select * from device_data.upload_document where user_id = ${userId} order by at_ms`,
    sql`select * from device_data.source_order where user_id = ${userId} order by metric`,
  ])
  const imports = await exportImports(db, userId, context)
  const recordings = await exportRecordings(db, userId, context)
  const own = {
    devices,
    series,
    samples,
    sealed,
    days,
    corrections,
    annotations,
    connections,
    tasks,
    uploaders,
    documents,
    orders,
  }
  return { ...(own as Record<keyof typeof own, object[]>), ...imports, recordings }
}

const TABLES = [
  'sample',
  'hour',
  'day',
  'chunk',
  'correction',
  'annotation',
  'projected_day',
  'recording',
  'series',
  'authorization_request',
  'connection',
] as const
const LATER = ['source_order', 'sync_task', 'uploader', 'upload_document', 'device'] as const

const ERASURES = {
  sample: (userId: string) => sql`delete from device_data.sample where user_id = ${userId}`,
  hour: (userId: string) => sql`delete from device_data.hour where user_id = ${userId}`,
  day: (userId: string) => sql`delete from device_data.day where user_id = ${userId}`,
  chunk: (userId: string) => sql`delete from device_data.chunk where user_id = ${userId}`,
  correction: (userId: string) => sql`delete from device_data.correction where user_id = ${userId}`,
  annotation: (userId: string) => sql`delete from device_data.annotation where user_id = ${userId}`,
  projected_day: (userId: string) => sql`delete from device_data.projected_day where user_id = ${userId}`,
  recording: (userId: string) => sql`delete from device_data.recording where user_id = ${userId}`,
  series: (userId: string) => sql`delete from device_data.series where user_id = ${userId}`,
  authorization_request: (userId: string) =>
    sql`delete from device_data.authorization_request where user_id = ${userId}`,
  connection: (userId: string) => sql`delete from device_data.connection where user_id = ${userId}`,
  source_order: (userId: string) => sql`delete from device_data.source_order where user_id = ${userId}`,
  sync_task: (userId: string) => sql`delete from device_data.sync_task where user_id = ${userId}`,
  uploader: (userId: string) => sql`delete from device_data.uploader where user_id = ${userId}`,
  upload_document: (userId: string) => sql`delete from device_data.upload_document where user_id = ${userId}`,
  device: (userId: string) => sql`delete from device_data.device where user_id = ${userId}`,
} as const

export async function eraseAll(transaction: Transaction, userId: string): Promise<Record<string, number>> {
  const erased: Record<string, number> = { ...(await eraseImports(transaction, userId)) }
  for (const table of [...TABLES, ...LATER]) erased[table] = await transaction.run(ERASURES[table](userId))
  return erased
}

/** The last value of each metric in a span that is over: of the last day of it that has one. */
function lastUntil(personId: string, { startsAt, endsAt, fromDay, untilDay }: Span): Statement {
  return sql`select distinct on (s.metric) s.metric, s.unit, d.last_value, d.last_ms as last_sample_ms, s.is_simulated
    from device_data.series s cross join lateral (
      select last_ms, last_value from device_data.day
       where series_id = s.id and local_day between ${fromDay}::date - 1 and ${untilDay}::date + 1
         and last_ms >= ${startsAt.getTime()} and last_ms < ${endsAt.getTime()}
       order by local_day desc, last_ms desc limit 1) d
    where s.user_id = ${personId} order by s.metric, d.last_ms desc limit 200`
}

/** The newest value of each metric, for whoever the person shares devices with. */
export async function summarise(
  db: Database,
  personId: string,
  categories: readonly string[],
  span: Span,
): Promise<SummaryPart[]> {
  if (!categories.includes('devices')) return []
  const rows = await db.many<{
    metric: string
    unit: string
    last_value: number
    last_sample_ms: number
    is_simulated: boolean
  }>(
    span.endsAt >= ALWAYS.endsAt
      ? sql`select distinct on (metric) metric, unit, last_value, last_sample_ms, is_simulated from device_data.series
          where user_id = ${personId} and last_value is not null order by metric, last_sample_ms desc limit 200`
      : lastUntil(personId, span),
  )
  const lines = rows.map((row) => ({
    label: metricOf(row.metric)?.label ?? row.metric,
    value: `${Math.round(row.last_value * 100) / 100} ${row.unit}${row.is_simulated ? ' (simulated)' : ''}`,
    at: new Date(row.last_sample_ms).toISOString(),
    code: row.metric,
    said: [
      { number: Math.round(row.last_value * 100) / 100, unit: row.unit, metric_type: row.metric },
      ...(row.is_simulated ? [{ code: 'simulated' }] : []),
    ],
  }))
  return [{ category: 'devices', label: 'From devices', code: 'devices', rows: lines }]
}
