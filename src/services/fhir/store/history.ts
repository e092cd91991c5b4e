import type { Database } from '../../../kernel/database.ts'
import { nothing, type Statement, sql } from '../../../kernel/sql.ts'
import type { TimeRange } from '../domain/values.ts'
import type { HistoryRow } from './resources.ts'
import { type ReachScope, withinReach } from './smartScopes.ts'

/** One version of a history: stored here (`source` 0), or the version of now of a row that another service holds (1). */
export interface HistoryEntry extends HistoryRow {
  readonly source: number
  /** The row of the index where another service holds it; 0 for what is stored. */
  readonly pk: number
  readonly owner: string | null
  readonly owner_id: string | null
}

/** A place in a history: entries are in order of time, then stored ones before others, then newest first. */
export interface HistoryPlace {
  readonly ms: number
  readonly source: number
  readonly key: number
}

export interface HistoryPage {
  /** Entries behind this one only. */
  readonly after: HistoryPlace | undefined
  readonly since: Date | undefined
  /** Only what was current at some moment of this time. */
  readonly at: TimeRange | undefined
  readonly limit: number
}

const MOST = Number.MAX_SAFE_INTEGER

/**
 * Versions of one resource, of a type, or of the whole record, newest first: one page of two sorted streams, each read from
 * its index only as far as the page goes. What another service holds is limited to `reach`; what is stored is not, because
 * each version is judged by what it says.
 */
export function listHistory(
  db: Database,
  personId: string,
  of: { readonly type?: string | undefined; readonly id?: string | undefined },
  page: HistoryPage,
  reach: ReachScope | undefined,
): Promise<HistoryEntry[]> {
  const named = (row: Statement) =>
    sql`${row}.user_id = ${personId}${of.type === undefined ? nothing : sql` and ${row}.type = ${of.type}`}${
      of.id === undefined ? nothing : sql` and ${row}.id = ${of.id}`
    }${page.since === undefined ? nothing : sql` and ${row}.updated_at >= ${page.since}`}`
  const { after, limit } = page
  const at = after === undefined ? undefined : new Date(after.ms)
  const h = sql`h`
  const r = sql`r`
  const storedAfter =
    after === undefined
      ? nothing
      : sql` and (h.updated_at, h.position) < (${at}::timestamptz, ${after.source === 0 ? after.key : 0})`
  const ownedAfter =
    after === undefined
      ? nothing
      : sql` and (r.updated_at, r.pk) < (${at}::timestamptz, ${after.source === 0 ? MOST : after.key})`
  return db.many<HistoryEntry>(sql`select * from (
      (select 0 as source, 0::bigint as pk, h.type, h.id, h.version, h.updated_at, h.method, h.content, h.position,
          null::text as owner, null::text as owner_id
        from fhir.history h where ${named(h)}${storedAfter}${storedAt(page.at)}
        order by h.updated_at desc, h.position desc limit ${limit})
      union all
      (select 1, r.pk, r.type, r.id, r.version, r.updated_at, 'PUT', '', r.pk, r.owner, r.owner_id
        from fhir.resource r where ${named(r)} and r.content = '' and r.owner is not null and not r.is_deleted${ownedAfter}
          ${page.at === undefined ? nothing : sql` and r.updated_at <= ${new Date(page.at.until)}`}
          ${withinReach(reach, 'r', of.type)}
        order by r.updated_at desc, r.pk desc limit ${limit})) entries
    order by updated_at desc, source, position desc limit ${limit}`)
}

/** A version is current until the next one comes; a removal is a moment. */
function storedAt(at: TimeRange | undefined): Statement {
  if (at === undefined) return nothing
  const [from, until] = [new Date(at.from), new Date(at.until)]
  return sql` and h.updated_at <= ${until} and (h.method <> 'DELETE' or h.updated_at >= ${from})
    and (h.updated_at >= ${from} or not exists (select from fhir.history n where n.user_id = h.user_id and n.type = h.type
      and n.id = h.id and n.version > h.version and n.updated_at <= ${from}))`
}
