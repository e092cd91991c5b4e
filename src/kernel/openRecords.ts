import type { Context } from './service.ts'
import { type Statement, sql } from './sql.ts'

/** A record that somebody opened to an account, and what opened it. */
export interface OpenRecord {
  readonly person_id: string
  readonly source: string
  readonly source_id: string
}

/**
 * The records that the account of the call may read in a category, fifty at most, as a set to join with: for one
 * statement of the system's handle about several people. Nothing else decides who is on it.
 */
export function openRecords(context: Context, category: string): Statement {
  return sql`kernel.records_open_to(${context.accountId}, ${category}, ${context.now()})`
}

/** Notes in the audit of each person that the account looked at their record: what `authorize` does for one person. */
export function auditBoard(context: Context, records: readonly OpenRecord[]): void {
  for (const { person_id, source, source_id } of records) {
    context.audit({ action: 'read', personId: person_id, reason: source, grantId: source_id })
  }
}
