import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Frame, type FrameAnswer, type FrameRequest, identityService, openFrame } from '../../testing/frame.ts'
import { notesMigrations, notesService } from '../../testing/notes.ts'
import { command, defineContract, query } from '../contract.ts'
import { ERROR_CODES, type ErrorCode, PlatformError } from '../errors.ts'
import { integer, list, object, oneOf, optional, Type, text } from '../fields.ts'
import { defineService } from '../service.ts'

const ASHA = { accountId: '0197c000-0000-7000-8000-000000000001' }
const MEMBERS = ['type', 'title', 'status', 'code', 'detail', 'error', 'message', 'error_code', 'request_id']

const anyone = { kind: 'public' } as const
const troubles = defineContract({
  name: 'troubles',
  summary: 'Throws what it is asked to.',
  operations: {
    fail: query({
      summary: 'Fails',
      route: 'GET /fail/:code',
      access: anyone,
      input: object({ code: Type.String() }),
      output: Type.Null(),
    }),
    hang: query({
      summary: 'Hangs',
      route: 'GET /hang',
      access: anyone,
      input: object({}),
      output: Type.Null(),
      timeoutMs: 20,
    }),
    legacy: command({
      summary: 'Validates as the S004 clients expect',
      route: 'POST /legacy',
      access: anyone,
      input: object({ name: text(5) }),
      output: Type.Null(),
      validationStatus: 400,
    }),
    admin: query({
      summary: 'For administrators',
      route: 'GET /admin',
      access: { kind: 'role', roles: ['administrator'] },
      input: object({}),
      output: Type.Null(),
    }),
    many: command({
      summary: 'Many fields',
      route: 'POST /many',
      access: anyone,
      input: object({
        colour: oneOf(['red', 'green']),
        size: optional(integer(1, 5)),
        items: optional(list(object({ name: text(5) }), 3)),
      }),
      output: Type.Null(),
    }),
  },
})

const service = defineService({
  contract: troubles,
  needs: [],
  handlers: {
    async fail(_context, { code }) {
      if (code === 'plain') throw new Error('a private matter')
      if (code === 'nothing') throw null
      if (code === 'text') throw 'a private matter'
      throw new PlatformError(code as ErrorCode, `A sentence about ${code}`, {
        privateDetail: 'a private matter',
        retryAfterSeconds: code === 'unavailable' ? 7 : undefined,
      })
    },
    hang: () => new Promise<null>(() => undefined),
    legacy: async () => null,
    admin: async () => null,
    many: async () => null,
  },
})

describe('errors on the wire', () => {
  let frame: Frame
  before(async () => {
    frame = await openFrame({
      services: [identityService(), notesService(), service],
      migrations: [notesMigrations],
    })
  })
  after(() => frame.close())

  function assertProblem(answer: FrameAnswer, status: number, code: ErrorCode, what = ''): void {
    const { body } = answer
    assert.equal(answer.status, status, `${what} ${answer.text}`)
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8', what)
    for (const member of MEMBERS) assert.notEqual(body[member], undefined, `${what} ${member}`)
    assert.equal(body.code, code, what)
    assert.equal(body.status, status)
    assert.equal(body.type, `/docs/errors#${code}`)
    assert.equal(body.title, ERROR_CODES[code].title)
    assert.equal(body.error_code, ERROR_CODES[code].legacy)
    assert.equal(body.detail, body.error, 'detail and error hold the same sentence')
    assert.equal(body.detail, body.message)
    assert.equal(typeof body.detail, 'string')
    assert.equal(body.request_id, answer.headers['x-request-id'])
    assert.ok(!answer.text.includes('private matter'), what)
  }

  const json = { 'content-type': 'application/json' }
  const cases: readonly [string, number, ErrorCode, string, string, FrameRequest][] = [
    ['malformed JSON', 400, 'malformed_body', 'POST', '/notes', { raw: '{"body":', headers: json, as: ASHA }],
    [
      'JSON with a comment',
      400,
      'malformed_body',
      'POST',
      '/notes',
      { raw: '{"body":"x"} // y', headers: json, as: ASHA },
    ],
    [
      'JSON that is no UTF-8',
      400,
      'malformed_body',
      'POST',
      '/notes',
      { raw: Buffer.from([123, 34, 255, 34, 125]), headers: json, as: ASHA },
    ],
    [
      'a body that ends early',
      400,
      'malformed_body',
      'POST',
      '/notes',
      { raw: '{"body":"x"}', headers: { ...json, 'content-length': '40' }, as: ASHA },
    ],
    [
      'a poisoned prototype',
      400,
      'malformed_body',
      'POST',
      '/notes',
      { raw: '{"__proto__":{"a":1}}', headers: json, as: ASHA },
    ],
    ['a malformed address', 400, 'bad_request', 'GET', '/notes/%zz', {}],
    ['no credential', 401, 'unauthenticated', 'GET', '/notes', {}],
    ['a wrong token', 401, 'invalid_token', 'GET', '/notes', { as: '!' }],
    ['a scheme that is none', 401, 'invalid_token', 'GET', '/notes', { headers: { authorization: 'Digest x' } }],
    ['a missing scope', 403, 'insufficient_scope', 'GET', '/notes', { as: { ...ASHA, scopes: ['other:read'] } }],
    ['a missing role', 403, 'forbidden', 'GET', '/troubles/admin', { as: ASHA }],
    ["another's X-User-Id", 403, 'forbidden', 'GET', '/notes', { as: ASHA, headers: { 'x-user-id': '8' } }],
    ['an unknown address', 404, 'not_found', 'GET', '/nothing/here', {}],
    ['an unknown row', 404, 'not_found', 'GET', '/notes/0197c000-0000-7000-8000-00000000dead', { as: ASHA }],
    ['a conflict', 409, 'conflict', 'GET', '/troubles/fail/conflict', {}],
    [
      'a large body',
      413,
      'payload_too_large',
      'POST',
      '/notes',
      { raw: `{"body":"${'x'.repeat(300_000)}"}`, headers: json, as: ASHA },
    ],
    [
      'another content type',
      415,
      'unsupported_media_type',
      'POST',
      '/notes',
      { raw: '<a/>', headers: { 'content-type': 'text/xml' }, as: ASHA },
    ],
    ['no content type', 415, 'unsupported_media_type', 'POST', '/notes', { raw: '{}', as: ASHA }],
    [
      'a form where none is taken',
      415,
      'unsupported_media_type',
      'POST',
      '/notes',
      { raw: 'body=x', headers: { 'content-type': 'application/x-www-form-urlencoded' }, as: ASHA },
    ],
    ['an invalid field', 422, 'validation_failed', 'POST', '/notes', { body: { body: 5 }, as: ASHA }],
    ['a body that is a list', 422, 'validation_failed', 'POST', '/notes', { body: [], as: ASHA }],
    ['an unexpected error', 500, 'internal', 'GET', '/troubles/fail/plain', {}],
    ['an error that is null', 500, 'internal', 'GET', '/troubles/fail/nothing', {}],
    ['an error that is text', 500, 'internal', 'GET', '/troubles/fail/text', {}],
    ['a broken upstream', 502, 'bad_upstream', 'GET', '/troubles/fail/bad_upstream', {}],
    ['an unavailable service', 503, 'unavailable', 'GET', '/troubles/fail/unavailable', {}],
    ['a handler over its deadline', 504, 'timeout', 'GET', '/troubles/hang', {}],
  ]
  for (const [what, status, code, method, url, request] of cases) {
    test(`${what} answers ${status} ${code}`, async () => {
      assertProblem(await frame.request(method, url, request), status, code, what)
    })
  }

  test('an address that takes other methods answers 405 and says which, at every alias and for pages', async () => {
    const both = 'GET, HEAD, POST, OPTIONS'
    for (const path of ['/api/v1/notes', '/notes/', '/notes/api/v1/notes']) {
      const answer = await frame.request('DELETE', path)
      assertProblem(answer, 405, 'method_not_allowed', path)
      assert.equal(answer.headers.allow, both, path)
    }
    const page = await frame.request('POST', '/health', { body: {} })
    assertProblem(page, 405, 'method_not_allowed')
    assert.equal(page.headers.allow, 'GET, HEAD, OPTIONS')
    assert.equal((await frame.request('HEAD', '/troubles/legacy')).headers.allow, 'POST, OPTIONS')
    assertProblem(await frame.request('GET', '/_call/notes/list'), 404, 'not_found')
  })

  test('HEAD answers as GET, without a body; OPTIONS says what an address takes, and 404 where nothing is', async () => {
    const head = await frame.request('HEAD', '/troubles/fail/conflict')
    assert.deepEqual([head.status, head.text], [409, ''])
    const asked = await frame.request('OPTIONS', '/notes')
    assert.deepEqual([asked.status, asked.headers.allow], [204, 'GET, HEAD, POST, OPTIONS'])
    assertProblem(await frame.request('OPTIONS', '/nothing/here'), 404, 'not_found')
  })

  test('every code of the platform can be answered', async () => {
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
      const answer = await frame.request('GET', `/troubles/fail/${code}`)
      assert.equal(answer.status, ERROR_CODES[code].status)
      assert.equal(answer.body.code, code)
      assert.ok(MEMBERS.every((member) => answer.body[member] !== undefined))
    }
  })

  test('401 says how to sign in, and Retry-After how long to wait', async () => {
    assert.equal((await frame.request('GET', '/notes')).headers['www-authenticate'], 'Bearer realm="salus"')
    assert.equal((await frame.request('GET', '/troubles/fail/unavailable')).headers['retry-after'], '7')
  })

  test('validation names each field, what is wrong and what is allowed', async () => {
    const body = { colour: 'blue', size: 9, items: [{ name: 'ok' }, { name: 'much too long' }], extra: 1 }
    const { body: problem } = await frame.request('POST', '/troubles/many', { body })
    const byField = new Map(problem.errors.map((one: { field: string }) => [one.field, one]))
    assert.deepEqual([...byField.keys()].toSorted(), ['colour', 'extra', 'items.1.name', 'size'])
    assert.deepEqual(byField.get('colour'), {
      field: 'colour',
      detail: 'must be one of the allowed values',
      allowed: ['red', 'green'],
      pointer: '/colour',
    })
    assert.equal((byField.get('items.1.name') as { pointer: string }).pointer, '/items/1/name')
    assert.equal((byField.get('extra') as { detail: string }).detail, 'unknown field')
    assert.match(problem.detail, /^(colour|extra|items\.1\.name|size): /)
    const missing = await frame.request('POST', '/troubles/many', { body: {} })
    assert.equal(missing.body.detail, 'colour: is required')
  })

  test('however much is wrong, ten faults at most are named, and their names are bounded', async () => {
    const body = Object.fromEntries(Array.from({ length: 20_000 }, (_unused, index) => [`f${index}`, 1]))
    const answer = await frame.request('POST', '/troubles/many', { body })
    assert.equal(answer.status, 422)
    assert.ok(answer.body.errors.length >= 1 && answer.body.errors.length <= 10)
    const long = await frame.request('POST', '/troubles/many', { body: { colour: 'red', ['x'.repeat(200_000)]: 1 } })
    assert.ok(long.text.length < 4000, String(long.text.length))
  })

  test('validation is 400 where the old clients expect it', async () => {
    const answer = await frame.request('POST', '/troubles/legacy', { body: { name: 'much too long' } })
    assert.equal(answer.status, 400)
    assert.equal(answer.body.code, 'validation_failed')
    assert.equal(answer.body.status, 400)
    const hostile = await frame.request('POST', '/troubles/legacy', { body: { name: 'a\u0000' } })
    assert.equal(hostile.status, 400)
  })

  test('a body that is empty is taken for none, whatever its content type', async () => {
    const answer = await frame.request('POST', '/troubles/many', { raw: '', headers: json })
    assert.equal(answer.body.detail, 'colour: is required')
  })
})
