import type { Database } from '../../../kernel/database.ts'
import { nothing, sql } from '../../../kernel/sql.ts'

export interface RecordPlace {
  readonly id: string
  readonly part: 'lab' | 'clinical' | 'imaging' | 'report'
  readonly created_at: Date
}

/** Where the rows of the record stand that are seen as FHIR: all oldest first behind a position, or those of some ids. */
export function recordPlaces(
  db: Database,
  userId: string,
  of: { readonly ids?: readonly string[] | undefined; readonly after?: readonly [string, string] | undefined },
  limit: number,
): Promise<RecordPlace[]> {
  const named = of.ids === undefined ? nothing : sql` and id = any(${of.ids}::uuid[])`
  const behind =
    of.after === undefined ? nothing : sql` and (created_at, id) > (${of.after[0]}::timestamptz, ${of.after[1]}::uuid)`
  const matching = sql`user_id = ${userId}${named}${behind} order by created_at, id limit ${limit}`
  return db.many<RecordPlace>(
    sql`(select id, 'lab' as part, created_at from medical_records.lab_result where ${matching})
      union all (select id, 'clinical' as part, created_at from medical_records.clinical_entry where ${matching})
      union all (select id, 'imaging' as part, created_at from medical_records.imaging_study where ${matching})
      union all (select id, 'report' as part, created_at from medical_records.clinical_report where ${matching})
      order by created_at, id limit ${limit}`,
  )
}
