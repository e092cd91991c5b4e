import type { Database, Transaction } from '../../../kernel/database.ts'
import { nothing, sql } from '../../../kernel/sql.ts'
import { keyOf } from '../domain/keys.ts'
import { rowCategory } from '../domain/rowCategory.ts'
import type { SearchValues } from '../domain/searchValues.ts'
import type { TimeRange } from '../domain/values.ts'
import { bigints, integers, texts } from './lists.ts'
import type { ResourceRow } from './search.ts'
import { type ReachScope, withinReach } from './smartScopes.ts'
import { forgetValues, newestOf, valueInserts } from './values.ts'

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A version of a resource, ready to be written; a deleted one has no content. */
export interface NewVersion {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly method: Method
  readonly content: string
  readonly values: SearchValues | undefined
}

/** The current state of a resource, deleted ones included. */
export interface StateRow extends ResourceRow {
  readonly is_deleted: boolean
}

export interface HistoryRow {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly updated_at: Date
  readonly method: Method
  readonly content: string
  readonly position: number
}

export function findResource(db: Database, personId: string, type: string, id: string): Promise<StateRow | undefined> {
  return db.one<StateRow>(sql`select pk, type, id, version, updated_at, content, is_deleted, owner, owner_id
    from fhir.resource
    where user_id = ${personId} and type = ${type} and id = ${id}`)
}

export interface Name {
  readonly type: string
  readonly id: string
}

/** The current states of the named resources, held against other writers until the transaction ends. */
export function lockResources(transaction: Transaction, personId: string, names: readonly Name[]): Promise<StateRow[]> {
  return transaction.many<StateRow>(sql`select r.pk, r.type, r.id, r.version, r.updated_at, r.content, r.is_deleted
    from unnest(${names.map((one) => one.type)}::text[], ${names.map((one) => one.id)}::text[]) as named (type, id)
      join fhir.resource r on r.user_id = ${personId} and r.type = named.type and r.id = named.id
    order by r.pk for update of r`)
}

/** Lets one writer at a time decide whether something like this exists already. */
export async function lockCriteria(transaction: Transaction, text: string): Promise<void> {
  await transaction.run(sql`select pg_advisory_xact_lock(hashtextextended(${text}, 4))`)
}

/**
 * Writes versions, all in a few statements however many they are. Returns how many were written: fewer than given when
 * another writer was there first, and then the transaction must not commit.
 */
export async function writeVersions(
  transaction: Transaction,
  personId: string,
  versions: readonly NewVersion[],
  now: Date,
): Promise<number> {
  if (versions.length === 0) return 0
  const of = <Value>(read: (version: NewVersion) => Value) => versions.map(read)
  const keys = flattened(versions, (one) => one.values?.keys)
  const patients = flattened(versions, (one) => one.values?.patients)
  const methods = texts(of((one) => one.method))
  const written = await transaction.many<{ pk: number; type: string; id: string }>(sql`
    insert into fhir.resource as kept (user_id, type, id, version, created_at, updated_at, is_deleted, content, category,
      newest_ms, keys, patients)
    select ${personId}::uuid, type, id, version, ${now}, ${now}, method = 'DELETE', content, category, newest_ms,
        (${bigints(keys.all)}::bigint[])[keys_from + 1:keys_from + keys_count],
        (${texts(patients.all)}::text[])[patients_from + 1:patients_from + patients_count]
      from unnest(${texts(of((one) => one.type))}::text[], ${texts(of((one) => one.id))}::text[],
        ${integers(of((one) => one.version))}::integer[], ${methods}::text[], ${texts(of((one) => one.content))}::text[],
        ${texts(of((one) => rowCategory(one.type, one.content)))}::text[],
        ${bigints(of((one) => newestOf(one.values)))}::bigint[], ${integers(keys.from)}::integer[], ${integers(keys.counts)}::integer[],
        ${integers(patients.from)}::integer[], ${integers(patients.counts)}::integer[])
        as given (type, id, version, method, content, category, newest_ms, keys_from, keys_count, patients_from, patients_count)
    on conflict (user_id, type, id) do update set version = excluded.version, updated_at = excluded.updated_at,
      is_deleted = excluded.is_deleted, content = excluded.content, newest_ms = excluded.newest_ms, keys = excluded.keys, patients = excluded.patients,
      category = case when kept.is_deleted or (kept.owner is null and not excluded.is_deleted) then excluded.category
        else kept.category end,
      owner = case when kept.is_deleted then null else kept.owner end,
      owner_id = case when kept.is_deleted then null else kept.owner_id end
      where kept.version = excluded.version - 1
    returning pk, type, id`)
  if (written.length < versions.length) return written.length
  const pks = new Map(written.map((row) => [`${row.type}/${row.id}`, row.pk]))
  const pkOf = (version: NewVersion) => pks.get(`${version.type}/${version.id}`) as number
  const replaced = versions.filter((one) => one.version > 1).map(pkOf)
  const values = versions.flatMap((one) => (one.values === undefined ? [] : [{ pk: pkOf(one), values: one.values }]))
  await Promise.all([
    ...forgetValues(replaced).map((statement) => transaction.run(statement)),
    ...valueInserts(personId, values).map((statement) => transaction.run(statement)),
    // Its text is taken from the row just written, packed as it lies there, instead of being sent and packed again.
    transaction.run(sql`insert into fhir.history (user_id, type, id, version, updated_at, method, content, category)
      select r.user_id, r.type, r.id, r.version, r.updated_at, given.method, r.content, r.category
        from unnest(${bigints(versions.map(pkOf))}::bigint[], ${methods}::text[])
            with ordinality as given (pk, method, ordinal)
          join fhir.resource r on r.pk = given.pk
        order by given.ordinal`),
  ])
  return written.length
}

/** Lists of all versions behind each other, and where that of each begins: the database has no lists of lists. */
function flattened<Item>(versions: readonly NewVersion[], read: (version: NewVersion) => Iterable<Item> | undefined) {
  const all: Item[] = []
  const [from, counts]: [number[], number[]] = [[], []]
  for (const version of versions) {
    from.push(all.length)
    for (const item of read(version) ?? []) all.push(item)
    counts.push(all.length - (from.at(-1) as number))
  }
  return { all, from, counts }
}

export function findVersion(
  db: Database,
  personId: string,
  { type, id }: Name,
  version: number,
): Promise<HistoryRow | undefined> {
  return db.one<HistoryRow>(sql`select type, id, version, updated_at, method, content, position from fhir.history
    where user_id = ${personId} and type = ${type} and id = ${id} and version = ${version}`)
}

/** What is in the compartment of a patient, in order of writing, after `after`. */
export function listCompartment(
  db: Database,
  personId: string,
  patient: string,
  page: {
    readonly after: number
    readonly since: Date | undefined
    readonly types: readonly string[] | undefined
    readonly reach: ReachScope | undefined
    /** What was done at another time is left out; what says no time is not. */
    readonly care?: TimeRange | undefined
    readonly limit: number
  },
): Promise<ResourceRow[]> {
  return db.many<ResourceRow>(sql`select pk, type, id, version, updated_at, content from fhir.resource r
    where user_id = ${personId} and not is_deleted and patients @> array[${patient}] and pk > ${page.after}
      ${page.since === undefined ? nothing : sql` and updated_at >= ${page.since}`}
      ${page.types === undefined ? nothing : sql` and type = any(${[...page.types]}::text[])`}${withinReach(page.reach, 'r')}${withinCare(page.care)}
    order by pk limit ${page.limit}`)
}

const CARE = ['date', 'authoredon', 'onset-date', 'period', 'performed', 'occurrence', 'effective', 'whenhandedover']

function withinCare(care: TimeRange | undefined) {
  if (care === undefined) return nothing
  const parameters = CARE.map((code) => keyOf(code, 'value', ''))
  const times = sql`from fhir.date_value v where v.resource = r.pk and v.parameter = any(${parameters}::bigint[])`
  return sql` and (exists (select ${times} and v.from_ms <= ${care.until} and v.until_ms >= ${care.from})
    or not exists (select ${times}))`
}

/** What a compartment refers to that belongs to no patient: practitioners, organisations, places, substances. */
export function listSupporting(
  db: Database,
  personId: string,
  patient: string,
  reach: ReachScope | undefined,
): Promise<ResourceRow[]> {
  return db.many<ResourceRow>(sql`select distinct on (r.pk) r.pk, r.type, r.id, r.version, r.updated_at, r.content
    from fhir.resource s join fhir.reference_value v on v.resource = s.pk
      join fhir.resource r on r.user_id = ${personId} and r.type = v.target_type and r.id = v.target_id
    where s.user_id = ${personId} and not s.is_deleted and s.patients @> array[${patient}]
      and not r.is_deleted and r.patients = '{}'${withinReach(reach, 's')}${withinReach(reach, 'r')}
    order by r.pk`)
}

export async function exportAll(db: Database, personId: string) {
  // What others own they export themselves.
  const resources = await db.many(sql`select type, id, version, updated_at, is_deleted, content
    from fhir.resource where user_id = ${personId} and (owner is null or content <> '') order by pk`)
  const history = await db.many(sql`select type, id, version, updated_at, method, content
    from fhir.history where user_id = ${personId} order by position`)
  return { resources, history }
}

export async function eraseAll(transaction: Transaction, personId: string) {
  const date_value = await transaction.run(sql`delete from fhir.date_value where user_id = ${personId}`)
  const number_value = await transaction.run(sql`delete from fhir.number_value where user_id = ${personId}`)
  const text_value = await transaction.run(sql`delete from fhir.text_value where user_id = ${personId}`)
  const reference_value = await transaction.run(sql`delete from fhir.reference_value where user_id = ${personId}`)
  const identifier_value = await transaction.run(sql`delete from fhir.identifier_value where user_id = ${personId}`)
  const history = await transaction.run(sql`delete from fhir.history where user_id = ${personId}`)
  const resource = await transaction.run(sql`delete from fhir.resource where user_id = ${personId}`)
  const projection_change = await transaction.run(sql`delete from fhir.projection_change where user_id = ${personId}`)
  const projection_state = await transaction.run(sql`delete from fhir.projection_state where user_id = ${personId}`)
  const handover = await transaction.run(sql`delete from fhir.handover where user_id = ${personId}`)
  return {
    projection_change,
    projection_state,
    handover,
    resource,
    history,
    date_value,
    number_value,
    text_value,
    reference_value,
    identifier_value,
  }
}
