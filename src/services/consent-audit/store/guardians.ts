import type { Database } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface ProofRow {
  readonly user_id: string
  readonly account_id: string
  readonly relationship: 'parent' | 'legal_guardian'
  readonly method: 'verified-account' | 'checked-by-operator'
  readonly state: 'waiting' | 'verified' | 'refused'
  readonly declared_at: Date
  readonly decided_at: Date | null
}

const columns = sql`user_id, account_id, relationship, method, state, declared_at, decided_at`

export function findProof(db: Database, personId: string, accountId: string): Promise<ProofRow | undefined> {
  return db.one<ProofRow>(
    sql`select ${columns} from consent_audit.guardian_proof where user_id = ${personId} and account_id = ${accountId}`,
  )
}

/** Writes the declaration; a proof that stands is not taken back by a weaker one. */
export async function writeProof(db: Database, proof: ProofRow): Promise<ProofRow> {
  const row = await db.one<ProofRow>(
    sql`insert into consent_audit.guardian_proof as p (${columns})
        values (${proof.user_id}, ${proof.account_id}, ${proof.relationship}, ${proof.method}, ${proof.state},
          ${proof.declared_at}, ${proof.decided_at})
        on conflict (user_id, account_id) do update set relationship = excluded.relationship,
          method = case when p.state = 'verified' then p.method else excluded.method end,
          state = case when p.state = 'verified' then p.state else excluded.state end,
          decided_at = case when p.state = 'verified' then p.decided_at else excluded.decided_at end,
          declared_at = excluded.declared_at
        returning ${columns}`,
  )
  return row as ProofRow
}

/** Of all people; needs the system handle. */
export function waitingProofs(systemDb: Database, limit: number): Promise<ProofRow[]> {
  return systemDb.many<ProofRow>(
    sql`select ${columns} from consent_audit.guardian_proof where state = 'waiting' order by declared_at limit ${limit}`,
  )
}

/** Decides a declaration that waits, or was decided before; undefined when there is none. Needs the system handle. */
export function decideProof(
  systemDb: Database,
  { personId, accountId, isAccepted }: { personId: string; accountId: string; isAccepted: boolean },
  now: Date,
): Promise<ProofRow | undefined> {
  return systemDb.one<ProofRow>(
    sql`update consent_audit.guardian_proof set state = ${isAccepted ? 'verified' : 'refused'},
          method = 'checked-by-operator', decided_at = ${now}
         where user_id = ${personId} and account_id = ${accountId} returning ${columns}`,
  )
}
