import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type pg from 'pg'
import { createDatabase, type TestDatabase } from '../testing/database.ts'
import { until } from '../testing/frame.ts'
import { openPool } from './pool.ts'
import { SharedConnections } from './sharedConnections.ts'
import { StatementLanes } from './statementLanes.ts'

describe('connections that statements share', () => {
  let database: TestDatabase
  let pool: pg.Pool
  before(async () => {
    database = await createDatabase()
    pool = openPool({ url: database.url, role: undefined, connections: 3, onError: () => undefined })
  })
  after(async () => {
    await pool.end()
    await database.drop()
  })

  test('that are given back and taken again a hundred times carry nothing from one time to the next', async () => {
    const shared = new SharedConnections(pool, 1, () => undefined, { idleMs: 0 })
    const counts = new Set<string>()
    for (let time = 0; time < 100; time += 1) {
      let used: pg.PoolClient | undefined
      await shared.run((client) => {
        used = client
        counts.add(`${client.listenerCount('error')} ${client.listenerCount('end')}`)
        return client.query('select 1')
      })
      await until('it is given back', () => used !== undefined && pool.idleCount === pool.totalCount)
    }
    assert.equal(counts.size, 1, [...counts].join(', '))
    shared.close()
  })

  test('that are lost are replaced: the next statement finds another', async () => {
    const lost: Error[] = []
    const shared = new SharedConnections(pool, 2, (error) => lost.push(error))
    const pid = (client: pg.PoolClient) => client.query('select pg_backend_pid() as pid')
    const { rows } = await shared.run(pid)
    await database.owner.query('select pg_terminate_backend($1)', [rows[0].pid])
    await until('it is noticed', () => lost.length > 0)
    const after = await shared.run(pid)
    assert.notEqual(after.rows[0].pid, rows[0].pid)
    shared.close()
  })

  test('give every statement its own answer, however many are on their way', async () => {
    const shared = new SharedConnections(pool, 2, () => undefined)
    const numbers = Array.from({ length: 200 }, (_unused, n) => n)
    const answers = await Promise.all(
      numbers.map((n) =>
        shared.run(async (client) =>
          n % 7 === 0
            ? client.query('select 1 / 0').then(
                () => -1,
                () => n,
              )
            : Number((await client.query('select $1::int as n', [n])).rows[0].n),
        ),
      ),
    )
    assert.deepEqual(answers, numbers)
    shared.close()
  })

  test('a statement that takes long holds up nobody who comes later, and nobody at all the next time', async () => {
    let nowMs = 0
    const own = openPool({ url: database.url, role: undefined, connections: 5, onError: () => undefined })
    const lanes = new StatementLanes(own, 5, () => undefined, { nowMs: () => nowMs })
    const wait = () => lanes.run('wait', (client) => client.query('select pg_advisory_xact_lock(7)'))
    const ask = () => lanes.run('ask', (client) => client.query('select 1 as one'))
    const holder = await own.connect()
    const order: string[] = []
    const note = (what: string) => () => void order.push(what)
    try {
      await holder.query('select pg_advisory_lock(7)')
      await ask()
      const first = wait().then(note('waited'))
      nowMs += 200
      await ask().then(note('asked'))
      await holder.query('select pg_advisory_unlock(7)')
      await first
      await holder.query('select pg_advisory_lock(7)')
      const second = wait().then(note('waited'))
      await Promise.all([ask(), ask(), ask(), ask(), ask(), ask()]).then(note('asked'))
      await holder.query('select pg_advisory_unlock(7)')
      await second
      assert.deepEqual(order, ['asked', 'waited', 'asked', 'waited'])
    } finally {
      holder.release()
      lanes.close()
      await own.end()
    }
  })
})
