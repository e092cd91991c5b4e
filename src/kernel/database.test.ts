import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { type Frame, migrationsFrom, openFrame, principalOf } from '../testing/frame.ts'
import { notes, notesMigrations, notesService } from '../testing/notes.ts'
import { systemCaller } from './context.ts'
import { newId } from './ids.ts'
import type { Context } from './service.ts'
import { join, nothing, raw, sql } from './sql.ts'

const PEOPLE = [1, 2, 3, 4, 5].map((n) => `0197c000-0000-7000-8000-00000000000${n}`)
const [ASHA = '', RAVI = ''] = PEOPLE

const withDevices = migrationsFrom(
  'notes',
  notesMigrations.migrations[0]?.text ?? '',
  `create table notes.device (id uuid primary key, account_id uuid not null, name text not null);
   create table notes.word (word text primary key);
   create view notes.everything as select user_id, body from notes.note;`,
)

describe('data of a scope', () => {
  let frame: Frame
  before(async () => {
    // Two connections for five people: every connection changes hands all the time.
    frame = await openFrame({
      services: [notesService()],
      migrations: [withDevices],
      environment: { DATABASE_CONNECTIONS: '2' },
    })
  })
  after(() => frame.close())

  /** The data as a person sees it. */
  function dataOf(personId: string | undefined, accountId = personId): Context {
    const principal = accountId === undefined ? undefined : principalOf({ accountId })
    return frame.platform.contextFor('notes', { ...systemCaller(newId(), personId), principal })
  }

  const insert = (userId: string, body: string) =>
    sql`insert into notes.note (id, user_id, body) values (${newId()}, ${userId}, ${body})`
  const everybody = sql`select user_id, body from notes.note`

  async function fresh(): Promise<void> {
    await frame.rows('truncate notes.note, notes.device, notes.word')
    await frame.rows('truncate kernel.outbox cascade')
    for (const person of PEOPLE) await dataOf(person).db.run(insert(person, `of ${person}`))
  }

  test("another person's rows can't be seen, changed or deleted", async () => {
    await fresh()
    const { db } = dataOf(RAVI)
    assert.deepEqual(await db.many(everybody), [{ user_id: RAVI, body: `of ${RAVI}` }])
    assert.equal(await db.run(sql`update notes.note set body = 'mine' where user_id = ${ASHA}`), 0)
    assert.equal(await db.run(sql`delete from notes.note where user_id <> ${RAVI}`), 0)
    assert.equal((await frame.rows('select * from notes.note')).length, PEOPLE.length)
  })

  test('a row for somebody else is refused, and so is giving one away', async () => {
    await fresh()
    const { db } = dataOf(RAVI)
    await assert.rejects(db.run(insert(ASHA, 'foreign')), { code: '42501' })
    await assert.rejects(db.run(sql`update notes.note set user_id = ${ASHA} where user_id = ${RAVI}`), {
      code: '42501',
    })
    const stored = await frame.rows('select body from notes.note where user_id = $1', [ASHA])
    assert.deepEqual(stored, [{ body: `of ${ASHA}` }])
  })

  test('without a scope there are no rows', async () => {
    await fresh()
    assert.deepEqual(await dataOf(undefined).db.many(everybody), [])
    await assert.rejects(dataOf(undefined).db.run(insert(ASHA, 'nobody')), { code: '42501' })
  })

  test("a view shows a person's own rows only", async () => {
    await fresh()
    assert.deepEqual(await dataOf(ASHA).db.many(sql`select user_id from notes.everything`), [{ user_id: ASHA }])
    assert.deepEqual(await dataOf(undefined).db.many(sql`select user_id from notes.everything`), [])
  })

  test('a table with account_id follows the account, not the person of the call', async () => {
    await fresh()
    const guardian = dataOf(ASHA, RAVI)
    await guardian.db.run(sql`insert into notes.device (id, account_id, name) values (${newId()}, ${RAVI}, 'watch')`)
    await assert.rejects(
      guardian.db.run(sql`insert into notes.device (id, account_id, name) values (${newId()}, ${ASHA}, 'watch')`),
      { code: '42501' },
    )
    assert.equal((await guardian.db.many(sql`select 1 from notes.device`)).length, 1)
    assert.equal((await dataOf(ASHA).db.many(sql`select 1 from notes.device`)).length, 0)
  })

  test('the system handle reaches all rows, and says so by its name only', async () => {
    await fresh()
    assert.equal((await dataOf(undefined).system('test').db.many(everybody)).length, PEOPLE.length)
  })

  test("a service can't read what the frame keeps for everybody", async () => {
    for (const table of ['idempotency', 'outbox', 'inbox', 'job', 'audit', 'migration']) {
      await assert.rejects(dataOf(ASHA).db.many(sql`select * from ${raw(`kernel.${table}`)}`), { code: '42501' }, table)
    }
  })

  /** One thing a person does with the pool; each checks that it saw nothing of others. */
  const actions: readonly ((person: string) => Promise<void>)[] = [
    async (person) => owned(person, await dataOf(person).db.many(everybody)),
    async (person) => void (await dataOf(person).db.run(insert(person, 'one'))),
    async (person) => void (await assert.rejects(dataOf(person).db.many(sql`select 1 / 0 from notes.note`))),
    async (person) =>
      void (await assert.rejects(dataOf(person).db.run(insert(ASHA === person ? RAVI : ASHA, 'foreign')))),
    async (person) => {
      const [first = []] = await dataOf(person).db.batch([everybody, insert(person, 'batch')])
      owned(person, first)
    },
    async (person) => {
      await assert.rejects(dataOf(person).db.batch([insert(person, 'lost'), sql`select 1 / 0`, everybody]))
    },
    async (person) => {
      await dataOf(person).transact(async (transaction) => {
        owned(person, await transaction.many(everybody))
        await transaction.run(insert(person, 'transaction'))
        owned(person, await transaction.many(everybody))
      })
    },
    async (person) => {
      const rolledBack = dataOf(person).transact(async (transaction) => {
        await transaction.run(insert(person, 'lost'))
        owned(person, await transaction.many(everybody))
        throw new Error('changed its mind')
      })
      await assert.rejects(rolledBack, /changed its mind/)
    },
    async (person) => {
      await assert.rejects(dataOf(`${person}\u0000`).db.many(everybody))
    },
    async () => assert.deepEqual(await dataOf(undefined).db.many(everybody), []),
  ]

  function owned(person: string, rows: readonly object[]): void {
    for (const row of rows as { user_id: string }[]) assert.equal(row.user_id, person)
    assert.ok(rows.length > 0, 'everybody has a row of their own')
  }

  test('property: whatever happens side by side on few connections, nobody sees or touches a row of another', async () => {
    const step = fc.record({ person: fc.constantFrom(...PEOPLE), action: fc.nat(actions.length - 1) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await fresh()
        await Promise.all(steps.map(({ person, action }) => actions[action]?.(person)))
        for (const person of PEOPLE) owned(person, await dataOf(person).db.many(everybody))
        assert.deepEqual(await frame.rows("select 1 from notes.note where body in ('lost', 'foreign')"), [])
        const kept = steps.filter(({ action }) => [1, 4, 6].includes(action)).length
        assert.equal((await frame.rows('select 1 from notes.note')).length, PEOPLE.length + kept)
      }),
      { numRuns: 40 },
    )
  })

  test('a scope that could not be set lets nothing run under the scope before', async () => {
    await fresh()
    const broken = () => dataOf(`${RAVI}\u0000`)
    const mine = async () =>
      assert.deepEqual(await dataOf(ASHA).db.many(everybody), [{ user_id: ASHA, body: `of ${ASHA}` }])
    const change = sql`delete from notes.note`
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => broken().db.many(everybody),
      () => broken().db.run(change),
      () => broken().db.batch([change, everybody]),
      () => broken().transact((transaction) => transaction.run(change)),
      () => broken().transact(async () => 'nothing sent'),
    ]
    for (const attempt of attempts) {
      // The connection used last is taken next: it stands in Asha's scope.
      await mine()
      await assert.rejects(attempt())
      await mine()
    }
    assert.equal((await frame.rows('select 1 from notes.note')).length, PEOPLE.length)
  })

  test('a batch is done as a whole or not at all, and says what failed first', async () => {
    await fresh()
    const { db } = dataOf(ASHA)
    await assert.rejects(db.batch([insert(ASHA, 'one'), sql`select 1 / 0`, sql`select nonsense`]), { code: '22012' })
    assert.equal((await db.many(everybody)).length, 1)
    const [, rows] = await db.batch([insert(ASHA, 'two'), sql`select body from notes.note where body = 'two'`])
    assert.deepEqual(rows, [{ body: 'two' }])
    assert.deepEqual(await db.batch([]), [])
  })

  test('a transaction that goes on after a failed statement is not taken for done', async () => {
    await fresh()
    const swallowed = dataOf(ASHA).transact(async (transaction) => {
      await transaction.run(insert(ASHA, 'lost'))
      await transaction.run(sql`select 1 / 0`).catch(() => undefined)
      return 'done'
    })
    await assert.rejects(swallowed, /was undone/)
    assert.equal((await dataOf(ASHA).db.many(everybody)).length, 1)
  })

  test('a query on another connection inside a transaction is refused at once: few connections would wait for each other', async () => {
    await fresh()
    const context = dataOf(ASHA)
    const inside: readonly (() => Promise<unknown>)[] = [
      () => context.db.many(everybody),
      () => context.db.batch([everybody]),
      () => context.transact(async () => undefined),
      () => context.system('test').db.many(everybody),
      () => context.forPerson(RAVI, 'test').db.many(everybody),
    ]
    for (const attempt of inside) {
      await assert.rejects(context.transact(attempt), /may not be called inside a transaction/)
    }
    const many = Array.from({ length: 20 }, () => context.transact((transaction) => transaction.many(everybody)))
    assert.equal((await Promise.all(many)).length, 20)
  })

  test('statements of one transaction run in the order in which they were sent, without waiting for each other', async () => {
    await fresh()
    const words = Array.from({ length: 50 }, (_unused, index) => `w${String(index).padStart(2, '0')}`)
    const counts = await dataOf(ASHA).transact((transaction) =>
      Promise.all(
        words.map(async (word) => {
          const added = transaction.run(sql`insert into notes.word (word) values (${word})`)
          const seen = transaction.one<{ n: number }>(sql`select count(*) as n from notes.word`)
          return [await added, (await seen)?.n]
        }),
      ),
    )
    assert.deepEqual(
      counts,
      words.map((_word, index) => [1, index + 1]),
    )
  })

  test('a failed statement in a transaction nobody waited for fails the transaction, not the process', async () => {
    await fresh()
    const outcome = dataOf(ASHA).transact(async (transaction) => {
      void transaction.run(sql`select 1 / 0`)
      throw new Error('thrown before the answer came')
    })
    await assert.rejects(outcome, /thrown before/)
    assert.equal((await dataOf(ASHA).db.many(everybody)).length, 1)
  })

  test('int8 is a number where it is safe and text beyond; a date is its text in any zone', async () => {
    const row = await dataOf(ASHA).db.one(
      sql`select 9007199254740991::int8 as safe, 9007199254740993::int8 as beyond, -5::int8 as minus, null::int8 as nothing,
      date '2026-03-29' as day, array[1, null, 2]::int8[] as list, array[date '2026-03-29'] as days, timestamptz '2026-03-29T01:30:00Z' as at, 1.5::float8 as part`,
    )
    assert.deepEqual(row, {
      safe: Number.MAX_SAFE_INTEGER,
      beyond: '9007199254740993',
      minus: -5,
      nothing: null,
      day: '2026-03-29',
      list: [1, null, 2],
      days: ['2026-03-29'],
      at: new Date('2026-03-29T01:30:00Z'),
      part: 1.5,
    })
  })

  test('values are values and never text: quotes, NUL-free bytes, arrays and JSON come back as they went', async () => {
    const hostile = `'; drop table notes.note; -- \\ $1 "x" \u2028 😀`
    const row = await dataOf(ASHA).db.one(
      sql`select ${hostile}::text as text, ${[hostile, 'b']}::text[] as list, ${{ [hostile]: [1, null] }}::jsonb as json`,
    )
    assert.deepEqual(row, { text: hostile, list: [hostile, 'b'], json: { [hostile]: [1, null] } })
  })

  test('a statement composed of statements keeps its values in order', () => {
    const filter = sql`user_id = ${'a'} and kind in (${join([sql`${'x'}`, sql`${'y'}`], ', ')})`
    const whole = sql`select ${raw('id')} from notes.note where ${filter}${nothing} limit ${5}`
    assert.equal(whole.text, 'select id from notes.note where user_id = $1 and kind in ($2, $3) limit $4')
    assert.deepEqual(whole.values, ['a', 'x', 'y', 5])
    assert.equal(join([], ', ').text, '')
  })

  test('an event is announced in the transaction only: rolled back, nothing of it is left', async () => {
    await fresh()
    const data = { user_id: ASHA, id: newId(), body: 'x' }
    const context = dataOf(ASHA)
    await assert.rejects(
      context.transact(async (transaction) => {
        await transaction.publish(notes.events.noteAdded, data)
        await transaction.enqueue('later', {})
        throw new Error('changed its mind')
      }),
    )
    assert.deepEqual(await frame.rows('select 1 from kernel.outbox union all select 1 from kernel.job'), [])
    await context.transact((transaction) => transaction.publish(notes.events.noteAdded, data))
    assert.deepEqual(await frame.rows('select key, type, data from kernel.outbox'), [
      { key: ASHA, type: 'notes.note-added.v1', data },
    ])
  })
})
