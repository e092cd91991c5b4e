import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../testing/clock.ts'
import { type Frame, identityService, openFrame, recordedLog, until } from '../testing/frame.ts'
import { ledgerMigrations, ledgerService } from '../testing/ledger.ts'
import { notesMigrations, notesService } from '../testing/notes.ts'
import { defineContract, event } from './contract.ts'
import { asPlatformError } from './errors.ts'
import { object, uuid } from './fields.ts'
import { defineService } from './service.ts'
import { sql } from './sql.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'

async function opened(more: Partial<Parameters<typeof openFrame>[0]> = {}): Promise<Frame> {
  return openFrame({ services: [identityService(), notesService()], migrations: [notesMigrations], ...more })
}

describe('a database that goes away', () => {
  test('connections that are ended while in use and while idle fail their work as 503, and the next call works', async () => {
    const log = recordedLog()
    const frame = await opened({ log })
    try {
      const { db, transact } = frame.platform.systemContext('notes', ASHA)
      const backend = sql`select pg_backend_pid() as pid`
      const inUse = transact(async (transaction) => {
        const row = await transaction.one<{ pid: number }>(backend)
        await frame.rows('select pg_terminate_backend($1)', [row?.pid])
        await transaction.many(sql`select 1`)
      })
      await assert.rejects(inUse, (error) => asPlatformError(error).status === 503)
      const idle = await db.one<{ pid: number }>(backend)
      await frame.rows('select pg_terminate_backend($1)', [idle?.pid])
      await until('the pool noticed', () => log.lines.some((line) => line.includes('a database connection was lost')))
      assert.equal((await frame.request('GET', '/notes', { as: { accountId: ASHA } })).status, 200)
    } finally {
      await frame.close()
    }
  })

  test('while it is away requests answer 503 with Retry-After, /health still answers 200, /ready 503; then all is well', async () => {
    const frame = await opened()
    const as = { accountId: ASHA }
    try {
      assert.equal((await frame.request('GET', '/notes', { as })).status, 200)
      const comeBack = await frame.database.cutOff()
      try {
        // The first one meets the connection that just broke, the second one finds none.
        for (const _attempt of [1, 2]) {
          const away = await frame.request('GET', '/notes', { as })
          assert.equal(away.status, 503, away.text)
          assert.equal(away.body.code, 'unavailable')
          assert.equal(away.headers['retry-after'], '2')
        }
        assert.equal((await frame.request('GET', '/ready')).status, 503)
        const health = await frame.request('GET', '/health')
        assert.equal(health.status, 200)
        assert.equal(health.body.status, 'degraded')
        assert.equal(health.body.services.database, 'unavailable')
        assert.equal((await frame.request('GET', '/notes/health')).status, 200)
      } finally {
        await comeBack()
      }
      assert.equal((await frame.request('GET', '/ready')).status, 200)
      assert.equal((await frame.request('GET', '/health')).body.status, 'healthy')
      assert.equal((await frame.request('GET', '/notes', { as })).status, 200)
    } finally {
      await frame.close()
    }
  })

  test('/health asks nobody: it answers while every connection is taken', async () => {
    const frame = await opened({ environment: { DATABASE_CONNECTIONS: '2' } })
    try {
      const { systemPool } = frame.platform
      const taken = await Promise.all(Array.from({ length: systemPool.options.max }, () => systemPool.connect()))
      for (const url of ['/health', '/notes/health', '/services', '/metrics']) {
        assert.equal((await frame.request('GET', url)).status, 200, url)
      }
      assert.equal(systemPool.waitingCount, 0)
      for (const client of taken) client.release()
    } finally {
      await frame.close()
    }
  })

  test('refusals noted while it was away are written when it is back', async () => {
    const frame = await opened()
    try {
      const comeBack = await frame.database.cutOff()
      try {
        await frame.request('GET', '/notes', { as: { accountId: ASHA, scopes: [] } })
        await frame.platform.audit.settle()
      } finally {
        await comeBack()
      }
      await frame.platform.audit.settle()
      const rows = await frame.rows('select account_id, operation, outcome, reason from kernel.audit')
      assert.deepEqual(rows, [
        { account_id: ASHA, operation: 'list', outcome: 'refused', reason: 'insufficient_scope' },
      ])
    } finally {
      await frame.close()
    }
  })

  test('a query that takes too long answers 504', async () => {
    const slow = notesService({
      handlers: {
        ...(notesService().handlers as never as object),
        list: (context: {
          transact: (work: (t: { run(s: unknown): Promise<number> }) => Promise<unknown>) => unknown
        }) =>
          context.transact(async (transaction) => {
            await transaction.run(sql`set local statement_timeout = 20`)
            await transaction.run(sql`select pg_sleep(20)`)
            return []
          }),
      } as never,
    })
    const frame = await openFrame({ services: [identityService(), slow], migrations: [notesMigrations] })
    try {
      const answer = await frame.request('GET', '/notes', { as: { accountId: ASHA } })
      assert.equal(answer.status, 504)
      assert.equal(answer.body.code, 'timeout')
      const [row] = await frame.platform
        .systemContext('notes')
        .db.many<{ limit: string }>(sql`select current_setting('statement_timeout') as limit`)
      assert.deepEqual(row, { limit: '30s' }, 'every connection has a limit, whatever the server says')
    } finally {
      await frame.close()
    }
  })
})

describe('upkeep by itself', () => {
  test('work that another process queued is taken up at word of it', async () => {
    const clock = { now: () => new Date() } as FakeClock
    const peers = new Map([['elsewhere', 'http://127.0.0.1:9']])
    const both = { migrations: [ledgerMigrations], peers, clock, isAutomatic: true }
    const writer = await openFrame({ ...both, services: [identityService(), notesService()] })
    const worker = await openFrame({
      ...both,
      services: [identityService(), ledgerService()],
      database: writer.database,
    })
    try {
      const { transact } = writer.platform.systemContext('notes', ASHA)
      await transact((transaction) => transaction.enqueue('tally', { label: 'now' }))
      await until('it ran', async () => (await writer.rows('select 1 from notes.effect')).length === 1)
    } finally {
      await worker.close()
      await writer.close()
    }
  })

  test('what the frame keeps for a while is pruned, and nothing that is still to be done', async () => {
    const clock = new FakeClock()
    const frame = await openFrame({
      services: [identityService(), ledgerService()],
      migrations: [ledgerMigrations],
      clock,
    })
    try {
      const old = "timestamptz '2026-01-01'"
      await frame.rows(`insert into kernel.outbox (id, service, type, topic, key, data, created_at) values
        ('00000000-0000-0000-0000-00000000000a', 'notes', 't', 't', '${ASHA}', '{}', ${old}),
        ('00000000-0000-0000-0000-00000000000b', 'notes', 't', 't', '${ASHA}', '{}', ${old})`)
      await frame.rows(`insert into kernel.inbox (event_id, consumer, position, key, next_at) values
        ('00000000-0000-0000-0000-00000000000b', 'gone.away', 1, '${ASHA}', ${old})`)
      await frame.rows(`insert into kernel.idempotency (account_key, key, operation, body_hash, created_at) values
        ('a', 'old', 'o', 'h', ${old}), ('a', 'new', 'o', 'h', timestamptz '2026-06-15T10:00:00Z')`)
      await frame.platform.upkeep.prune()
      assert.deepEqual(await frame.rows('select id from kernel.outbox'), [
        { id: '00000000-0000-0000-0000-00000000000b' },
      ])
      assert.deepEqual(await frame.rows('select key from kernel.idempotency'), [{ key: 'new' }])
    } finally {
      await frame.close()
    }
  })
})

const leaving = defineContract({
  name: 'leaving',
  summary: 'Announces that somebody leaves, for tests of the frame.',
  operations: {},
  events: { left: event(1, object({ user_id: uuid() }), { summary: 'A person left', erasesPerson: true }) },
})

describe('people who left, where the process ended before it could forget them', () => {
  const OLD_ROWS = 20_000
  const announcement = `insert into kernel.outbox (id, service, type, topic, key, data, created_at)
    values (gen_random_uuid(), 'leaving', $1, 'health-events', $2, '{}', $3) returning id`

  test('are found once all have heard of it, however late, and a look reads what is new and nothing else', async () => {
    const services = [identityService(), notesService(), defineService({ contract: leaving, needs: [], handlers: {} })]
    const frame = await openFrame({ services, migrations: [notesMigrations] })
    try {
      const now = () => frame.clock.now()
      await frame.rows(
        `insert into kernel.outbox (id, service, type, topic, key, data, created_at)
         select gen_random_uuid(), 'notes', 'notes.note-added.v1', 'health-events', gen_random_uuid()::text, '{}',
           $2::timestamptz - interval '1 day' - n * interval '1 minute' from generate_series(1, $1::integer) n`,
        [OLD_ROWS, now()],
      )
      await frame.rows('analyze kernel.outbox')
      const [heard] = await frame.rows(announcement, ['leaving.left.v1', 'gone-before', now()])
      const [late] = await frame.rows(announcement, ['leaving.left.v1', 'gone-late', now()])
      await frame.rows(announcement, ['notes.note-added.v1', 'gone-late', now()])
      await frame.rows(
        `insert into kernel.inbox (event_id, consumer, position, key, next_at, done_at) select o.id, c.name, 0, o.key, $3::timestamptz,
           case when o.id = $1 or c.name = 'elsewhere.one' then $3::timestamptz end
           from kernel.outbox o, (values ('elsewhere.one'), ('elsewhere.two')) c (name) where o.id in ($1, $2)`,
        [heard?.id, late?.id, now()],
      )
      const keys = () => frame.rows("select key from kernel.outbox where key like 'gone-%' order by key")
      await frame.platform.upkeep.prune()
      assert.deepEqual(await keys(), [{ key: 'gone-late' }, { key: 'gone-late' }])
      frame.clock.advance({ hours: 5 })
      await frame.rows("update kernel.inbox set done_at = $1 where consumer = 'elsewhere.two'", [now()])
      assert.ok((await rowsLookedAt(frame)) < 50)
      assert.deepEqual(await keys(), [])
    } finally {
      await frame.close()
    }
  })

  /** So many rows of the outbox the look for people who left reads, which is done along the way. */
  async function rowsLookedAt(frame: Frame): Promise<number> {
    const { systemPool, upkeep } = frame.platform
    const send = systemPool.query
    let looked: [string, unknown[]] | undefined
    systemPool.query = ((...given: [string, unknown[]]) => {
      if (given[0].includes('leaving as')) looked = given
      return looked === given ? { rows: [] } : (send as (...all: unknown[]) => unknown).apply(systemPool, given)
    }) as never
    try {
      await upkeep.prune()
    } finally {
      systemPool.query = send
    }
    assert.ok(looked)
    const [explained] = await frame.rows(`explain (analyze, format json) ${looked[0]}`, looked[1])
    const plans = explained?.['QUERY PLAN'] as { Plan: PlanNode }[] | undefined
    return rowsOf(plans?.[0]?.Plan)
  }
})

interface PlanNode {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

/** What all scans of the outbox in a plan read, whether they kept it or not. */
function rowsOf(node: PlanNode | undefined): number {
  if (node === undefined) return 0
  const read = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
  const below = (node.Plans ?? []).reduce((sum, one) => sum + rowsOf(one), 0)
  return (node['Relation Name'] === 'outbox' ? read : 0) + below
}
