import type { Database } from '../../../kernel/database.ts'
import { join, nothing, raw, type Statement, sql } from '../../../kernel/sql.ts'
import { keyOf } from '../domain/keys.ts'
import type { Criterion, Include, SearchQuery, Sort } from '../domain/query.ts'
import { badSearch } from '../domain/refused.ts'
import { sortPaths } from '../domain/sortPaths.ts'
import { type ClauseScope, clauseOf } from './clauses.ts'
import { type ReachScope, withinReach } from './smartScopes.ts'
import { NO_DATE_MS } from './values.ts'

/** A resource as it is stored. */
export interface ResourceRow {
  readonly pk: number
  readonly type: string
  readonly id: string
  readonly version: number
  readonly updated_at: Date
  readonly content: string
  /** Whom to ask for the content of a row that another service holds, and under which id. */
  readonly owner?: string | null
  readonly owner_id?: string | null
}

export interface Page {
  readonly rows: readonly ResourceRow[]
  /** Where the next page begins; undefined on the last. */
  readonly cursor: string | undefined
  readonly total: number | undefined
}

/** Where a page begins: the time of the first page, and the place of the last row before. */
interface Cursor {
  readonly fence: number
  readonly values: readonly (string | number)[]
  readonly pk: number
}

const columns = raw('r.pk, r.type, r.id, r.version, r.updated_at, r.content, r.owner, r.owner_id')

/** One page of what a search finds. */
export async function searchPage(db: Database, query: SearchQuery, scope: ClauseScope): Promise<Page> {
  const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor, query.sort.length)
  const fence = cursor?.fence ?? scope.now.getTime()
  const where = conditions(query.types ?? query.type, query.criteria, scope)
  const counting = sql`select count(*) as total from fhir.resource r where ${where}`
  const needsTotal = query.total === 'accurate' || query.summary === 'count' || query.count === 0
  if (query.summary === 'count' || query.count === 0) {
    const row = await db.one<{ total: number }>(counting)
    return { rows: [], cursor: undefined, total: row?.total ?? 0 }
  }
  const keys = query.sort.map(sortExpression)
  const picked = join(
    keys.map((key, index) => sql`${key.expression} as ${raw(`s${index}`)}`),
    ', ',
  )
  const order = join(
    query.sort.map((sort, index) => raw(`s${index} ${sort.isDescending ? 'desc' : 'asc'}`)),
    ', ',
  )
  const direction = query.sort[0]?.isDescending === true ? 'desc' : 'asc'
  const statement = sql`select * from (select ${columns}, ${picked} from fhir.resource r
      where ${where} and r.created_at <= ${new Date(fence)}) x
    ${cursor === undefined ? nothing : sql`where ${afterCursor(query.sort, keys, cursor, direction)}`}
    order by ${order}, pk ${raw(direction)} limit ${query.count + 1}`
  const [found, counted] = needsTotal ? await db.batch([statement, counting]) : [await db.many(statement), undefined]
  const all = found as (ResourceRow & Record<string, string | number | Date>)[]
  const rows = all.slice(0, query.count)
  const last = rows.at(-1)
  const next =
    all.length > query.count && last !== undefined
      ? writeCursor({ fence, values: keys.map((_key, index) => placeOf(last[`s${index}`])), pk: last.pk })
      : undefined
  const known = cursor === undefined && next === undefined ? rows.length : undefined
  return { rows, cursor: next, total: (counted?.[0] as { total: number } | undefined)?.total ?? known }
}

/** All that meet the criteria, at most `limit`. */
export function findMatches(
  db: Database,
  type: string,
  criteria: readonly Criterion[],
  scope: ClauseScope,
  limit: number,
): Promise<ResourceRow[]> {
  return db.many<ResourceRow>(sql`select ${columns} from fhir.resource r
    where ${conditions(type, criteria, scope)} order by r.pk limit ${limit}`)
}

/** `types` may be one, several, or an empty list for all. */
function conditions(types: string | readonly string[], criteria: readonly Criterion[], scope: ClauseScope): Statement {
  const clauses = criteria.map((criterion) => sql` and ${clauseOf(criterion, scope)}`)
  const isOfType =
    typeof types === 'string'
      ? sql` and r.type = ${types}`
      : types.length === 0
        ? nothing
        : sql` and r.type = any(${[...types]}::text[])`
  const limit = withinReach(scope.reach, 'r', typeof types === 'string' ? types : undefined)
  return sql`r.user_id = ${scope.personId}${isOfType} and not r.is_deleted${join(clauses, '')}${limit}`
}

interface SortKey {
  readonly expression: Statement
  readonly cast: Statement
}

/** A value for every row: those without one come last. */
function sortExpression({ key, isDescending }: Sort): SortKey {
  if (key === 'id') return { expression: raw('r.id'), cast: raw('::text') }
  if (key === 'updated') {
    return { expression: raw('r.updated_at'), cast: raw('::timestamptz') }
  }
  // The newest first is what is asked most: the row has it, and an index of it.
  if (key.type === 'date' && key.code === 'date' && isDescending) {
    return { expression: raw('r.newest_ms'), cast: raw('::bigint') }
  }
  const parameter = keyOf(key.code, 'value', '')
  const from = (table: string, value: string, missing: Statement) =>
    sql`coalesce((select ${raw(value)} from ${raw(`fhir.${table}`)} v
      where v.resource = r.pk and v.parameter = ${parameter}), ${missing})`
  const pick = isDescending ? 'max' : 'min'
  switch (key.type) {
    case 'date': {
      const column = isDescending ? 'max(v.until_ms)' : 'min(v.from_ms)'
      return {
        expression: from('date_value', column, raw(`${isDescending ? NO_DATE_MS : -NO_DATE_MS}::bigint`)),
        cast: raw('::bigint'),
      }
    }
    case 'number':
    case 'quantity': {
      const column = isDescending ? 'max(v.high)' : 'min(v.low)'
      const missing = raw(`'${isDescending ? '-' : ''}1e308'::double precision`)
      return { expression: from('number_value', column, missing), cast: raw('::double precision') }
    }
    case 'token':
    case 'reference': {
      const missing = isDescending ? raw("''") : raw('chr(1114111)')
      const expression = sql`coalesce((select ${raw(pick)}(found #>> '{}') from unnest(${sortPaths(key)}::text[]) path,
        jsonb_path_query(nullif(r.content, '')::jsonb, path::jsonpath) found), ${missing}) collate "C"`
      return { expression, cast: raw('::text collate "C"') }
    }
    default: {
      const missing = isDescending ? raw("''") : raw('chr(1114111)')
      return { expression: from('text_value', `${pick}(v.text)`, missing), cast: raw('::text collate "C"') }
    }
  }
}

/** Rows behind the cursor: later in the first key, or equal in it and later in the next, and so on. */
function afterCursor(sorts: readonly Sort[], keys: readonly SortKey[], cursor: Cursor, direction: string): Statement {
  const place = (index: number) => sql`${cursor.values[index]}${(keys[index] as SortKey).cast}`
  // By one key the database walks on from there in an index.
  if (sorts.length === 1) {
    return sql`(s0, pk) ${raw(direction === 'desc' ? '<' : '>')} (${place(0)}, ${cursor.pk}::bigint)`
  }
  const equals = (until: number) =>
    Array.from({ length: until }, (_one, index) => sql`${raw(`s${index}`)} = ${place(index)}`)
  const steps = sorts.map((sort, index) => {
    const later = sql`${raw(`s${index} ${sort.isDescending ? '<' : '>'}`)} ${place(index)}`
    return join([...equals(index), later], ' and ')
  })
  const last = join(
    [...equals(sorts.length), sql`${raw(`pk ${direction === 'desc' ? '<' : '>'}`)} ${cursor.pk}`],
    ' and ',
  )
  return sql`(${join([...steps, last], ' or ')})`
}

/** A sort value as a cursor holds it. */
function placeOf(value: string | number | Date | undefined): string | number {
  return value instanceof Date ? value.toISOString() : (value ?? '')
}

function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.fence, cursor.pk, ...cursor.values])).toString('base64url')
}

function readCursor(text: string, length: number): Cursor {
  try {
    const [fence, pk, ...values] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as number[]
    const isWhole = [fence, pk].every((one) => Number.isSafeInteger(one))
    const isPlain = values.every((one) => typeof one === 'number' || typeof one === 'string')
    if (isWhole && isPlain && values.length === length) return { fence: fence as number, pk: pk as number, values }
  } catch {
    // What is no cursor is refused below.
  }
  throw badSearch('_cursor is not one of ours')
}

/** What an `_include` adds to the rows. Own rows are not repeated: the caller leaves out what it has. */
export function includedRows(
  db: Database,
  include: Include,
  pks: readonly number[],
  { personId, reach }: { readonly personId: string; readonly reach: ReachScope | undefined },
  limit: number,
): Promise<ResourceRow[]> {
  const within = withinReach(reach, 'r')
  const parameter =
    include.parameter === undefined ? nothing : sql` and v.parameter = ${keyOf(include.parameter.code, 'value', '')}`
  if (!include.isReverse) {
    const source = include.source === '*' ? nothing : sql` and s.type = ${include.source}`
    const target = include.target === undefined ? nothing : sql` and v.target_type = ${include.target}`
    return db.many<ResourceRow>(sql`select distinct on (r.pk) ${columns}
      from fhir.reference_value v join fhir.resource s on s.pk = v.resource${source}
        join fhir.resource r on r.user_id = ${personId} and r.type = v.target_type and r.id = v.target_id
      where v.user_id = ${personId} and v.resource = any(${[...pks]}::bigint[])${parameter}${target} and not r.is_deleted${within}
      order by r.pk limit ${limit}`)
  }
  const target = include.target === undefined ? nothing : sql` and s.type = ${include.target}`
  return db.many<ResourceRow>(sql`select distinct on (r.pk) ${columns}
    from fhir.resource s join fhir.reference_value v
        on v.user_id = ${personId} and v.target_type = s.type and v.target_id = s.id${parameter}
      join fhir.resource r on r.pk = v.resource and r.type = ${include.source}
    where s.user_id = ${personId} and s.pk = any(${[...pks]}::bigint[])${target} and not r.is_deleted${within}
    order by r.pk limit ${limit}`)
}
