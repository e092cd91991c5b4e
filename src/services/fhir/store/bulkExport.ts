import type { Database } from '../../../kernel/database.ts'
import { join, nothing, type Statement, sql } from '../../../kernel/sql.ts'
import { keyOf } from '../domain/keys.ts'
import type { Criterion } from '../domain/query.ts'
import { type ClauseScope, clauseOf } from './clauses.ts'
import type { ResourceRow } from './search.ts'
import { type ReachScope, withinReach } from './smartScopes.ts'

/** What of one type an export is about. */
export interface ExportPart {
  readonly type: string
  /** Compartments: everything, those of all patients, or those of the named ones. */
  readonly of: 'record' | 'patients' | readonly string[]
  /** For Provenance: only what is about resources of these types (all unless said), or only the newest of each of them. */
  readonly about?: { readonly types: readonly string[] | undefined; readonly isLatest: boolean }
  /** Alternatives; none for everything. */
  readonly filters: readonly (readonly Criterion[])[]
  readonly since: Date | undefined
  /** The time that the export shows: what was written later is not in it. */
  readonly at: Date
  /** What the app that exports may read, and what it may search; none for people themselves. */
  readonly reaches: readonly ReachScope[]
}

/** A row of an export; its content is empty where it was deleted at the export's time, or where another service has it. */
export interface ExportRow extends ResourceRow {
  readonly is_elsewhere: boolean
}

/** The types of which a record holds anything, deleted things included. */
export async function listTypes(db: Database, personId: string): Promise<string[]> {
  const rows = await db.many<{ type: string }>(
    sql`select distinct type from fhir.resource where user_id = ${personId} order by type`,
  )
  return rows.map((row) => row.type)
}

/** How many resources there are, at most: what progress is measured by. */
export async function countResources(db: Database, personId: string): Promise<number> {
  const row = await db.one<{ count: number }>(
    sql`select count(*) as count from fhir.resource where user_id = ${personId} and not is_deleted`,
  )
  return row?.count ?? 0
}

/** The next resources of a part, in order of their ids. What was changed after the export's time comes as it was then. */
export function exportPage(
  db: Database,
  part: ExportPart,
  scope: ClauseScope,
  page: { readonly after: string; readonly limit: number },
): Promise<ExportRow[]> {
  const { type, filters, since, at, reaches } = part
  const filter = filters.map((criteria) =>
    join(
      criteria.map((criterion) => clauseOf(criterion, scope)),
      ' and ',
    ),
  )
  return db.many<ExportRow>(sql`select r.pk, r.type, r.id, r.version, r.updated_at,
      r.owner is not null and r.content = '' as is_elsewhere,
      case when r.updated_at <= ${at} or r.owner is not null then r.content else coalesce((select h.content
        from fhir.history h where h.user_id = r.user_id and h.type = r.type and h.id = r.id and h.updated_at <= ${at}
        order by h.version desc limit 1), '') end as content
    from fhir.resource r
    where r.user_id = ${scope.personId} and r.type = ${type} and r.id > ${page.after}
      and (r.created_at <= ${at} or r.owner is not null) and (not r.is_deleted or r.updated_at > ${at})
      ${since === undefined ? nothing : sql` and r.updated_at >= ${since}`}
      ${filter.length === 0 ? nothing : sql` and ((${join(filter, ') or (')}))`}${join(
        reaches.map((reach) => withinReach(reach, 'r', type)),
        '',
      )} and ${compartment(part, scope.personId)}
    order by r.id limit ${page.limit}`)
}

/** The compartments themselves, and what they refer to that belongs to no patient. */
function compartment({ of, about }: ExportPart, personId: string): Statement {
  const isIn = (row: Statement) => {
    if (of === 'record') return sql`true`
    return of === 'patients' ? sql`${row}.patients <> '{}'` : sql`${row}.patients && ${[...of]}::text[]`
  }
  if (about !== undefined) return aboutClause(about, personId, isIn)
  if (of === 'record') return sql`true`
  return sql`(${isIn(sql`r`)} or (r.patients = '{}' and exists (select from fhir.reference_value v
      join fhir.resource s on s.pk = v.resource where v.user_id = ${personId} and v.target_type = r.type
        and v.target_id = r.id and not s.is_deleted and ${isIn(sql`s`)})))`
}

/** Provenance whose target is exported; of the newest only what no later one is about as well. */
function aboutClause(
  { types, isLatest }: NonNullable<ExportPart['about']>,
  personId: string,
  isIn: (row: Statement) => Statement,
): Statement {
  const target = keyOf('target', 'value', '')
  const later = sql` and not exists (select from fhir.reference_value w join fhir.resource p on p.pk = w.resource
    where w.user_id = ${personId} and w.target_type = v.target_type and w.target_id = v.target_id and w.parameter = ${target}
      and p.type = 'Provenance' and not p.is_deleted and (p.updated_at, p.pk) > (r.updated_at, r.pk))`
  return sql`exists (select from fhir.reference_value v join fhir.resource s
      on s.user_id = ${personId} and s.type = v.target_type and s.id = v.target_id
    where v.resource = r.pk and v.parameter = ${target} and not s.is_deleted and ${isIn(sql`s`)}
      ${types === undefined ? nothing : sql` and s.type = any(${[...types]}::text[])`}${isLatest ? later : nothing})`
}

/** What of a type was deleted since, in order of the ids, each with the last text it had. */
export function deletedPage(
  db: Database,
  personId: string,
  part: ExportPart,
  page: { readonly after: string; readonly limit: number },
): Promise<{ id: string; content: string | null }[]> {
  const { type, since, at } = part
  const last =
    part.of === 'record'
      ? sql`null`
      : sql`(select h.content from fhir.history h where h.user_id = r.user_id
      and h.type = r.type and h.id = r.id and h.method <> 'DELETE' order by h.version desc limit 1)`
  return db.many(sql`select r.id, ${last}::text as content from fhir.resource r
    where r.user_id = ${personId} and r.type = ${type} and r.id > ${page.after} and r.is_deleted
      and r.updated_at <= ${at} and r.updated_at >= ${since ?? at}
    order by r.id limit ${page.limit}`)
}
