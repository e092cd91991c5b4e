import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../testing/clock.ts'
import { type Frame, identityService, openFrame, recordedLog, until } from '../testing/frame.ts'
import { ledgerMigrations, ledgerService } from '../testing/ledger.ts'
import { notesMigrations, notesService } from '../testing/notes.ts'
import { asPlatformError } from './errors.ts'
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
