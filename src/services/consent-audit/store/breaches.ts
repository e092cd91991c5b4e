import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface BreachRow {
  readonly id: string
  readonly title: string
  readonly nature: string
  readonly categories: readonly string[]
  readonly consequences: string
  readonly measures: string
  readonly advice: string
  readonly affects_everyone: boolean
  readonly jurisdiction: 'IN' | 'EU' | 'US'
  readonly detected_at: Date
  readonly created_at: Date
  readonly authority_due_at: Date
  readonly authority_noticed_at: Date | null
  readonly authority_reference: string | null
  /** Where the list of everyone stands; null when all of it was gone through. */
  readonly next_seq: number | null
}

export interface BreachCount {
  readonly concerned: number
  readonly told: number
  readonly waiting: number
}

const columns = sql`b.id, b.title, b.nature, b.categories, b.consequences, b.measures, b.advice, b.affects_everyone,
  b.jurisdiction, b.detected_at, b.created_at, b.authority_due_at, b.authority_noticed_at, b.authority_reference, b.next_seq`
const counts = sql`(select count(*)::int from consent_audit.breach_notice n where n.breach_id = b.id) as concerned,
  (select count(*)::int from consent_audit.breach_notice n where n.breach_id = b.id and n.was_told) as told,
  (select count(*)::int from consent_audit.breach_notice n where n.breach_id = b.id and n.handled_at is null) as waiting`

/** Writes the breach and whom it concerns. Needs the system handle: nobody's rows, and rows of many. */
export async function insertBreach(
  transaction: Transaction,
  breach: Omit<BreachRow, 'authority_noticed_at' | 'authority_reference'>,
  accountIds: readonly string[],
): Promise<void> {
  await transaction.run(
    sql`insert into consent_audit.breach (id, title, nature, categories, consequences, measures, advice, affects_everyone,
          jurisdiction, detected_at, created_at, authority_due_at, next_seq)
        values (${breach.id}, ${breach.title}, ${breach.nature}, ${[...breach.categories]}, ${breach.consequences},
          ${breach.measures}, ${breach.advice}, ${breach.affects_everyone}, ${breach.jurisdiction}, ${breach.detected_at},
          ${breach.created_at}, ${breach.authority_due_at}, ${breach.next_seq})`,
  )
  await transaction.run(addConcerned(breach.id, accountIds))
}

const addConcerned = (breachId: string, accountIds: readonly string[]) =>
  sql`insert into consent_audit.breach_notice (breach_id, user_id)
      select ${breachId}::uuid, id from unnest(${[...accountIds]}::uuid[]) as id on conflict do nothing`

/** Adds the next of everyone and notes how far the list got. Needs the system handle. */
export async function addPage(
  transaction: Transaction,
  breachId: string,
  accountIds: readonly string[],
  nextSeq: number | null,
): Promise<void> {
  await transaction.run(addConcerned(breachId, accountIds))
  await transaction.run(sql`update consent_audit.breach set next_seq = ${nextSeq} where id = ${breachId}`)
}

/** Needs the system handle. */
export function findBreach(systemDb: Database, id: string): Promise<(BreachRow & BreachCount) | undefined> {
  return systemDb.one(sql`select ${columns}, ${counts} from consent_audit.breach b where b.id = ${id}`)
}

/** Newest first. Needs the system handle. */
export function listBreaches(systemDb: Database, limit: number): Promise<(BreachRow & BreachCount)[]> {
  return systemDb.many(
    sql`select ${columns}, ${counts} from consent_audit.breach b order by b.detected_at desc limit ${limit}`,
  )
}

/** Breaches that concern the person, newest first. */
export function breachesOf(db: Database, personId: string): Promise<BreachRow[]> {
  return db.many(sql`select ${columns} from consent_audit.breach_notice n join consent_audit.breach b on b.id = n.breach_id
    where n.user_id = ${personId} order by b.detected_at desc limit 200`)
}

/** Whether it was noted; false when it was before. Needs the system handle. */
export async function noteAuthority(systemDb: Database, id: string, reference: string, now: Date): Promise<boolean> {
  const noted = await systemDb.run(
    sql`update consent_audit.breach set authority_noticed_at = ${now}, authority_reference = ${reference}
         where id = ${id} and authority_noticed_at is null`,
  )
  return noted > 0
}

/** Who still waits to be told. Needs the system handle. */
export async function waitingFor(systemDb: Database, breachId: string, limit: number): Promise<string[]> {
  const rows = await systemDb.many<{ user_id: string }>(
    sql`select user_id from consent_audit.breach_notice where breach_id = ${breachId} and handled_at is null
         order by user_id limit ${limit}`,
  )
  return rows.map((row) => row.user_id)
}

/** Needs the system handle. */
export async function noteTold(systemDb: Database, breachId: string, userId: string, told: boolean, now: Date) {
  await systemDb.run(
    sql`update consent_audit.breach_notice set handled_at = ${now}, was_told = ${told}
         where breach_id = ${breachId} and user_id = ${userId}`,
  )
}

/** Breaches whose authority was not told in time. Needs the system handle. */
export async function countLate(systemDb: Database, now: Date): Promise<number> {
  const row = await systemDb.one<{ late: number }>(
    sql`select count(*)::int as late from consent_audit.breach where authority_noticed_at is null and authority_due_at < ${now}`,
  )
  return row?.late ?? 0
}
