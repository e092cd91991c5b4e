import type { Database, Transaction } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'
import type { BulkFile, NewJob } from './bulk.ts'

/** Records of others that an account may read now, at most `limit`, in order of their ids; needs the system handle. */
export async function openRecords(systemDb: Database, accountId: string, now: Date, limit: number): Promise<string[]> {
  const rows = await systemDb.many<{ person_id: string }>(sql`
    select person_id from kernel.records_of(${accountId}::uuid, 'health_records', ${now}::timestamptz, ${limit}) as person_id
     where kernel.opens_record(${accountId}::uuid, person_id, 'health_records', 'read', ${now}::timestamptz)`)
  return rows.map((row) => row.person_id)
}

/** Which of these records hold a resource, at most two; needs the system handle. */
export async function recordsHolding(
  systemDb: Database,
  records: readonly string[],
  { type, id }: { readonly type: string; readonly id: string },
): Promise<string[]> {
  const rows = await systemDb.many<{ user_id: string }>(sql`select user_id from fhir.resource
    where user_id = any(${[...records]}::uuid[]) and type = ${type} and id = ${id} and not is_deleted limit 2`)
  return rows.map((row) => row.user_id)
}

/** Writes the part of a job that is about one record; false where an earlier run did. */
export async function insertPart(transaction: Transaction, part: NewJob & { readonly parent: string }) {
  const written = await transaction.run(sql`insert into fhir.bulk_job
      (id, user_id, requester, kind, state, request, parameters, position, created_at, expires_at, parent)
    values (${part.id}, ${part.personId}, ${part.requester}, ${part.kind}, 'waiting', ${part.request},
      ${JSON.stringify(part.parameters)}::jsonb, ${JSON.stringify(part.position)}::jsonb, ${part.now}, ${part.expiresAt},
      ${part.parent})
    on conflict (id) do nothing`)
  return written === 1
}

export interface PartsState {
  readonly parts: number
  readonly open: number
  readonly failed: number
  readonly done_count: number
  readonly total_count: number
}

/** How far the parts of a job are; needs the system handle. */
export async function partsState(systemDb: Database, parent: string): Promise<PartsState> {
  const row = await systemDb.one<PartsState>(sql`select count(*) as parts,
      count(*) filter (where state in ('waiting', 'running')) as open, count(*) filter (where state = 'failed') as failed,
      coalesce(sum(done_count), 0)::bigint as done_count, coalesce(sum(total_count), 0)::bigint as total_count
    from fhir.bulk_job where parent = ${parent}`)
  return row ?? { parts: 0, open: 0, failed: 0, done_count: 0, total_count: 0 }
}

export interface PartFile extends BulkFile {
  readonly user_id: string
}

/** The files of all parts whose record the requester may still read, at most `limit`; needs the system handle. */
export function listPartFiles(
  systemDb: Database,
  job: { readonly id: string; readonly requester: string },
  now: Date,
  limit: number,
): Promise<PartFile[]> {
  return systemDb.many<PartFile>(sql`
    select f.id, f.user_id, f.job, f.kind, f.type, f.ordinal, f.address, f.count, f.size_bytes
      from (select id, user_id from fhir.bulk_job where parent = ${job.id} and state = 'done'
          and (user_id = ${job.requester}
            or kernel.opens_record(${job.requester}::uuid, user_id, 'health_records', 'read', ${now}::timestamptz))) part
        join fhir.bulk_file f on f.job = part.id
     order by f.user_id, f.ordinal limit ${limit}`)
}

/** The parts of a job behind one of them; needs the system handle. */
export function listParts(systemDb: Database, parent: string, after: string, limit: number) {
  return systemDb.many<{ id: string; user_id: string }>(sql`select id, user_id from fhir.bulk_job
    where parent = ${parent} and user_id > ${after}::uuid order by user_id limit ${limit}`)
}
