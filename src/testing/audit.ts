import type pg from 'pg'
import { openSigner, type Signer } from '../kernel/audit/signer.ts'
import { type AuditReport, type VerifyOptions, verifyAudit } from '../kernel/audit/verify.ts'
import { Audit } from '../kernel/audit.ts'
import { systemCaller } from '../kernel/context.ts'
import { silentLog } from '../kernel/log.ts'
import { SYSTEM_ROLE } from '../kernel/migrate.ts'
import { openPool } from '../kernel/pool.ts'
import type { Caller } from '../kernel/principal.ts'
import { FakeClock } from './clock.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { frameMigrations, principalOf } from './frame.ts'

/** An audit on a database of its own, without a platform around it. */
export interface TestAudit {
  readonly database: TestDatabase
  readonly clock: FakeClock
  readonly pool: pg.Pool
  readonly signer: Signer
  readonly audit: Audit
  /** Notes `count` rows, spread over the given people and accounts, and waits until they are written. */
  fill(count: number, people: readonly string[], accounts?: readonly string[]): Promise<void>
  verify(options?: Partial<VerifyOptions>): Promise<AuditReport>
  /** Verifies with the changes of `tamper`, made as the owner of the database, and takes them back. */
  verifyAfter(tamper: (client: pg.PoolClient) => Promise<unknown>): Promise<AuditReport>
  close(): Promise<void>
}

/** The caller of a request from this account. */
export function requestOf(accountId: string, more: Partial<Caller> = {}): Caller {
  const principal = principalOf({ accountId })
  return { ...systemCaller('request', accountId), origin: 'request', address: '203.0.113.7', principal, ...more }
}

/** Opens an audit. Close it in `after`, or at the end of the test. */
export async function openTestAudit(): Promise<TestAudit> {
  const database = await createDatabase([frameMigrations()])
  const clock = new FakeClock()
  const onError = () => undefined
  const pool = openPool({ url: database.url, role: SYSTEM_ROLE, connections: 3, onError })
  const signer = openSigner('a key that signs the audits of tests')
  const audit = new Audit(pool, clock, silentLog, signer)
  const trusted = { publicKeys: [signer.publicKey] }
  return {
    database,
    clock,
    pool,
    signer,
    audit,
    fill: async (count, people, accounts = people) => {
      for (let index = 0; index < count; index += 1) {
        const target = { service: 'notes', name: `operation${index % 7}`, kind: index % 3 === 0 ? 'command' : 'query' }
        const caller = requestOf(accounts[index % accounts.length] as string, { requestId: `request-${index}` })
        const grounds = index % 2 === 0 ? { purpose: 'treatment', grantId: `grant-${index % 11}` } : {}
        audit.record(
          target,
          caller,
          people[(index * 7) % people.length],
          index % 5 === 0 ? 'refused' : 'allowed',
          'grant',
          grounds,
        )
        if (index % 1000 === 999) await audit.settle()
      }
      await audit.settle()
    },
    verify: async (options) => {
      const client = await database.owner.connect()
      try {
        return await verifyAudit(client, { ...trusted, ...options })
      } finally {
        client.release()
      }
    },
    verifyAfter: async (tamper) => {
      const client = await database.owner.connect()
      try {
        await client.query('begin')
        // Only the owner can: the trigger is what stops everybody, the owner's own slips included.
        await client.query('alter table kernel.audit_leaf disable trigger user')
        await tamper(client)
        return await verifyAudit(client, trusted)
      } finally {
        await client.query('rollback')
        client.release()
      }
    },
    close: async () => {
      await audit.settle()
      await pool.end()
      await database.drop()
    },
  }
}
