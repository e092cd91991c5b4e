import type { Database } from '../../../kernel/database.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'

export interface ResearchRow {
  readonly research_id: string
  readonly is_active: boolean
  readonly created_at: Date
  readonly version: string | null
  readonly acknowledged_at: Date | null
}

const rows = sql`select r.research_id, r.is_active, r.created_at, d.version, d.acknowledged_at from auth.research_id r
  left join lateral (select version, acknowledged_at from auth.disclaimer_acknowledgement d
    where d.research_id = r.research_id order by acknowledged_at desc limit 1) d on true`

/** A stored id with its latest acknowledgement; undefined for one that only the settings name. */
export function findResearchId(db: Database, researchId: string): Promise<ResearchRow | undefined> {
  return db.one(sql`${rows} where r.research_id = ${researchId}`)
}

/** All stored ids (at most 10 000), in their order. */
export function listResearchIds(db: Database): Promise<ResearchRow[]> {
  return db.many(sql`${rows} order by r.research_id limit 10000`)
}

/** False when it is there already. */
export async function insertResearchId(db: Database, researchId: string, now: Date): Promise<boolean> {
  const written = await db.run(
    sql`insert into auth.research_id (research_id, created_at) values (${researchId}, ${now}) on conflict do nothing`,
  )
  return written > 0
}

/** Writes the state of an id, also of one that only the settings name. */
export function putResearchId(researchId: string, isActive: boolean, now: Date): Statement {
  return sql`insert into auth.research_id (research_id, is_active, created_at) values (${researchId}, ${isActive}, ${now})
    on conflict (research_id) do update set is_active = excluded.is_active`
}

/** Whether the id acknowledged that version. */
export async function hasAcknowledged(db: Database, researchId: string, version: string): Promise<boolean> {
  const row = await db.one(sql`select 1 as yes from auth.disclaimer_acknowledgement
    where research_id = ${researchId} and version = ${version}`)
  return row !== undefined
}

/** The first acknowledgement of a version stands. Returns when that was. */
export async function acknowledge(db: Database, researchId: string, version: string, now: Date): Promise<Date> {
  const row = await db.one<{ acknowledged_at: Date }>(sql`insert into auth.disclaimer_acknowledgement as d
      (research_id, version, acknowledged_at) values (${researchId}, ${version}, ${now})
    on conflict (research_id, version) do update set acknowledged_at = d.acknowledged_at returning acknowledged_at`)
  return row?.acknowledged_at ?? now
}

/** The account that signs in with the id. */
export function findHolder(db: Database, researchId: string): Promise<{ user_id: string } | undefined> {
  return db.one(sql`select user_id from auth.identity where kind = 'research' and value = ${researchId}`)
}
