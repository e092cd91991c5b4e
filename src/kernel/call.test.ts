import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Frame, type FrameOptions, identityService, openFrame, principalOf } from '../testing/frame.ts'
import { notes, notesMigrations, notesService } from '../testing/notes.ts'
import { systemCaller } from './context.ts'
import { command, defineContract, query } from './contract.ts'
import { integer, nullable, object, optional, Type, text } from './fields.ts'
import { newId } from './ids.ts'
import { defineService } from './service.ts'
import { sql } from './sql.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'
const RAVI = '0197c000-0000-7000-8000-000000000002'

const anyone = { kind: 'public' } as const
const Nothing = object({})

const greeter = defineContract({
  name: 'greeter',
  summary: 'Greets, and asks the notes.',
  operations: {
    greet: query({
      summary: 'Who is behind the call, here and one service further',
      route: 'GET /greet',
      access: { kind: 'person', category: 'documents' },
      input: object({ name: optional(text(20, {})) }),
      output: object({ account: Type.String(), person: Type.String(), origin: Type.String(), notes: Type.Integer() }),
    }),
    inside: command({
      summary: 'Calls inside a transaction',
      route: 'POST /inside',
      access: anyone,
      input: Nothing,
      output: Type.Null(),
    }),
    undeclared: query({
      summary: 'Says too much',
      route: 'GET /undeclared',
      access: anyone,
      input: Nothing,
      output: object({ a: Type.Integer() }),
    }),
    missing: query({
      summary: 'Says too little',
      route: 'GET /missing',
      access: anyone,
      input: Nothing,
      output: object({ a: Type.Integer() }),
    }),
    dated: query({
      summary: 'A Date where text is declared',
      route: 'GET /dated',
      access: anyone,
      input: Nothing,
      output: object({ at: Type.String(), left: nullable(Type.String()) }),
    }),
    shared: query({
      summary: 'Gives its own object',
      access: { kind: 'service' },
      input: object({ box: object({ n: Type.Integer() }) }),
      output: object({ box: object({ n: Type.Integer() }) }),
    }),
    slow: query({
      summary: 'Never answers',
      route: 'GET /slow',
      access: anyone,
      input: Nothing,
      output: Type.Null(),
      timeoutMs: 20,
    }),
    anonymous: query({
      summary: 'Calls a protected operation for nobody',
      route: 'GET /anonymous',
      access: anyone,
      input: Nothing,
      output: Type.Unknown(),
    }),
    secret: query({
      summary: 'For services',
      access: { kind: 'service' },
      input: Nothing,
      output: object({ person: nullable(Type.String()) }),
    }),
    fields: command({
      summary: 'Declares a user_id of its own',
      route: 'POST /fields',
      access: { kind: 'person', category: 'documents' },
      input: object({ user_id: optional(integer(1, 9)), note: optional(text(10)) }),
      output: Type.Unknown(),
    }),
  },
})

const kept = { n: 1 }
const greeterService = defineService({
  contract: greeter,
  needs: [notes],
  handlers: {
    async greet(context) {
      const { count } = await context.call(notes.operations.count, {})
      return { account: context.accountId, person: context.personId, origin: context.caller.origin, notes: count }
    },
    async inside(context) {
      await context.system('test').transact(async (transaction) => {
        await transaction.run(sql`select 1`)
        await context.call(notes.operations.count, {})
      })
      return null
    },
    undeclared: async () => ({ a: 1, b: 'a secret' }) as { a: number },
    missing: async () => ({}) as { a: number },
    dated: async () => ({ at: new Date('2026-01-01T00:00:00Z') as never, left: null, gone: undefined }) as never,
    shared: async () => ({ box: kept }),
    slow: () => new Promise<null>(() => undefined),
    anonymous: (context) => context.call(notes.operations.list, {}),
    secret: async (context) => ({ person: context.caller.personId ?? null }),
    fields: async (context, input) => ({ ...input, person: context.personId }),
  },
})

const options: FrameOptions = {
  services: [identityService(), notesService(), greeterService],
  migrations: [notesMigrations],
}

describe('the door', () => {
  let frame: Frame
  before(async () => {
    frame = await openFrame(options)
  })
  after(() => frame.close())

  const as = (accountId: string) => ({ as: { accountId } })
  const callAsSystem = (operation: Parameters<typeof frame.platform.door.call>[0], input: unknown, person?: string) =>
    frame.platform.door.call(operation, input, systemCaller(newId(), person))

  test('an input is checked on the way in, whoever calls', async () => {
    await assert.rejects(callAsSystem(notes.operations.add, { body: 5 }, ASHA), { code: 'validation_failed' })
    const { body, status } = await frame.request('POST', '/notes', { body: { body: 'x', kind: 'loud' }, ...as(ASHA) })
    assert.equal(status, 422)
    assert.deepEqual(body.errors, [
      { field: 'kind', detail: 'must be one of the allowed values', allowed: ['plain', 'urgent'], pointer: '/kind' },
    ])
    assert.match(body.detail, /kind: .*allowed: plain, urgent/)
  })

  test('defaults of the contract are filled in', async () => {
    const { body } = await frame.request('POST', '/notes', { body: { body: 'x' }, ...as(ASHA) })
    assert.equal(body.kind, 'plain')
  })

  test('an answer that its contract does not say fails the platform of tests, and names the field', async () => {
    for (const [path, message] of [
      ['/greeter/undeclared', /greeter\.undeclared answered what its contract does not say: b unknown field/],
      ['/greeter/missing', /greeter\.missing .*a is required/],
    ] as const) {
      const answer = await frame.request('GET', path)
      assert.equal(answer.status, 500)
      assert.ok(!answer.text.includes('a secret'))
      const name = path.split('/')[2] as 'missing'
      await assert.rejects(callAsSystem(greeter.operations[name], {}), message)
    }
  })

  test('values are cloned as on the wire: nobody can rely on a shared object, a Date or undefined', async () => {
    const box = { n: 1 }
    const answer = (await callAsSystem(greeter.operations.shared, { box })) as { box: { n: number } }
    answer.box.n = 2
    assert.equal(kept.n, 1)
    const { body } = await frame.request('GET', '/greeter/dated')
    assert.deepEqual(body, { at: '2026-01-01T00:00:00.000Z', left: null })
  })

  test('a call to another service inside a transaction throws at once, and the transaction is undone', async () => {
    const answer = await frame.request('POST', '/greeter/inside', { body: {} })
    assert.equal(answer.status, 500)
    const context = frame.platform.systemContext('notes', ASHA)
    const inside = context.transact(() => context.call(notes.operations.count, {}))
    await assert.rejects(inside, /notes\.count may not be called inside a transaction/)
  })

  test('a handler over its deadline answers 504, and a call whose caller waits no more is not begun', async () => {
    assert.equal((await frame.request('GET', '/greeter/slow')).status, 504)
    const late = { ...systemCaller(newId(), ASHA), deadline: Date.now() - 1 }
    await assert.rejects(frame.platform.door.call(notes.operations.count, {}, late), { code: 'timeout' })
  })

  test('an operation for services is nowhere on HTTP, and reachable for services and the system', async () => {
    const { app } = frame.face
    for (const path of ['/greeter/secret', '/api/v1/secret', '/api/v1/greeter/secret', '/_call/greeter/secret']) {
      for (const method of ['GET', 'POST'] as const) {
        assert.equal((await app.inject({ method, url: path })).statusCode, 404, path)
      }
    }
    const principal = principalOf({ accountId: ASHA, roles: ['administrator'] })
    const outside = { ...systemCaller(newId()), principal, origin: 'request' as const }
    await assert.rejects(frame.platform.door.call(greeter.operations.secret, {}, outside), { code: 'not_found' })
    assert.deepEqual(await callAsSystem(greeter.operations.secret, {}, ASHA), { person: ASHA })
  })

  test('a nested call keeps the account and the person, and sees the rows of that person', async () => {
    await frame.rows('truncate notes.note')
    for (const body of ['1', '2']) await frame.request('POST', '/notes', { body: { body }, ...as(ASHA) })
    await frame.request('POST', '/notes', { body: { body: 'other' }, ...as(RAVI) })
    const { body } = await frame.request('GET', '/greeter/greet', as(ASHA))
    assert.deepEqual(body, { account: ASHA, person: ASHA, origin: 'request', notes: 2 })
  })

  test('a nested call for nobody is refused by what needs somebody', async () => {
    const answer = await frame.request('GET', '/greeter/anonymous')
    assert.equal(answer.status, 401)
  })

  test('scopes limit a credential to a service and to reading or writing', async () => {
    const status = async (method: string, scopes: string[]) =>
      (
        await frame.request(method, '/notes', {
          body: method === 'POST' ? { body: 'x' } : undefined,
          as: { accountId: ASHA, scopes },
        })
      ).status
    assert.equal(await status('GET', ['notes:read']), 200)
    assert.equal(await status('POST', ['notes:read']), 403)
    assert.equal(await status('POST', ['notes:write']), 201)
    assert.equal(await status('GET', ['notes:write']), 403)
    assert.equal(await status('GET', ['greeter:read']), 403)
    assert.equal(await status('GET', []), 403)
    // What a service asks on the way is its own affair.
    const greeting = await frame.request('GET', '/greeter/greet', { as: { accountId: ASHA, scopes: ['greeter:read'] } })
    assert.equal(greeting.status, 200)
  })

  test("the caller's own record may be named in every way; another's answers 404 like one that does not exist", async () => {
    const ask = (query: string, headers: Record<string, string> = {}) =>
      frame.request('GET', `/notes${query}`, { as: { accountId: ASHA, seq: 42, subject: 'auth0|abc' }, headers })
    for (const answer of [
      await ask(`?profile_id=${ASHA}`),
      await ask(`?profile_id=${ASHA.toUpperCase()}`),
      await ask(`?user_id=${ASHA}`),
      await ask('?user_id=42'),
      await ask('?user_id=auth0%7Cabc'),
      await ask('', { 'x-profile-id': ASHA }),
      await ask('', { 'x-user-id': '42' }),
      await ask('', { 'x-user-id': ASHA }),
      await ask(`?user_id=42&profile_id=${ASHA}`, { 'x-profile-id': ASHA }),
    ]) {
      assert.equal(answer.status, 200, answer.text)
    }
    for (const answer of [
      await ask(`?profile_id=${RAVI}`),
      await ask(`?user_id=${RAVI}`),
      await ask('', { 'x-profile-id': RAVI }),
    ]) {
      assert.equal(answer.status, 404)
    }
    for (const answer of [
      await ask('?profile_id=7'),
      await ask('?user_id='),
      await ask(`?profile_id=${RAVI}&user_id=${ASHA}`),
    ]) {
      assert.equal(answer.status, 422, answer.text)
    }
    assert.equal((await ask('', { 'x-user-id': RAVI })).status, 403)
  })

  test('user_id in a body names the record too, unless the operation has a field of that name', async () => {
    const post = (body: object) => frame.request('POST', '/notes', { body, ...as(ASHA) })
    assert.equal((await post({ body: 'x', user_id: ASHA })).status, 201)
    assert.equal((await post({ body: 'x', user_id: RAVI })).status, 404)
    const own = await frame.request('POST', '/greeter/fields', { body: { user_id: 5 }, ...as(ASHA) })
    assert.deepEqual(own.body, { user_id: 5, person: ASHA })
  })

  test('every refusal of somebody signed in is an audit row; own use and strangers are none', async () => {
    await frame.platform.settle()
    const before = new Set((await frame.rows('select id from kernel.audit')).map((row) => row.id))
    await frame.request('GET', '/notes', as(ASHA))
    await frame.request('GET', '/notes')
    await frame.request('GET', `/notes?profile_id=${RAVI}`, { ...as(ASHA), headers: { 'x-request-id': 'request-42' } })
    await frame.request('GET', '/notes', { as: { accountId: ASHA, scopes: [] } })
    await frame.platform.settle()
    const all = await frame.rows(
      'select id, account_id, person_id, service, operation, outcome, reason, request_id from kernel.audit order by id',
    )
    const rows = all.filter((row) => !before.has(row.id)).map(({ id, request_id, ...row }) => row)
    const common = { account_id: ASHA, service: 'notes', operation: 'list', outcome: 'refused' }
    assert.deepEqual(rows, [
      { ...common, person_id: RAVI, reason: 'not_found' },
      { ...common, person_id: null, reason: 'insufficient_scope' },
    ])
    assert.ok(all.some((row) => row.request_id === 'request-42'))
  })

  test('a service that runs nowhere answers 503 and names itself', async () => {
    const alone = await openFrame({
      services: [identityService(), greeterService],
      otherContracts: [notes],
      migrations: [],
    })
    try {
      const answer = await alone.request('GET', '/greeter/greet', as(ASHA))
      assert.equal(answer.status, 503)
      assert.equal(answer.body.detail, 'notes is not available here')
      assert.equal((await alone.request('GET', '/notes', as(ASHA))).status, 503)
      assert.equal((await alone.request('GET', '/notes/health')).status, 503)
    } finally {
      await alone.close()
    }
  })
})
