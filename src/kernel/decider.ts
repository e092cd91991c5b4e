import type pg from 'pg'
import type { AccessDecider, AccessDecision } from './authorize.ts'
import type { Clock } from './clock.ts'

/** One indexed query, the one that the policy on every table asks too; in every process, without asking another service. */
export function accessDecider(systemPool: pg.Pool, clock: Clock): AccessDecider {
  return async (accountId, personId, { category, action, purpose, recipient }) => {
    const { rows } = await systemPool.query<AccessDecision>({
      name: 'salus_decide_access',
      text: 'select verdict, source, source_id from kernel.decide_access($1, $2, $3, $4, $5, $6, $7)',
      values: [accountId, personId, category, action, purpose ?? null, recipient ?? null, clock.now()],
    })
    return rows[0] as AccessDecision
  }
}
