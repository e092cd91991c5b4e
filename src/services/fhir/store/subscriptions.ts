import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface SubscriptionRow {
  readonly user_id: string
  readonly id: string
  readonly requester: string
  readonly type: string
  readonly channel: 'rest-hook' | 'websocket'
  readonly query: string
  readonly endpoint: string
  readonly payload: string
  readonly headers: Buffer | null
  readonly secret: Buffer
  readonly state: 'requested' | 'active' | 'error' | 'off'
  readonly ends_at: Date | null
  readonly attempts: number
}

const columns = sql`user_id, id, requester, type, channel, query, endpoint, payload, headers, secret, state, ends_at, attempts`

/** Whether anybody is to be told of changes of one of these types. */
export async function isWatched(db: Database, personId: string, types: readonly string[]): Promise<boolean> {
  const row = await db.one(sql`select 1 as one from fhir.subscription
    where user_id = ${personId} and state = 'active' and type = any(${[...types]}::text[]) limit 1`)
  return row !== undefined
}

export function findSubscription(db: Database, personId: string, id: string): Promise<SubscriptionRow | undefined> {
  return db.one<SubscriptionRow>(
    sql`select ${columns} from fhir.subscription where user_id = ${personId} and id = ${id}`,
  )
}

export function listActive(
  db: Database,
  personId: string,
  types: readonly string[],
  now: Date,
): Promise<SubscriptionRow[]> {
  return db.many<SubscriptionRow>(sql`select ${columns} from fhir.subscription
    where user_id = ${personId} and state = 'active' and type = any(${[...types]}::text[])
      and (ends_at is null or ends_at > ${now}) order by id limit 200`)
}

/** How many a record has that are not off. */
export async function countSubscriptions(db: Database, personId: string, but: string): Promise<number> {
  const row = await db.one<{ count: number }>(sql`select count(*) as count from fhir.subscription
    where user_id = ${personId} and id <> ${but} and state <> 'off'`)
  return row?.count ?? 0
}

/** Keeps a subscription as it is asked for now; its secret stays what it was. */
export async function keepSubscription(db: Database, row: Omit<SubscriptionRow, 'attempts'>): Promise<void> {
  await db.run(sql`insert into fhir.subscription
      (user_id, id, requester, type, channel, query, endpoint, payload, headers, secret, state, ends_at)
    values (${row.user_id}, ${row.id}, ${row.requester}, ${row.type}, ${row.channel}, ${row.query}, ${row.endpoint}, ${row.payload},
      ${row.headers}, ${row.secret}, ${row.state}, ${row.ends_at})
    on conflict (user_id, id) do update set requester = excluded.requester, type = excluded.type, query = excluded.query,
      channel = excluded.channel,      endpoint = excluded.endpoint, payload = excluded.payload, headers = excluded.headers, state = excluded.state,
      ends_at = excluded.ends_at, attempts = 0`)
}

export async function dropSubscriptions(transaction: Transaction, personId: string, ids: readonly string[]) {
  await transaction.run(
    sql`delete from fhir.notification where user_id = ${personId} and subscription = any(${[...ids]}::text[])`,
  )
  await transaction.run(
    sql`delete from fhir.subscription where user_id = ${personId} and id = any(${[...ids]}::text[])`,
  )
}

/** Moves a subscription to another state; false when it is not in `from` any more. */
export async function setState(
  db: Database,
  personId: string,
  id: string,
  { from, to }: { readonly from: readonly SubscriptionRow['state'][]; readonly to: SubscriptionRow['state'] },
): Promise<boolean> {
  const touched = await db.run(sql`update fhir.subscription set state = ${to}
    where user_id = ${personId} and id = ${id} and state = any(${[...from]}::text[])`)
  return touched === 1
}

export async function noteAttempt(db: Database, personId: string, id: string): Promise<void> {
  await db.run(sql`update fhir.subscription set attempts = attempts + 1 where user_id = ${personId} and id = ${id}`)
}

export interface VersionName {
  readonly type: string
  readonly id: string
  readonly version: number
}

/** Versions as they were written; deletions are left out. */
export function readVersions(db: Database, personId: string, names: readonly VersionName[]) {
  return db.many<
    VersionName & { updated_at: Date; content: string }
  >(sql`select h.type, h.id, h.version, h.updated_at, h.content
    from unnest(${names.map((one) => one.type)}::text[], ${names.map((one) => one.id)}::text[],
      ${names.map((one) => one.version)}::integer[]) as named (type, id, version)
    join fhir.history h on h.user_id = ${personId} and h.type = named.type and h.id = named.id and h.version = named.version
    where h.method <> 'DELETE'`)
}

export interface NotificationRow {
  readonly id: string
  readonly subscription: string
  readonly type: string
  readonly resource_id: string
  readonly version: number
  readonly state: 'waiting' | 'sent' | 'dropped' | 'dead'
  readonly attempts: number
  readonly created_at: Date
}

/** Writes notifications; gives those that were not there. */
export function insertNotifications(
  db: Database,
  personId: string,
  rows: readonly (VersionName & { readonly id: string; readonly subscription: string; readonly resourceId: string })[],
  now: Date,
): Promise<{ id: string }[]> {
  return db.many(sql`insert into fhir.notification (id, user_id, subscription, type, resource_id, version, state, created_at)
    select given.id, ${personId}::uuid, subscription, type, resource_id, version, 'waiting', ${now}::timestamptz
      from unnest(${rows.map((one) => one.id)}::uuid[], ${rows.map((one) => one.subscription)}::text[],
        ${rows.map((one) => one.type)}::text[], ${rows.map((one) => one.resourceId)}::text[],
        ${rows.map((one) => one.version)}::integer[]) as given (id, subscription, type, resource_id, version)
    on conflict do nothing returning id`)
}

export function findNotification(db: Database, personId: string, id: string): Promise<NotificationRow | undefined> {
  return db.one<NotificationRow>(sql`select id, subscription, type, resource_id, version, state, attempts, created_at
    from fhir.notification where id = ${id} and user_id = ${personId}`)
}

export async function endNotification(
  db: Database,
  id: string,
  state: 'sent' | 'dropped' | 'dead',
  now: Date,
): Promise<void> {
  await db.run(sql`update fhir.notification set state = ${state}, ended_at = ${now} where id = ${id}`)
}

export async function noteFailure(db: Database, id: string, error: string): Promise<void> {
  await db.run(sql`update fhir.notification set attempts = attempts + 1, last_error = ${error} where id = ${id}`)
}

/** Removes what was told or given up long ago, of all people; needs the system handle. */
export function forgetEnded(systemDb: Database, before: Date): Promise<number> {
  return systemDb.run(sql`delete from fhir.notification where ended_at < ${before}`)
}

export async function exportSubscriptions(db: Database, personId: string) {
  const subscription = await db.many(sql`select id, type, channel, query, endpoint, payload, state, ends_at
    from fhir.subscription where user_id = ${personId} order by id`)
  const notification = await db.many(sql`select subscription, type, resource_id, version, state, created_at, ended_at
    from fhir.notification where user_id = ${personId} order by created_at`)
  return { subscription, notification }
}

export async function eraseSubscriptions(transaction: Transaction, personId: string) {
  const notification = await transaction.run(sql`delete from fhir.notification where user_id = ${personId}`)
  const subscription = await transaction.run(sql`delete from fhir.subscription where user_id = ${personId}`)
  return { subscription, notification }
}
