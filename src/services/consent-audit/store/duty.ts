import type { Database, Transaction } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'

export interface DutyRow {
  readonly person_id: string
  readonly account_id: string | null
  readonly since: Date | null
  readonly until: Date | null
  readonly note: Buffer | null
  readonly author: string | null
  readonly written_at: Date | null
}

/** Alarms are about measurements; who came in by an emergency is on no roster. */
const watchable = (accountId: Statement, now: Date): Statement =>
  sql`select person_id from kernel.records_open_to(${accountId}, 'vitals', ${now}) where source <> 'break-glass'`

/**
 * How duty stands for everybody whose alarms the account may see, and for itself. A duty counts while its hour has not come
 * and its account may still see the alarms: whatever ended that, ends it. Needs the system handle.
 */
export function dutiesOf(systemDb: Database, accountId: string, now: Date): Promise<DutyRow[]> {
  return systemDb.many<DutyRow>(
    sql`select o.person_id, d.account_id, d.since, d.until, n.note, n.author, n.written_at
          from (${watchable(sql`${accountId}::uuid`, now)} union select ${accountId}::uuid) o
          left join consent_audit.duty d on d.user_id = o.person_id and d.until > ${now}
            and d.user_id in (${watchable(sql`d.account_id`, now)})
          left join consent_audit.handover_note n on n.user_id = o.person_id
         order by o.person_id limit 51`,
  )
}

/** Whether the account may be on duty for somebody; `closed` where it sees something of the record, but not the alarms. */
export async function mayWatch(
  systemDb: Database,
  accountId: string,
  personId: string,
  now: Date,
): Promise<'yes' | 'closed' | 'unknown'> {
  const row = await systemDb.one<{ watches: boolean; sees: boolean }>(
    sql`select ${personId}::uuid in (${watchable(sql`${accountId}::uuid`, now)}) as watches,
          exists (select from consent_audit.share_grant where grantee = ${accountId} and user_id = ${personId}
            and ended_at is null and accepted_at is not null and ends_at > ${now}) as sees`,
  )
  return row?.watches === true ? 'yes' : row?.sees === true ? 'closed' : 'unknown'
}

export async function writeDuty(
  transaction: Transaction,
  duty: { readonly userId: string; readonly accountId: string; readonly until: Date },
  now: Date,
): Promise<void> {
  await transaction.run(
    sql`insert into consent_audit.duty (user_id, account_id, since, until)
        values (${duty.userId}, ${duty.accountId}, ${now}, ${duty.until})
        on conflict (user_id) do update set since = case when duty.account_id = excluded.account_id and duty.until > excluded.since
          then duty.since else excluded.since end, account_id = excluded.account_id, until = excluded.until`,
  )
}

/** Ends the duty of an account for somebody; false when it had none. */
export async function endDuty(
  transaction: Transaction,
  userId: string,
  accountId: string,
  now: Date,
): Promise<boolean> {
  const ended = await transaction.one<{ was_on: boolean }>(
    sql`delete from consent_audit.duty where user_id = ${userId} and account_id = ${accountId} returning until > ${now} as was_on`,
  )
  return ended?.was_on === true
}

/** Writes what the next one has to know; null removes it. */
export async function writeNote(
  transaction: Transaction,
  note: { readonly userId: string; readonly author: string; readonly note: Buffer | null },
  now: Date,
): Promise<void> {
  await transaction.run(
    note.note === null
      ? sql`delete from consent_audit.handover_note where user_id = ${note.userId}`
      : sql`insert into consent_audit.handover_note (user_id, author, note, written_at)
            values (${note.userId}, ${note.author}, ${note.note}, ${now})
            on conflict (user_id) do update set author = excluded.author, note = excluded.note, written_at = excluded.written_at`,
  )
}
