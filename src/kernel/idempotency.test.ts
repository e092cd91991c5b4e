import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FakeClock } from '../testing/clock.ts'
import { type Frame, type FrameRequest, identityService, openFrame, until } from '../testing/frame.ts'
import { ledgerMigrations, ledgerService } from '../testing/ledger.ts'
import { notesMigrations } from '../testing/notes.ts'
import { startProcess } from '../testing/processes.ts'
import { command, defineContract } from './contract.ts'
import { notFound } from './errors.ts'
import { object, Type, text } from './fields.ts'
import { newId } from './ids.ts'
import { type Context, defineService } from './service.ts'
import { sql } from './sql.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'
const RAVI = '0197c000-0000-7000-8000-000000000002'

const base = {
  access: { kind: 'person', category: 'documents' },
  status: 201,
  input: object({ body: text(100) }),
  output: object({ id: Type.String() }),
} as const

const deeds = defineContract({
  name: 'notes',
  summary: 'Deeds that are done once.',
  operations: {
    plain: command({ ...base, summary: 'Writes', route: 'POST /plain' }),
    secret: command({ ...base, summary: 'Writes and shows a secret', route: 'POST /secret', showsSecret: true }),
    refused: command({ ...base, summary: 'Refuses after it wrote', route: 'POST /refused', errors: ['not_found'] }),
    retried: command({ ...base, summary: 'Writes at the second try', route: 'POST /retried' }),
    slow: command({ ...base, summary: 'Takes too long', route: 'POST /slow', timeoutMs: 30 }),
    passedOn: command({ ...base, summary: 'Has its effect elsewhere', route: 'POST /passed-on' }),
    announced: command({ ...base, summary: 'Only queues a job', route: 'POST /announced' }),
    write: command({ ...base, summary: 'Writes for another', access: { kind: 'service' } }),
  },
})

let slowMayEnd: Promise<void> = Promise.resolve()

async function write(context: Context, body: string): Promise<{ id: string }> {
  const id = newId()
  await context.db.run(sql`insert into notes.note (id, user_id, body) values (${id}, ${context.personId}, ${body})`)
  return { id }
}

const service = defineService({
  contract: deeds,
  needs: [],
  personal: { exportAll: async () => ({}), eraseAll: async () => ({}) },
  jobs: [{ name: 'later', summary: 'Nothing', run: async () => undefined }],
  handlers: {
    plain: (context, { body }) => write(context, body),
    secret: (context, { body }) => write(context, body),
    async refused(context, { body }) {
      await write(context, body)
      throw notFound('Something else')
    },
    async retried(context, { body }) {
      const attempt = (isGood: boolean) =>
        context.transact(async (transaction) => {
          const id = newId()
          await transaction.run(
            sql`insert into notes.note (id, user_id, body) values (${id}, ${context.personId}, ${body})`,
          )
          if (!isGood) throw new Error('once more')
          return { id }
        })
      return attempt(false).catch(() => attempt(true))
    },
    async slow(context, { body }) {
      await slowMayEnd
      return write(context, body)
    },
    passedOn: (context, { body }) => context.call(deeds.operations.write, { body }),
    async announced(context) {
      await context.db.run(sql`select kernel.enqueue(${newId()}, 'notes', 'later', null, null, '{}', now(), now())`)
      return { id: 'x' }
    },
    write: (context, { body }) => write(context, body),
  },
})

describe('a repeated Idempotency-Key', () => {
  async function opened(): Promise<Frame> {
    return openFrame({ services: [identityService(), service], migrations: [notesMigrations] })
  }
  const send = (frame: Frame, name: string, key: string, more: FrameRequest = {}) =>
    frame.request('POST', `/notes/${name}`, {
      body: { body: 'x' },
      as: { accountId: ASHA },
      ...more,
      headers: { 'idempotency-key': key, ...more.headers },
    })
  const count = async (frame: Frame) => (await frame.rows('select 1 from notes.note')).length

  for (const name of ['plain', 'retried', 'passed-on']) {
    test(`gets the first answer and has one effect: ${name}`, async () => {
      const frame = await opened()
      try {
        const first = await send(frame, name, 'key-1')
        assert.equal(first.status, 201, first.text)
        const second = await send(frame, name, 'key-1')
        assert.deepEqual(
          [second.status, second.text, second.headers['content-type']],
          [201, first.text, first.headers['content-type']],
        )
        assert.equal(await count(frame), 1)
        await send(frame, name, 'key-2')
        assert.equal(await count(frame), 2)
      } finally {
        await frame.close()
      }
    })
  }

  test('has one effect when all come at once; the others get the same answer or 409', async () => {
    const frame = await opened()
    try {
      for (let round = 0; round < 10; round += 1) {
        const answers = await Promise.all(Array.from({ length: 8 }, () => send(frame, 'plain', `round-${round}`)))
        const done = answers.filter(({ status }) => status === 201)
        assert.ok(done.length >= 1)
        assert.equal(new Set(done.map((one) => one.text)).size, 1)
        for (const one of answers.filter(({ status }) => status !== 201)) {
          assert.deepEqual([one.status, one.body.code, one.headers['retry-after']], [409, 'conflict', '1'])
        }
        assert.equal(await count(frame), round + 1)
      }
    } finally {
      await frame.close()
    }
  })

  test('is refused with 422 for another body or another operation', async () => {
    const frame = await opened()
    try {
      await send(frame, 'plain', 'key-1')
      const other = await send(frame, 'plain', 'key-1', { body: { body: 'y' } })
      assert.deepEqual([other.status, other.body.code], [422, 'idempotency_mismatch'])
      assert.equal((await send(frame, 'secret', 'key-1')).status, 422)
      assert.equal(await count(frame), 1)
    } finally {
      await frame.close()
    }
  })

  test('belongs to its account: another one may use the same', async () => {
    const frame = await opened()
    try {
      const first = await send(frame, 'plain', 'key-1')
      const other = await send(frame, 'plain', 'key-1', { as: { accountId: RAVI } })
      assert.equal(other.status, 201)
      assert.notEqual(other.body.id, first.body.id)
    } finally {
      await frame.close()
    }
  })

  test('is not used up by a refusal that wrote nothing', async () => {
    const frame = await opened()
    try {
      assert.equal((await send(frame, 'plain', 'key-1', { body: { body: '' } })).status, 422)
      assert.equal((await send(frame, 'plain', 'key-1')).status, 201)
    } finally {
      await frame.close()
    }
  })

  test('gets the first refusal again when something was written before it', async () => {
    const frame = await opened()
    try {
      const first = await send(frame, 'refused', 'key-1')
      const second = await send(frame, 'refused', 'key-1')
      assert.equal(first.status, 404)
      assert.deepEqual([second.status, second.text], [404, first.text])
      assert.equal(second.headers['content-type'], 'application/problem+json; charset=utf-8')
      assert.equal(await count(frame), 1)
    } finally {
      await frame.close()
    }
  })

  test('shows a secret once and keeps none', async () => {
    const frame = await opened()
    try {
      const first = await send(frame, 'secret', 'key-1')
      const second = await send(frame, 'secret', 'key-1')
      assert.equal(first.status, 201)
      assert.deepEqual([second.status, second.body.code], [409, 'conflict'])
      assert.ok(!second.text.includes(first.body.id))
      const [row] = await frame.rows('select answer from kernel.idempotency')
      assert.ok(!String(row?.answer).includes(first.body.id))
      assert.equal(await count(frame), 1)
    } finally {
      await frame.close()
    }
  })

  test('gets the answer that came too late for the first', async () => {
    const frame = await opened()
    try {
      let end: () => void = () => undefined
      slowMayEnd = new Promise((resolve) => {
        end = resolve
      })
      assert.equal((await send(frame, 'slow', 'key-1')).status, 504)
      end()
      await until('the late answer is kept', async () => {
        return (await frame.rows('select 1 from kernel.idempotency where status = 201')).length === 1
      })
      assert.equal((await send(frame, 'slow', 'key-1')).status, 201)
      assert.equal(await count(frame), 1)
    } finally {
      await frame.close()
    }
  })

  test('is claimed as well by what only announces or queues', async () => {
    const frame = await opened()
    try {
      await Promise.all(Array.from({ length: 5 }, () => send(frame, 'announced', 'key-1')))
      assert.equal((await frame.rows('select 1 from kernel.job')).length, 1)
    } finally {
      await frame.close()
    }
  })

  test('gets its answer even when it could not be kept, and never a second effect', async () => {
    const frame = await opened()
    try {
      const { systemPool } = frame.platform
      const query = systemPool.query.bind(systemPool)
      systemPool.query = ((first: unknown, ...rest: unknown[]) =>
        String(first).startsWith('insert into kernel.idempotency')
          ? Promise.reject(new Error('away'))
          : (query as (...all: unknown[]) => unknown)(first, ...rest)) as never
      assert.equal((await send(frame, 'plain', 'key-1')).status, 201)
      systemPool.query = query as never
      assert.equal((await send(frame, 'plain', 'key-1')).status, 409)
      assert.equal(await count(frame), 1)
    } finally {
      await frame.close()
    }
  })

  test('never doubles what a process did that was killed before it could answer', async () => {
    const frame = await openFrame({
      services: [identityService(), ledgerService()],
      migrations: [ledgerMigrations],
      clock: { now: () => new Date() } as FakeClock,
    })
    const victim = startProcess('ledgerProcess.ts', frame.database.url, 'hang')
    try {
      const origin = await victim.heard('ready')
      const token = Buffer.from(JSON.stringify({ accountId: ASHA })).toString('base64url')
      const lost = fetch(`${origin}/notes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'key-1', 'content-type': 'application/json' },
        body: '{"body":"once"}',
      })
      lost.catch(() => undefined)
      await victim.heard('middle of request')
      await victim.kill()
      await assert.rejects(lost)
      for (const _attempt of [1, 2]) {
        const again = await frame.request('POST', '/notes', {
          body: { body: 'once' },
          headers: { 'idempotency-key': 'key-1' },
          as: { accountId: ASHA },
        })
        assert.equal(again.status, 409, again.text)
      }
      assert.equal((await frame.rows('select 1 from notes.note')).length, 1)
    } finally {
      await victim.kill()
      await frame.close()
    }
  })

  test('is refused when it is malformed', async () => {
    const frame = await opened()
    try {
      for (const key of ['', 'with space', 'x'.repeat(201), 'ü']) {
        assert.equal((await send(frame, 'plain', key)).status, 400, key)
      }
      assert.equal(await count(frame), 0)
    } finally {
      await frame.close()
    }
  })

  test('keeps a fingerprint that nobody can try passwords against', async () => {
    const frame = await opened()
    try {
      await send(frame, 'plain', 'key-1')
      const [row] = await frame.rows('select body_hash from kernel.idempotency')
      const { createHash } = await import('node:crypto')
      const plain = createHash('sha256')
        .update(JSON.stringify([{ body: 'x' }, ASHA]))
        .digest('base64url')
      assert.notEqual(row?.body_hash, plain)
    } finally {
      await frame.close()
    }
  })
})
