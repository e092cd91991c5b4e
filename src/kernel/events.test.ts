import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { FakeClock } from '../testing/clock.ts'
import { type Frame, identityService, openFrame, until } from '../testing/frame.ts'
import { copyNote, ledgerMigrations, ledgerService } from '../testing/ledger.ts'
import { notes, notesService } from '../testing/notes.ts'
import { startProcess } from '../testing/processes.ts'
import { PlatformError } from './errors.ts'
import { cloudEvent, publishCall } from './events.ts'
import { newId } from './ids.ts'
import { reaction, type Service } from './service.ts'
import { sql } from './sql.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'
const RAVI = '0197c000-0000-7000-8000-000000000002'

async function opened(
  services: readonly Service[],
  more: Partial<Parameters<typeof openFrame>[0]> = {},
): Promise<Frame> {
  return openFrame({ services: [identityService(), ...services], migrations: [ledgerMigrations], ...more })
}

async function add(frame: Frame, accountId: string, body: string): Promise<void> {
  const answer = await frame.request('POST', '/notes', { body: { body }, as: { accountId } })
  assert.equal(answer.status, 201, answer.text)
}

const effects = (frame: Frame) => frame.rows('select user_id, body from notes.effect order by position')

describe('events', () => {
  test('a reaction has its effect once, however often deliveries are asked for', async () => {
    const frame = await opened([ledgerService()])
    try {
      await add(frame, ASHA, 'one')
      await frame.platform.settle()
      await frame.platform.settle()
      assert.deepEqual(await effects(frame), [{ user_id: ASHA, body: 'one' }])
    } finally {
      await frame.close()
    }
  })

  test('a reaction runs as the system for the person of the event, with the id of the request', async () => {
    const seen: unknown[] = []
    const watch = reaction({
      name: 'watch',
      on: notes.events.noteAdded,
      async handle(context, event, transaction) {
        seen.push(context.caller.origin, context.personId, event.requestId)
        seen.push(await transaction.many(sql`select body from notes.note`))
      },
    })
    const frame = await opened([notesService({ reactions: [watch] })])
    try {
      await add(frame, RAVI, 'of ravi')
      const headers = { 'x-request-id': 'request-0001' }
      await frame.request('POST', '/notes', { body: { body: 'of asha' }, as: { accountId: ASHA }, headers })
      await frame.platform.settle()
      assert.deepEqual(seen.slice(4), ['system', ASHA, 'request-0001', [{ body: 'of asha' }]])
    } finally {
      await frame.close()
    }
  })

  test('what a reaction wrote before it failed is not there', async () => {
    const frame = await opened([
      ledgerService(async () => {
        throw new Error('after the effect')
      }),
    ])
    try {
      await add(frame, ASHA, 'one')
      await frame.platform.settle()
      assert.deepEqual(await effects(frame), [])
    } finally {
      await frame.close()
    }
  })

  test('events of one person arrive in their order', async () => {
    const frame = await opened([ledgerService()])
    try {
      const bodies = Array.from({ length: 60 }, (_unused, index) => `n${index}`)
      for (const body of bodies) await add(frame, body.endsWith('7') ? RAVI : ASHA, body)
      await frame.platform.settle()
      for (const person of [ASHA, RAVI]) {
        const got = (await effects(frame)).filter((row) => row.user_id === person).map((row) => row.body)
        assert.deepEqual(
          got,
          bodies.filter((body) => body.endsWith('7') === (person === RAVI)),
        )
      }
    } finally {
      await frame.close()
    }
  })

  test('a failing reaction waits longer each time, holds back its own person only, and is parked after 12 attempts', async () => {
    const clock = new FakeClock()
    const attempts: number[] = []
    const start = clock.now().getTime()
    const failing = copyNote(async () => undefined)
    const frame = await opened(
      [
        notesService({
          reactions: [
            {
              ...failing,
              async handle(context, event, transaction) {
                if ((event.data as { body: string }).body !== 'bad') return failing.handle(context, event, transaction)
                attempts.push((clock.now().getTime() - start) / 1000)
                throw new PlatformError('unavailable', 'not now')
              },
            },
          ],
        }),
      ],
      { clock },
    )
    try {
      for (const body of ['first', 'bad', 'after']) await add(frame, ASHA, body)
      await add(frame, RAVI, 'other')
      await frame.platform.settle()
      const seen = async () => (await effects(frame)).map((row) => row.body)
      assert.deepEqual(await seen(), ['first', 'other'])
      const [held] = await frame.rows(
        'select attempts, last_error, failed_at from kernel.inbox where attempts = 1 and done_at is null',
      )
      assert.deepEqual(held, { attempts: 1, last_error: 'PlatformError', failed_at: null })
      for (let second = 0; second < 9000; second += 1) {
        clock.advance({ seconds: 1 })
        if (attempts.length < 5 || second % 60 === 0) await frame.platform.settle()
        if (attempts.length === 12) break
      }
      assert.deepEqual(attempts.slice(0, 5), [0, 2, 6, 14, 30])
      assert.equal(attempts.length, 12)
      const waits = attempts.slice(1).map((at, index) => at - (attempts[index] as number))
      assert.ok(
        waits.every((wait, index) => index === 0 || wait >= (waits[index - 1] as number)),
        String(waits),
      )
      assert.ok(Math.max(...waits) <= 3660)
      await frame.platform.settle()
      assert.deepEqual(await seen(), ['first', 'other', 'after'], 'what was held back goes on behind a parked one')
      clock.advance({ days: 5 })
      await frame.platform.settle()
      assert.equal(attempts.length, 12)
      assert.equal((await frame.rows('select 1 from kernel.inbox where failed_at is not null')).length, 1)
    } finally {
      await frame.close()
    }
  })

  test('an event that ends the process every time is parked as well', async () => {
    const frame = await opened([ledgerService()])
    try {
      await add(frame, ASHA, 'deadly')
      await frame.rows('update kernel.inbox set attempts = 12')
      await frame.platform.settle()
      assert.deepEqual(await effects(frame), [])
      assert.equal((await frame.rows('select 1 from kernel.inbox where failed_at is not null')).length, 1)
    } finally {
      await frame.close()
    }
  })

  test('only who is subscribed when an event is announced hears it', async () => {
    const first = await opened([notesService()])
    try {
      await add(first, ASHA, 'before')
      const second = await opened([ledgerService()], { database: first.database })
      await add(first, ASHA, 'after')
      await second.platform.settle()
      assert.deepEqual(await effects(first), [{ user_id: ASHA, body: 'after' }])
      await second.close()
    } finally {
      await first.close()
    }
  })

  test('two processes share the work, and neither does what the other did', async () => {
    const first = await opened([ledgerService(() => delay(1))])
    const second = await opened([ledgerService(() => delay(1))], { database: first.database })
    try {
      const people = Array.from({ length: 40 }, () => newId())
      for (const person of people) for (const body of ['1', '2', '3']) await add(first, person, body)
      await Promise.all([first.platform.settle(), second.platform.settle(), first.platform.settle()])
      await first.platform.settle()
      const rows = await effects(first)
      assert.equal(rows.length, 120)
      for (const person of people) {
        assert.deepEqual(
          rows.filter((row) => row.user_id === person).map((row) => row.body),
          ['1', '2', '3'],
        )
      }
    } finally {
      await second.close()
      await first.close()
    }
  })

  test('a process that stops gives back what it had taken and not begun', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const first = await opened([ledgerService(() => held)])
    const second = await opened([ledgerService()], { database: first.database })
    try {
      for (const person of [ASHA, RAVI, newId()]) await add(first, person, 'x')
      const settling = first.platform.upkeep.settle()
      await until('the first delivery is on its way', async () => {
        return (await first.rows('select 1 from kernel.inbox where attempts = 1')).length === 3
      })
      const closing = first.platform.upkeep.close()
      release()
      await Promise.all([settling, closing])
      await second.platform.settle()
      assert.equal((await effects(second)).length, 3)
    } finally {
      await second.close()
      await first.close()
    }
  })

  test('property: killed at any moment, every event has its effect exactly once and in the order of its person', async () => {
    const frame = await opened([ledgerService()], { clock: { now: () => new Date() } as FakeClock })
    try {
      const people = Array.from({ length: 6 }, () => newId())
      const total = 40
      for (let n = 0; n < total; n += 1) for (const person of people) await add(frame, person, String(n))
      for (let round = 0; round < 6; round += 1) {
        const done = (await effects(frame)).length
        // Leases of the killed ones have run out for those that come after.
        const ahead = String(round * 120)
        const processes = [1, 2].map(() => startProcess('ledgerProcess.ts', frame.database.url, 'slow', ahead))
        await Promise.all(processes.map((one) => one.heard('ready')))
        const goal = done + 3 + Math.floor(Math.random() * 25)
        await until('some effects', async () => (await effects(frame)).length >= Math.min(goal, total * people.length))
        await Promise.all(processes.map((one) => one.kill()))
      }
      const last = await opened([ledgerService()], {
        database: frame.database,
        clock: new FakeClock('2099-01-01T00:00:00Z'),
      })
      // What a killed process was writing is free once the database has noticed that nobody is there any more.
      await until('every reaction is done', async () => {
        await last.platform.settle()
        return (await frame.rows('select 1 from kernel.inbox where done_at is null')).length === 0
      })
      await last.close()
      const rows = await effects(frame)
      const wanted = Array.from({ length: total }, (_unused, n) => String(n))
      for (const person of people) {
        assert.deepEqual(
          rows.filter((row) => row.user_id === person).map((row) => row.body),
          wanted,
        )
      }
    } finally {
      await frame.close()
    }
  })

  test('data that does not fit its type is not announced; another service’s event neither', async () => {
    const context = { key: ASHA, requestId: 'r', clock: new FakeClock() }
    assert.throws(
      () => publishCall(notes.events.noteAdded, { user_id: ASHA, body: 5 }, context),
      /does not fit its type at/,
    )
    const frame = await opened([ledgerService()])
    try {
      const foreign = frame.platform.systemContext('identity', ASHA)
      const announced = foreign.transact((transaction) =>
        transaction.publish(notes.events.noteAdded, { user_id: ASHA, id: newId(), body: 'x' }),
      )
      await assert.rejects(announced, /identity may not announce events of notes/)
    } finally {
      await frame.close()
    }
  })

  test('the envelope is CloudEvents 1.0', () => {
    const id = newId()
    const time = '2026-06-15T12:00:00.000Z'
    const event = { id, type: 'notes.note-added.v1', key: ASHA, data: { a: 1 }, requestId: undefined, time }
    assert.deepEqual(cloudEvent(event), {
      specversion: '1.0',
      id,
      source: '/services/notes',
      type: 'health.salus.notes.note-added.v1',
      subject: ASHA,
      time,
      datacontenttype: 'application/json',
      data: { a: 1 },
    })
  })
})
