import type { Database, Transaction } from '../../kernel/database.ts'
import { type Statement, sql } from '../../kernel/sql.ts'
import type { Relationship } from './contract/family.ts'
import type { SectionName, SectionRow } from './domain/sections.ts'
import type { Data } from './domain/tidy.ts'

/** How given members meet stored ones: in their place, over them, or only where nothing is stored. */
export type WriteMode = 'replace' | 'merge' | 'fill'

export interface SectionWrite {
  readonly section: SectionName
  readonly data: Data
  readonly mode: WriteMode
}

export interface SectionChange {
  readonly userId: string
  /** The first one decides: when it is refused, none of the others may stay. */
  readonly writes: readonly [SectionWrite, ...SectionWrite[]]
  /** Versions of the first section that the change may meet; any when undefined. 0 is a section never saved. */
  readonly expected?: readonly number[] | undefined
  /** Refuse when the first section holds anything. */
  readonly mustBeEmpty?: boolean
  /** Sections to return beside those written. */
  readonly alsoRead: readonly SectionName[]
}

/** Two announcements as one, for the statement that writes what they are about. */
export function together(first: Statement, second: Statement): Statement {
  return sql`concat((${first})::text, (${second})::text)`
}

const columns = sql`section, version, data, created_at, updated_at`

/** The named documents of a person; the key finds them. */
export function readSections(db: Database, userId: string, sections: readonly SectionName[]): Promise<SectionRow[]> {
  return db.many<SectionRow>(sectionsStatement(userId, sections))
}

/** The named documents of several people; the key finds them. Needs the system handle. */
export function sectionsOfPeople(
  systemDb: Database,
  userIds: readonly string[],
  sections: readonly SectionName[],
): Promise<(SectionRow & { readonly user_id: string })[]> {
  return systemDb.many<SectionRow & { readonly user_id: string }>(
    sql`select user_id, ${columns} from user_profile.section
         where user_id = any(${userIds}::uuid[]) and section = any(${sections})`,
  )
}

function sectionsStatement(userId: string, sections: readonly SectionName[]): Statement {
  return sql`select ${columns} from user_profile.section where user_id = ${userId} and section = any(${sections})`
}

/**
 * Writes sections and announces the change in one statement; returns them with those to read beside.
 * Undefined when the first section is not in the expected state: it is not written then, and nothing is announced.
 * With more than one section run it in a transaction and roll back on undefined.
 */
export async function writeSections(
  db: Database,
  change: SectionChange,
  announcement: Statement,
  now: Date,
): Promise<SectionRow[] | undefined> {
  const { userId, writes, expected = null, mustBeEmpty = false } = change
  const main = writes[0].section
  const named = (mode: WriteMode) => writes.filter((one) => one.mode === mode).map((one) => one.section)
  const rows = await db.many<SectionRow & { announced: unknown }>(
    sql`with written as (
        insert into user_profile.section as s (user_id, section, version, data, created_at, updated_at)
        select ${userId}::uuid, given.section, 1, given.data::jsonb, ${now}::timestamptz, ${now}::timestamptz
          from unnest(${writes.map((one) => one.section)}::text[], ${writes.map((one) => JSON.stringify(one.data))}::text[])
            as given (section, data)
         where given.section <> ${main} or ${expected}::integer[] is null or 0 = any(${expected}::integer[])
            or exists (select from user_profile.section where user_id = ${userId} and section = ${main})
        on conflict (user_id, section) do update set
          data = case when s.section = any(${named('merge')}::text[]) then s.data || excluded.data
                      when s.section = any(${named('fill')}::text[]) then excluded.data || s.data
                      else excluded.data end,
          version = s.version + 1, updated_at = excluded.updated_at
        where s.section <> ${main} or ((${expected}::integer[] is null or s.version = any(${expected}::integer[]))
          and not (${mustBeEmpty}::boolean and s.data <> '{}'))
        returning ${columns})
      select ${columns}, case when section = ${main} then concat((${announcement})::text) end as announced from written
      union all
      select ${columns}, null from user_profile.section
       where user_id = ${userId} and section = any(${change.alsoRead}::text[])
         and section not in (select section from written)`,
  )
  const isWritten = rows.some((row) => row.section === main && row.announced !== null)
  return isWritten ? rows.map(({ announced: _announced, ...row }) => row) : undefined
}

export interface MembershipRow {
  readonly relationship: Relationship
  readonly role: 'guardian' | 'manager'
}

export interface NewProfile {
  readonly membershipId: string
  readonly accountId: string
  readonly personId: string
  readonly relationship: Relationship
  readonly role: 'guardian' | 'manager'
  readonly documents: readonly { readonly section: SectionName; readonly data: Data }[]
  readonly maximum: number
}

/**
 * Makes a person kept by the account, with the right to everything of theirs, and announces it, in one statement.
 * Undefined when the account keeps too many. It takes the system's handle: nobody has a right to the person before.
 */
export async function insertProfile(
  systemDb: Database,
  profile: NewProfile,
  announcement: Statement,
  now: Date,
): Promise<SectionRow[] | undefined> {
  const { membershipId, accountId, personId, documents } = profile
  const rows = await systemDb.many<SectionRow & { announced: unknown }>(
    sql`with member as (
        insert into user_profile.membership (id, account_id, person_id, role, relationship, created_at)
        select ${membershipId}::uuid, ${accountId}::uuid, ${personId}::uuid, ${profile.role}, ${profile.relationship}, ${now}::timestamptz
         where (select count(*) from user_profile.membership where account_id = ${accountId} and removed_at is null)
           < ${profile.maximum}::integer
        returning person_id),
      written as (
        insert into user_profile.section (user_id, section, version, data, created_at, updated_at)
        select member.person_id, given.section, 1, given.data::jsonb, ${now}::timestamptz, ${now}::timestamptz
          from member cross join unnest(${documents.map((one) => one.section)}::text[],
            ${documents.map((one) => JSON.stringify(one.data))}::text[]) as given (section, data)
        returning ${columns})
      select ${columns}, case when section = 'profile' then concat((${announcement})::text, kernel.write_access_right(
          ${accountId}::uuid, ${personId}::uuid, '*', 'write', 'infinity', 'guardian', ${membershipId}::uuid)::text)
        end as announced from written`,
  )
  return rows.length === 0 ? undefined : rows.map(({ announced: _announced, ...row }) => row)
}

/** A person's documents, and how the account keeps the person (undefined for its own): one round trip. */
export async function readKept(
  db: Database,
  accountId: string,
  personId: string,
  sections: readonly SectionName[],
): Promise<{ readonly rows: SectionRow[]; readonly membership: MembershipRow | undefined }> {
  const [memberships = [], rows = []] = await db.batch([
    sql`select relationship, role from user_profile.membership
         where account_id = ${accountId} and person_id = ${personId} and removed_at is null`,
    sectionsStatement(personId, sections),
  ])
  return { rows: rows as SectionRow[], membership: memberships[0] as MembershipRow | undefined }
}

/** Changes how the account keeps the person; undefined when it does not. */
export function setRelationship(
  transaction: Transaction,
  accountId: string,
  personId: string,
  relationship: Relationship | null,
  role: 'guardian' | 'manager' | null,
): Promise<MembershipRow | undefined> {
  return transaction.one<MembershipRow>(
    sql`update user_profile.membership
           set relationship = coalesce(${relationship}, relationship), role = coalesce(${role}, role)
         where account_id = ${accountId} and person_id = ${personId} and removed_at is null
         returning relationship, role`,
  )
}

export interface KeptRow extends MembershipRow {
  readonly person_id: string
  readonly kept_since: Date
  readonly sections: readonly SectionRow[]
}

/** Everybody the account keeps, with the named documents, oldest first, and the account's own person at `own`. */
export async function listKept(
  systemDb: Database,
  accountId: string,
  sections: readonly SectionName[],
): Promise<{ readonly own: SectionRow[]; readonly kept: KeptRow[] }> {
  const rows = await systemDb.many<
    MembershipRow & SectionRow & { readonly person_id: string; readonly kept_since: Date | null }
  >(
    sql`select kept.person_id, kept.relationship, kept.role, kept.kept_since,
          s.section, s.version, s.data, s.created_at, s.updated_at
        from (select person_id, relationship, role, created_at as kept_since from user_profile.membership
               where account_id = ${accountId} and removed_at is null
              union all select ${accountId}::uuid, null, null, null) kept
        left join user_profile.section s on s.user_id = kept.person_id and s.section = any(${sections})
        order by kept.kept_since, kept.person_id`,
  )
  const people = Map.groupBy(rows, (row) => row.person_id)
  const documents = (group: readonly SectionRow[]) => group.filter((row) => row.section !== null)
  const kept = [...people].flatMap(([person_id, group]) => {
    const { relationship, role, kept_since } = group[0] as (typeof rows)[number]
    return kept_since === null ? [] : [{ person_id, relationship, role, kept_since, sections: documents(group) }]
  })
  return { own: documents(people.get(accountId) ?? []), kept }
}

/**
 * Ends every account's access to the person and announces that, in one statement; false when `accountId` does not keep
 * the person, or no longer: a right to write somebody's record is none to remove them.
 */
export async function removePerson(
  systemDb: Database,
  accountId: string,
  personId: string,
  announcement: Statement,
  now: Date,
): Promise<boolean> {
  const rows = await systemDb.many(
    sql`with gone as (
        update user_profile.membership set removed_at = ${now} where person_id = ${personId} and removed_at is null
           and exists (select from user_profile.membership own
             where own.account_id = ${accountId} and own.person_id = ${personId} and own.removed_at is null)
        returning id),
      ended as (select array_agg(kernel.end_access_right(id)::text) as rights from gone)
      select (${announcement})::text from ended where rights is not null`,
  )
  return rows.length > 0
}

/** All rows about a person: the documents, and the people whose records the account of that person keeps. */
export async function exportAll(db: Database, userId: string) {
  const [records = [], family = []] = await db.batch([
    sql`select ${columns} from user_profile.section where user_id = ${userId} order by section`,
    sql`select person_id, relationship, role, created_at from user_profile.membership
         where account_id = ${userId} and removed_at is null order by created_at`,
  ])
  return { records, family }
}

/** Removes all rows of a person. `orphans` are those whom nobody keeps from now on. */
export async function eraseRows(transaction: Transaction, userId: string) {
  const section = await transaction.run(sql`delete from user_profile.section where user_id = ${userId}`)
  const gone = await transaction.many<{ person_id: string; removed_at: Date | null }>(
    sql`delete from user_profile.membership where account_id = ${userId} or person_id = ${userId}
        returning person_id, removed_at`,
  )
  const kept = gone.filter((one) => one.person_id !== userId && one.removed_at === null).map((one) => one.person_id)
  const others = await transaction.many<{ person_id: string }>(
    sql`select person_id from user_profile.membership where person_id = any(${kept}::uuid[]) and removed_at is null`,
  )
  const orphans = kept.filter((personId) => !others.some((other) => other.person_id === personId))
  return { counts: { section, membership: gone.length }, orphans }
}
