import type { Database } from '../../../kernel/database.ts'
import { nothing, raw, sql } from '../../../kernel/sql.ts'

export interface RecordPlace {
  readonly id: string
  readonly part: 'lab' | 'clinical' | 'imaging' | 'report'
  readonly created_at: Date
}

const TABLES = {
  lab: 'lab_result',
  clinical: 'clinical_entry',
  imaging: 'imaging_study',
  report: 'clinical_report',
} as const satisfies Record<RecordPlace['part'], string>

/**
 * Where the rows of these parts of the record stand that are seen as FHIR: all oldest first behind a position, or those of
 * some ids.
 */
export function recordPlaces(
  db: Database,
  userId: string,
  parts: readonly RecordPlace['part'][],
  of: { readonly ids?: readonly string[] | undefined; readonly after?: readonly [string, string] | undefined },
  limit: number,
): Promise<RecordPlace[]> {
  const named = of.ids === undefined ? nothing : sql` and id = any(${of.ids}::uuid[])`
  const behind =
    of.after === undefined ? nothing : sql` and (created_at, id) > (${of.after[0]}::timestamptz, ${of.after[1]}::uuid)`
  const matching = sql`user_id = ${userId}${named}${behind} order by created_at, id limit ${limit}`
  const [first, ...others] = parts.map(
    (part) => sql`(select id, ${part} as part, created_at from medical_records.${raw(TABLES[part])} where ${matching})`,
  )
  const union = others.reduce((all, one) => sql`${all} union all ${one}`, first ?? sql`(select null where false)`)
  return db.many<RecordPlace>(sql`select * from (${union}) places order by created_at, id limit ${limit}`)
}
