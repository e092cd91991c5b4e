import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { identityService, openFrame, recordedLog } from '../testing/frame.ts'
import { notes, notesMigrations, notesService } from '../testing/notes.ts'
import { command, defineContract, query } from './contract.ts'
import { PlatformError } from './errors.ts'
import { object, optional, Type } from './fields.ts'
import { errorFields } from './log.ts'
import { defineService, reaction } from './service.ts'
import { sql } from './sql.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'
const MARK = 'MaRk3rOfAPerson'

const ways = defineContract({
  name: 'ways',
  summary: 'Ways to fail with a value of a person in hand.',
  operations: {
    fail: command({
      summary: 'Fails',
      route: 'POST /fail/:way',
      access: { kind: 'public' },
      input: object({ way: Type.String(), text: Type.String() }),
      output: Type.Unknown(),
    }),
    show: query({
      summary: 'Says something that it did not declare',
      route: 'GET /show',
      access: { kind: 'public' },
      input: object({ text: optional(Type.String()) }),
      output: object({}),
    }),
  },
})

const service = defineService({
  contract: ways,
  needs: [],
  handlers: {
    async fail(context, { way, text }) {
      const { db } = context.system('test')
      switch (way) {
        case 'cast':
          return db.many(sql`select ${text}::uuid`)
        case 'unique':
          await db.run(sql`create temporary table if not exists word (word text primary key)`)
          return db.batch([
            sql`insert into pg_temp.word values (${text})`,
            sql`insert into pg_temp.word values (${text})`,
          ])
        case 'raise':
          return db.many(sql`select 1 from notes.note where body = ${text} group by nonsense`)
        case 'json':
          return JSON.parse(`{"name": ${text}`)
        case 'code':
          return Buffer.from('x').write(text as never, text as never, 1)
        case 'url':
          return new URL(text).href
        case 'lines':
          throw Object.assign(new Error('constant'), {
            stack: undefined,
            message: `first\n    at ${text} (file:1:1)`,
            code: 'X',
          })
        case 'cause':
          throw new Error('constant', { cause: Object.assign(new Error(text), { code: 'ERR_X' }) })
        case 'value':
          throw text
        default:
          throw new PlatformError('unavailable', 'A constant sentence', { cause: new SyntaxError(text) })
      }
    },
    show: async (_context, { text }) => ({ field: text }) as never,
  },
})

describe('the log', () => {
  test('holds nothing that a person sent, whatever goes wrong with it', async () => {
    const log = recordedLog()
    const failing = reaction({
      name: 'failing',
      on: notes.events.noteAdded,
      handle: async (_context, event, transaction) => {
        await transaction.many(sql`select ${event.data.body}::uuid`)
      },
    })
    const frame = await openFrame({
      services: [
        identityService(),
        service,
        notesService({
          reactions: [failing],
          jobs: [
            {
              name: 'failing',
              summary: 'Fails',
              run: async (_context, data) => void JSON.parse(String(data.text)),
            },
          ],
        }),
      ],
      migrations: [notesMigrations],
      log,
    })
    try {
      const headers = {
        'user-agent': MARK,
        'x-request-id': `bad ${MARK}`,
        referer: MARK,
      }
      const ask = (method: string, url: string, body?: unknown) => frame.request(method, url, { body, headers })
      const ways = ['cast', 'unique', 'raise', 'json', 'code', 'url', 'lines', 'cause', 'value', 'other']
      for (const way of ways) {
        const { status, text } = await ask('POST', `/ways/fail/${way}?ignored=${MARK}`, { text: MARK })
        assert.equal(status, 422, 'an unknown parameter')
        assert.ok(!text.includes(MARK))
        const failed = await frame.request('POST', `/ways/fail/${way}`, {
          body: { text: MARK },
          as: { accountId: ASHA },
        })
        assert.ok(failed.status >= 500, `${way}: ${failed.status}`)
        assert.ok(!failed.text.includes(MARK), `${way} says nothing in public either`)
      }
      await frame.request('GET', `/ways/show?text=${MARK}`)
      await frame.request('GET', '/notes', { headers: { cookie: `salus_session=${MARK}` } })
      await ask('GET', `/nothing/${MARK}?q=${MARK}`)
      await ask('GET', `/notes/${MARK}/%zz`)
      await ask('POST', '/notes', { body: MARK, [MARK]: MARK })
      await frame.request('POST', '/notes', {
        raw: `{"body": ${MARK}`,
        headers: { 'content-type': 'application/json' },
      })
      await frame.request('GET', '/notes', { as: MARK })
      await frame.request('GET', `/notes?profile_id=${MARK}`, { as: { accountId: ASHA } })
      await frame.request('POST', '/notes', { body: { body: MARK }, as: { accountId: ASHA } })
      const context = frame.platform.systemContext('notes', ASHA)
      await context.transact((transaction) => transaction.enqueue('failing', { text: `{${MARK}` }))
      await frame.platform.settle()
      assert.ok(log.lines.length > 20)
      for (const what of ['a request failed', 'a reaction failed', 'a job failed', '"request"']) {
        assert.ok(
          log.lines.some((line) => line.includes(what)),
          `${what} was logged at all`,
        )
      }
      const telling = log.lines.filter((line) => line.includes(MARK))
      assert.deepEqual(telling, [])
      assert.deepEqual(
        log.lines.filter((line) => line.includes(ASHA)),
        [],
        'nor who it was',
      )
    } finally {
      await frame.close()
    }
  })

  test('still says what helps: kind, code, place and our own sentence', () => {
    const fields = errorFields(
      new PlatformError('unavailable', 'Ours', { privateDetail: 'why', cause: new TypeError('x') }),
    ) as {
      [key: string]: unknown
      at: string[]
    }
    assert.equal(fields.message, 'Ours')
    assert.equal(fields.why, 'why')
    assert.equal((fields.cause as { error: string }).error, 'TypeError')
    assert.match(fields.at[0] ?? '', /log\.test\.ts:\d+/)
    assert.equal((errorFields(new Error('a constant of ours')) as { message: string }).message, 'a constant of ours')
    assert.deepEqual(errorFields('text'), { error: 'string' })
    assert.deepEqual(errorFields(null), { error: 'object' })
  })

  test('an error that is its own cause ends', () => {
    const error: Error & { cause?: unknown } = new Error('round')
    error.cause = error
    assert.ok(JSON.stringify(errorFields(error)).length < 20_000)
  })
})
