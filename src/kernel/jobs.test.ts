import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../testing/clock.ts'
import { type Frame, openFrame, until } from '../testing/frame.ts'
import { ledgerMigrations, ledgerService } from '../testing/ledger.ts'
import { notesService } from '../testing/notes.ts'
import { startProcess } from '../testing/processes.ts'
import { newId } from './ids.ts'
import type { JobDefinition } from './service.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'

type Options = Partial<Parameters<typeof openFrame>[0]>

async function opened(jobs: readonly JobDefinition[], more: Options = {}): Promise<Frame> {
  return openFrame({ services: [notesService({ jobs })], migrations: [ledgerMigrations], ...more })
}

/** A job that notes each run. */
function noting(runs: unknown[], more: Partial<JobDefinition> = {}): JobDefinition {
  return {
    name: 'note',
    summary: 'Notes that it ran',
    async run(context, data) {
      runs.push(data.label ?? context.now().toISOString())
    },
    ...more,
  }
}

function enqueue(frame: Frame, job: string, data: object = {}, options: { runAt?: Date; key?: string } = {}) {
  const context = frame.platform.systemContext('notes', ASHA)
  return context.transact((transaction) => transaction.enqueue(job, data, options))
}

/** A promise that is kept from outside. */
function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

describe('jobs', () => {
  test('a queued job runs once, for its person and with its data, when it is due', async () => {
    const seen: unknown[] = []
    const job = noting(seen, {
      run: async (context, data) => void seen.push(context.personId, context.caller.origin, data),
    })
    const frame = await opened([job])
    try {
      await enqueue(frame, 'note', { label: 'x' }, { runAt: new Date(frame.clock.now().getTime() + 60_000) })
      await frame.platform.settle()
      assert.deepEqual(seen, [])
      frame.clock.advance({ minutes: 1 })
      await frame.platform.settle()
      await frame.platform.settle()
      assert.deepEqual(seen, [ASHA, 'system', { label: 'x' }])
    } finally {
      await frame.close()
    }
  })

  test('two jobs with one key are one while the first waits', async () => {
    const runs: unknown[] = []
    const frame = await opened([noting(runs)])
    try {
      await enqueue(frame, 'note', { label: 'first' }, { key: 'k' })
      await enqueue(frame, 'note', { label: 'second' }, { key: 'k' })
      await enqueue(frame, 'note', { label: 'other' }, { key: 'other' })
      await frame.platform.settle()
      assert.deepEqual(runs, ['first', 'other'])
      await enqueue(frame, 'note', { label: 'third' }, { key: 'k' })
      await frame.platform.settle()
      assert.deepEqual(runs, ['first', 'other', 'third'])
    } finally {
      await frame.close()
    }
  })

  test('several runners at once never run a job twice', async () => {
    const runs: unknown[] = []
    const first = await opened([noting(runs)])
    const others = await Promise.all([1, 2].map(() => opened([noting(runs)], { database: first.database })))
    try {
      const labels = Array.from({ length: 60 }, (_unused, index) => `j${index}`)
      for (const label of labels) await enqueue(first, 'note', { label })
      await Promise.all([first, ...others].flatMap((one) => [one.platform.settle(), one.platform.settle()]))
      assert.deepEqual(runs.toSorted(), labels.toSorted())
    } finally {
      for (const one of others) await one.close()
      await first.close()
    }
  })

  test('a job that runs keeps its lease to itself: what waits behind it has not started its own', async () => {
    const clock = new FakeClock()
    const { opened: mayEnd, open } = gate()
    const runs: unknown[] = []
    const slow = noting(runs, {
      leaseSeconds: 600,
      run: async (_context, data) => {
        runs.push(data.label)
        if (data.label === 'long') await mayEnd
      },
    })
    const first = await opened([slow], { clock })
    const second = await opened([slow], { clock, database: first.database })
    try {
      for (const label of ['long', 'short']) await enqueue(first, 'note', { label })
      const running = first.platform.settle()
      await until('the long one runs', () => runs.length === 1)
      clock.advance({ seconds: 500 })
      await second.platform.settle()
      assert.deepEqual(runs, ['long', 'short'])
      open()
      await running
      await second.platform.settle()
      assert.deepEqual(runs, ['long', 'short'])
    } finally {
      open()
      await second.close()
      await first.close()
    }
  })

  test('a runner that outlived its lease does not undo what the one after it did', async () => {
    const clock = new FakeClock()
    const { opened: mayEnd, open } = gate()
    let runs = 0
    const job = noting([], {
      leaseSeconds: 10,
      run: async () => {
        runs += 1
        if (runs > 1) return
        await mayEnd
        throw new Error('much too late')
      },
    })
    const first = await opened([job], { clock })
    const second = await opened([job], { clock, database: first.database })
    try {
      await enqueue(first, 'note')
      const running = first.platform.settle()
      await until('it runs', () => runs === 1)
      clock.advance({ seconds: 11 })
      await second.platform.settle()
      open()
      await running
      clock.advance({ days: 1 })
      await second.platform.settle()
      assert.equal(runs, 2)
      const [row] = await first.rows('select done_at is not null as done, failed_at from kernel.job')
      assert.deepEqual(row, { done: true, failed_at: null })
    } finally {
      open()
      await second.close()
      await first.close()
    }
  })

  test('a failing job is tried again after longer and longer waits, and given up after 8 attempts', async () => {
    const attempts: number[] = []
    const clock = new FakeClock()
    const start = clock.now().getTime()
    const job = noting([], {
      run: async () => {
        attempts.push((clock.now().getTime() - start) / 1000)
        throw new TypeError('no')
      },
    })
    const frame = await opened([job], { clock })
    try {
      await enqueue(frame, 'note')
      for (let step = 0; step < 800; step += 1) {
        await frame.platform.settle()
        clock.advance({ seconds: 5 })
      }
      assert.deepEqual(attempts, [0, 10, 30, 70, 150, 310, 630, 1270])
      const [row] = await frame.rows('select failed_at is not null as failed, last_error, lease_until from kernel.job')
      assert.deepEqual(row, { failed: true, last_error: 'TypeError', lease_until: null })
    } finally {
      await frame.close()
    }
  })

  test('a recurring job that was missed for days runs once when the platform is back, and then in its rhythm', async () => {
    const runs: unknown[] = []
    const clock = new FakeClock()
    const jobs = [noting(runs, { everySeconds: 3600 })]
    const first = await opened(jobs, { clock })
    try {
      await first.platform.settle()
      assert.deepEqual(runs, [], 'the first run is due after the first interval')
      clock.advance({ hours: 1 })
      await first.platform.settle()
      clock.advance({ days: 9 })
      const second = await opened(jobs, { clock, database: first.database })
      await Promise.all([first.platform.settle(), second.platform.settle()])
      await second.platform.settle()
      assert.deepEqual(runs, ['2026-06-15T13:00:00.000Z', '2026-06-24T13:00:00.000Z'])
      clock.advance({ minutes: 59 })
      await second.platform.settle()
      assert.equal(runs.length, 2)
      clock.advance({ minutes: 1 })
      await second.platform.settle()
      assert.equal(runs.length, 3)
      await second.close()
    } finally {
      await first.close()
    }
  })

  test('a recurring job that fails is noted and runs again in its rhythm', async () => {
    let runs = 0
    const clock = new FakeClock()
    const run = async () => {
      runs += 1
      if (runs === 1) throw new RangeError('no')
    }
    const frame = await opened([noting([], { everySeconds: 60, run })], { clock })
    try {
      clock.advance({ minutes: 1 })
      await frame.platform.settle()
      const state = () => frame.rows('select last_error, lease_until from kernel.schedule')
      assert.deepEqual(await state(), [{ last_error: 'RangeError', lease_until: null }])
      clock.advance({ minutes: 1 })
      await frame.platform.settle()
      assert.deepEqual(await state(), [{ last_error: null, lease_until: null }])
      assert.equal(runs, 2)
    } finally {
      await frame.close()
    }
  })

  test('several recurring jobs that are due all run', async () => {
    const runs: unknown[] = []
    const clock = new FakeClock()
    const named = (name: string) => noting([], { name, everySeconds: 60, run: async () => void runs.push(name) })
    const frame = await opened([named('a'), named('b'), named('c')], { clock })
    try {
      clock.advance({ minutes: 2 })
      await frame.platform.settle()
      assert.deepEqual(runs.toSorted(), ['a', 'b', 'c'])
    } finally {
      await frame.close()
    }
  })

  test('killed in the middle of a job: it is left alone while its lease lasts, and run again after', async () => {
    const clock = { now: () => new Date() } as FakeClock
    const frame = await opened([], { clock })
    try {
      await frame.rows(`insert into kernel.job (id, service, name, data, run_at, created_at)
        values ('${newId()}', 'notes', 'tally', '{"label":"x"}', now(), now())`)
      const victim = startProcess('ledgerProcess.ts', frame.database.url, 'hang')
      await victim.heard('middle of job')
      await victim.kill()
      const runs = () => frame.rows("select 1 from notes.effect where what = 'tallied'")
      assert.equal((await runs()).length, 1)
      const services = [ledgerService()]
      const next = async (later: FakeClock) => {
        const other = await openFrame({
          services,
          migrations: [ledgerMigrations],
          database: frame.database,
          clock: later,
        })
        await other.platform.settle()
        await other.close()
      }
      await next(clock)
      assert.equal((await runs()).length, 1)
      await next(new FakeClock(new Date(Date.now() + 31_000).toISOString()))
      assert.equal((await runs()).length, 2)
      assert.deepEqual(await frame.rows('select 1 from kernel.job where done_at is null'), [])
    } finally {
      await frame.close()
    }
  })

  test('a job that ends the process every time is given up', async () => {
    const runs: unknown[] = []
    const frame = await opened([noting(runs)])
    try {
      await enqueue(frame, 'note')
      await frame.rows('update kernel.job set attempts = 8')
      await frame.platform.settle()
      assert.deepEqual(runs, [])
      assert.equal((await frame.rows('select 1 from kernel.job where failed_at is not null')).length, 1)
    } finally {
      await frame.close()
    }
  })

  test('running by itself, a platform takes up work at once, and a long job keeps no other one waiting', async () => {
    const { opened: mayEnd, open } = gate()
    const runs: unknown[] = []
    const job = noting(runs, {
      run: async (_context, data) => {
        if (data.label === 'long') await mayEnd
        runs.push(data.label)
      },
    })
    const frame = await opened([job], { isAutomatic: true })
    try {
      await enqueue(frame, 'note', { label: 'long' })
      await enqueue(frame, 'note', { label: 'reminder' })
      await until('the reminder ran while the long one runs', () => runs.includes('reminder'), 4000)
      assert.deepEqual(runs, ['reminder'])
    } finally {
      open()
      await frame.close()
    }
    assert.deepEqual(runs, ['reminder', 'long'], 'closing waits for what runs')
  })
})
