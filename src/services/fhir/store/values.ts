import type { Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { SearchValues } from '../domain/searchValues.ts'

/** What a row can be found by. */
export interface RowValues {
  readonly pk: number
  readonly values: SearchValues
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
  ]
}

/** The statements that write the values of rows, one a table that has any. */
export function valueInserts(personId: string, given: readonly RowValues[]): Statement[] {
  const rows = <Kind extends 'dates' | 'numbers' | 'texts' | 'references'>(kind: Kind) =>
    given.flatMap(({ pk, values }) => values[kind].map((one) => ({ pk, one: one as SearchValues[Kind][number] })))
  const [dates, numbers, texts, references] = [rows('dates'), rows('numbers'), rows('texts'), rows('references')]
  return [
    ...(dates.length === 0
      ? []
      : [
          sql`insert into fhir.date_value (user_id, resource, parameter, from_ms, until_ms)
            select ${personId}::uuid, * from unnest(${dates.map((row) => row.pk)}::bigint[],
              ${dates.map((row) => row.one.parameter)}::bigint[], ${dates.map((row) => row.one.from)}::bigint[],
              ${dates.map((row) => row.one.until)}::bigint[])`,
        ]),
    ...(numbers.length === 0
      ? []
      : [
          sql`insert into fhir.number_value
              (user_id, resource, parameter, low, high, system, code, unit, canonical_low, canonical_high, canonical_unit)
            select ${personId}::uuid, * from unnest(${numbers.map((row) => row.pk)}::bigint[],
              ${numbers.map((row) => row.one.parameter)}::bigint[], ${numbers.map((row) => row.one.from)}::float8[],
              ${numbers.map((row) => row.one.until)}::float8[], ${numbers.map((row) => row.one.system)}::text[],
              ${numbers.map((row) => row.one.code)}::text[], ${numbers.map((row) => row.one.unit)}::text[],
              ${numbers.map((row) => row.one.canonical?.from ?? null)}::float8[],
              ${numbers.map((row) => row.one.canonical?.until ?? null)}::float8[],
              ${numbers.map((row) => row.one.canonical?.dimension ?? null)}::text[])`,
        ]),
    ...(texts.length === 0
      ? []
      : [
          sql`insert into fhir.text_value (user_id, resource, parameter, text)
            select ${personId}::uuid, * from unnest(${texts.map((row) => row.pk)}::bigint[],
              ${texts.map((row) => row.one.parameter)}::bigint[], ${texts.map((row) => row.one.text)}::text[])`,
        ]),
    ...(references.length === 0
      ? []
      : [
          sql`insert into fhir.reference_value (user_id, resource, parameter, target_type, target_id)
            select ${personId}::uuid, * from unnest(${references.map((row) => row.pk)}::bigint[],
              ${references.map((row) => row.one.parameter)}::bigint[], ${references.map((row) => row.one.type)}::text[],
              ${references.map((row) => row.one.id)}::text[])`,
        ]),
  ]
}
