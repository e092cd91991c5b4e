import type { Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import { keyOf } from '../domain/keys.ts'
import type { SearchValues } from '../domain/searchValues.ts'
import { bigints, doubles, texts } from './lists.ts'

/** What a row can be found by. */
export interface RowValues {
  readonly pk: number
  readonly values: SearchValues
}

/** Where a row stands that has no date: behind all that have one. */
export const NO_DATE_MS = -9_000_000_000_000_000
const DATE = keyOf('date', 'value', '')

/** The latest moment of a resource's `date`, by which the newest come first. */
export function newestOf(values: SearchValues | undefined): number {
  let newest = NO_DATE_MS
  for (const { parameter, until } of values?.dates ?? []) if (parameter === DATE && until > newest) newest = until
  return newest
}

/** Replaces the values of rows, all in a few statements however many they are. */
export async function replaceValues(
  transaction: Transaction,
  personId: string,
  given: readonly RowValues[],
): Promise<void> {
  const statements = [...forgetValues(given.map((one) => one.pk)), ...valueInserts(personId, given)]
  await Promise.all(statements.map((statement) => transaction.run(statement)))
}

/** The statements that remove the values of rows. */
export function forgetValues(pks: readonly number[]): Statement[] {
  if (pks.length === 0) return []
  return [
    sql`delete from fhir.date_value where resource = any(${[...pks]}::bigint[])`,
    sql`delete from fhir.number_value where resource = any(${[...pks]}::bigint[])`,
    sql`delete from fhir.text_value where resource = any(${[...pks]}::bigint[])`,
    sql`delete from fhir.reference_value where resource = any(${[...pks]}::bigint[])`,
    sql`delete from fhir.identifier_value where resource = any(${[...pks]}::bigint[])`,
  ]
}

/** The statements that write the values of rows, one a table that has any. */
export function valueInserts(personId: string, given: readonly RowValues[]): Statement[] {
  return [
    ...dateInserts(personId, given),
    ...numberInserts(personId, given),
    ...textInserts(personId, given),
    ...referenceInserts(personId, given),
    ...identifierInserts(personId, given),
  ]
}

function identifierInserts(personId: string, given: readonly RowValues[]): Statement[] {
  const rows = given.flatMap(({ pk, values }) => values.identifiers.map((name) => ({ pk, name })))
  if (rows.length === 0) return []
  return [
    sql`insert into fhir.identifier_value (user_id, resource, name)
      select ${personId}::uuid, pk, hashtextextended(name, 7) from unnest(${bigints(rows.map((row) => row.pk))}::bigint[],
        ${texts(rows.map((row) => row.name))}::text[]) as given (pk, name)`,
  ]
}

/** The values of a kind, and of which rows they are. */
function rowsOf<Kind extends 'dates' | 'numbers' | 'texts' | 'references'>(given: readonly RowValues[], kind: Kind) {
  const pks: number[] = []
  const rows: SearchValues[Kind][number][] = []
  for (const { pk, values } of given) {
    for (const row of values[kind]) {
      pks.push(pk)
      rows.push(row)
    }
  }
  return { rows, resources: bigints(pks), parameters: bigints(rows.map((row) => row.parameter)) }
}

function dateInserts(personId: string, given: readonly RowValues[]): Statement[] {
  const { rows, resources, parameters } = rowsOf(given, 'dates')
  if (rows.length === 0) return []
  return [
    sql`insert into fhir.date_value (user_id, resource, parameter, from_ms, until_ms)
      select ${personId}::uuid, * from unnest(${resources}::bigint[], ${parameters}::bigint[],
        ${bigints(rows.map((row) => row.from))}::bigint[], ${bigints(rows.map((row) => row.until))}::bigint[])`,
  ]
}

function numberInserts(personId: string, given: readonly RowValues[]): Statement[] {
  const { rows, resources, parameters } = rowsOf(given, 'numbers')
  if (rows.length === 0) return []
  return [
    sql`insert into fhir.number_value
        (user_id, resource, parameter, low, high, system, code, unit, canonical_low, canonical_high, canonical_unit)
      select ${personId}::uuid, * from unnest(${resources}::bigint[], ${parameters}::bigint[],
        ${doubles(rows.map((row) => row.from))}::float8[], ${doubles(rows.map((row) => row.until))}::float8[],
        ${texts(rows.map((row) => row.system))}::text[], ${texts(rows.map((row) => row.code))}::text[],
        ${texts(rows.map((row) => row.unit))}::text[], ${doubles(rows.map((row) => row.canonical?.from ?? null))}::float8[],
        ${doubles(rows.map((row) => row.canonical?.until ?? null))}::float8[],
        ${texts(rows.map((row) => row.canonical?.dimension ?? null))}::text[])`,
  ]
}

function textInserts(personId: string, given: readonly RowValues[]): Statement[] {
  const { rows, resources, parameters } = rowsOf(given, 'texts')
  if (rows.length === 0) return []
  return [
    sql`insert into fhir.text_value (user_id, resource, parameter, text)
      select ${personId}::uuid, * from unnest(${resources}::bigint[], ${parameters}::bigint[],
        ${texts(rows.map((row) => row.text))}::text[])`,
  ]
}

function referenceInserts(personId: string, given: readonly RowValues[]): Statement[] {
  const { rows, resources, parameters } = rowsOf(given, 'references')
  if (rows.length === 0) return []
  return [
    sql`insert into fhir.reference_value (user_id, resource, parameter, target_type, target_id)
      select ${personId}::uuid, * from unnest(${resources}::bigint[], ${parameters}::bigint[],
        ${texts(rows.map((row) => row.type))}::text[], ${texts(rows.map((row) => row.id))}::text[])`,
  ]
}
