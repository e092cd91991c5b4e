import { sql } from '../sql.ts'
import type { AuditEntry, RowSource } from './read.ts'

/** How often an action was allowed and refused. */
export interface ActionCount {
  readonly action: string
  readonly allowed: number
  readonly refused: number
}

/** Counts by action since a moment, the most frequent first. Needs the system handle. */
export function countActions(source: RowSource, since: Date): Promise<ActionCount[]> {
  return source.many<ActionCount>(
    sql`select action, count(*) filter (where outcome = 'allowed') as allowed,
          count(*) filter (where outcome = 'refused') as refused
         from kernel.audit where at >= ${since} group by action order by count(*) desc, action limit 200`,
  )
}

/** The newest rows of some actions, or of those that rest on a consent. Ids sort by time. Needs the system handle. */
export function newestOf(
  source: RowSource,
  which: { readonly actions: readonly string[] } | { readonly forPurpose: true },
  limit: number,
): Promise<AuditEntry[]> {
  const filter = 'actions' in which ? sql`action = any(${which.actions}::text[])` : sql`purpose is not null`
  return source.many<AuditEntry>(
    sql`select id, at, account_id as "accountId", address, person_id as "personId", service, operation, action, outcome,
          reason, purpose, grant_id as "grantId", request_id as "requestId"
         from kernel.audit where ${filter} order by id desc limit ${limit}`,
  )
}
