import type { Database, Transaction } from '../../kernel/database.ts'
import type { SummaryPart } from '../../kernel/service.ts'
import { nothing, type Statement, sql } from '../../kernel/sql.ts'
import type { Span } from '../../shared/span.ts'

export interface MemberRow {
  readonly userid: number
}

export interface ScoreRow {
  readonly id: number
  readonly userid: number
  readonly score: number
  readonly at: Date
}

/** Which scores of a record: from `from` up to `until`, both included, where given. */
export interface ScoreFilter {
  readonly userid: number
  readonly from?: Date | undefined
  readonly until?: Date | undefined
}

const columns = sql`id, userid, score, at`

export async function insertMember(db: Database, userId: string, now: Date): Promise<MemberRow> {
  const row = await db.one<MemberRow>(
    sql`insert into wellness.member (user_id, created_at) values (${userId}, ${now}) returning userid`,
  )
  return row as MemberRow
}

export function listMembers(db: Database, userId: string, skip: number, limit: number): Promise<MemberRow[]> {
  return db.many<MemberRow>(
    sql`select userid from wellness.member where user_id = ${userId} order by userid limit ${limit} offset ${skip}`,
  )
}

export function findMember(db: Database, userid: number): Promise<MemberRow | undefined> {
  return db.one<MemberRow>(sql`select userid from wellness.member where userid = ${userid}`)
}

/** Deletes the record with its scores; false when there is none. */
export async function deleteMember(db: Database, userid: number): Promise<boolean> {
  return (await db.run(sql`delete from wellness.member where userid = ${userid}`)) > 0
}

/** Writes a score and announces it in one statement; undefined, and nothing announced, when there is no such record. */
export function insertScore(
  db: Database,
  score: { readonly userid: number; readonly score: number; readonly at: Date },
  announcement: Statement,
  now: Date,
): Promise<ScoreRow | undefined> {
  return db.one<ScoreRow>(
    sql`with written as (
        insert into wellness.score (userid, user_id, score, at, created_at)
        select userid, user_id, ${score.score}::double precision, ${score.at}::timestamptz, ${now}::timestamptz
          from wellness.member where userid = ${score.userid} returning ${columns})
      select ${columns}, ${announcement} from written`,
  )
}

export function findScore(db: Database, id: number): Promise<ScoreRow | undefined> {
  return db.one<ScoreRow>(sql`select ${columns} from wellness.score where id = ${id}`)
}

export async function deleteScore(db: Database, id: number): Promise<boolean> {
  return (await db.run(sql`delete from wellness.score where id = ${id}`)) > 0
}

export interface ScorePage {
  readonly isKnown: boolean
  readonly rows: readonly ScoreRow[]
  readonly total: number
  /** Mean of all that the filter finds; null for nothing. */
  readonly average: number | null
}

/** A page of scores, newest first, with count and mean of the whole filter: one round trip. */
export async function pageOfScores(db: Database, filter: ScoreFilter, skip: number, limit: number): Promise<ScorePage> {
  const [members = [], totals = [], rows = []] = await db.batch([
    sql`select userid from wellness.member where userid = ${filter.userid}`,
    sql`select count(*) as total, avg(score) as average from wellness.score where ${matching(filter)}`,
    sql`select ${columns} from wellness.score where ${matching(filter)}
      order by at desc, id desc limit ${limit} offset ${skip}`,
  ])
  const { total, average } = totals[0] as { total: number; average: number | null }
  return { isKnown: members.length > 0, rows: rows as ScoreRow[], total, average }
}

/** The newest `limit` scores of the filter, oldest first. */
export async function recentScores(db: Database, filter: ScoreFilter, limit: number): Promise<ScoreRow[]> {
  const rows = await db.many<ScoreRow>(
    sql`select ${columns} from wellness.score where ${matching(filter)} order by at desc, id desc limit ${limit}`,
  )
  return rows.reverse()
}

function matching({ userid, from, until }: ScoreFilter): Statement {
  const start = from === undefined ? nothing : sql` and at >= ${from}`
  const end = until === undefined ? nothing : sql` and at <= ${until}`
  return sql`userid = ${userid}${start}${end}`
}

/** Writes many scores at once: for the demo household. */
export function insertScores(
  db: Database,
  member: { readonly userid: number; readonly userId: string },
  scores: readonly { readonly score: number; readonly at: Date }[],
  now: Date,
): Promise<number> {
  return db.run(
    sql`insert into wellness.score (userid, user_id, score, at, created_at)
      select ${member.userid}, ${member.userId}, score, at, ${now}
        from unnest(${scores.map((one) => one.score)}::double precision[], ${scores.map((one) => one.at)}::timestamptz[])
          as given (score, at)`,
  )
}

export async function exportAll(db: Database, userId: string) {
  const records = await db.many(
    sql`select userid, created_at from wellness.member where user_id = ${userId} order by userid`,
  )
  const scores = await db.many(
    sql`select id, userid, score as wellness_score, at as time from wellness.score where user_id = ${userId} order by at`,
  )
  return { records, scores }
}

export async function eraseAll(transaction: Transaction, userId: string) {
  const score = await transaction.run(sql`delete from wellness.score where user_id = ${userId}`)
  const member = await transaction.run(sql`delete from wellness.member where user_id = ${userId}`)
  return { score, member }
}

/** The newest scores, for whoever the person shares them with. */
export async function summarise(
  db: Database,
  userId: string,
  categories: readonly string[],
  { startsAt, endsAt }: Span,
): Promise<SummaryPart[]> {
  if (!categories.includes('wellness')) return []
  const rows = await db.many<{ score: number; at: Date }>(
    sql`select score, at from wellness.score where user_id = ${userId} and at >= ${startsAt} and at < ${endsAt}
      order by at desc, id desc limit 30`,
  )
  const lines = rows.map(({ score, at }) => ({
    ...{ label: 'Well-being', value: `${score} of 10`, at: at.toISOString() },
    ...{ code: 'well_being', said: [{ code: 'of_ten', number: score }] },
  }))
  return [{ category: 'wellness', label: 'How they feel', code: 'wellness', rows: lines }]
}
