import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { type Frame, type FrameAnswer, identityService, openFrame, tokenOf } from '../../testing/frame.ts'
import { notesMigrations, notesService } from '../../testing/notes.ts'
import { readAnswer, sendBytes } from '../../testing/sockets.ts'
import { command, defineContract, query } from '../contract.ts'
import { flag, integer, list, nullable, number, object, oneOf, optional, Type, text, uuid } from '../fields.ts'
import { defineService } from '../service.ts'

const ASHA = { accountId: '0197c000-0000-7000-8000-000000000001' }
const anyone = { kind: 'public' } as const
const fields = {
  name: optional(text(20)),
  size: optional(integer(-5, 5)),
  share: optional(number(-1e9, 1e9)),
  goal: optional(nullable(number(0, 100))),
  isOn: optional(flag()),
  colour: optional(oneOf(['red', 'green'])),
  ids: optional(list(uuid(), 3)),
  more: optional(object({ deep: optional(object({ text: optional(text(5)) })) })),
}
const output = object({ input: Type.Unknown(), keys: Type.Array(Type.String()) })

const mirror = defineContract({
  name: 'mirror',
  summary: 'Shows what arrived.',
  operations: {
    read: query({
      summary: 'Read',
      route: 'GET /read/:word',
      access: anyone,
      input: object({ ...fields, word: text(100) }),
      output,
    }),
    write: command({
      summary: 'Write',
      route: 'POST /write',
      access: anyone,
      input: object(fields),
      output,
      accepts: ['form'],
    }),
  },
})

const seen = async (_context: unknown, input: object) => ({ input, keys: Object.keys(input) })
const service = defineService({ contract: mirror, needs: [], handlers: { read: seen, write: seen } })

describe('hostile input', () => {
  let frame: Frame
  let origin = ''
  before(async () => {
    // As in production: what arrives is not cloned before the handler sees it.
    frame = await openFrame({
      services: [identityService(), notesService(), service],
      migrations: [notesMigrations],
      isStrict: false,
    })
    origin = await frame.listen()
  })
  after(() => frame.close())

  const json = { 'content-type': 'application/json' }
  const post = (raw: string | Buffer) => frame.request('POST', '/mirror/write', { raw, headers: json })
  const stored = async () => (await frame.rows('select 1 from notes.note')).length

  function assertRefused(answer: FrameAnswer, what: string): void {
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text.slice(0, 200)}`)
    assert.equal(typeof answer.body.code, 'string', what)
  }

  test('JSON nested 10,000 levels deep is refused, as an object, a list and where text should be', async () => {
    const deep = 10_000
    for (const raw of [
      `{"more":${'{"deep":'.repeat(deep)}1${'}'.repeat(deep)}}`,
      `{"ids":${'['.repeat(deep)}${']'.repeat(deep)}}`,
      '['.repeat(deep) + ']'.repeat(deep),
      '['.repeat(100_000),
    ]) {
      assertRefused(await post(raw), raw.slice(0, 20))
    }
  })

  test('numbers beyond double precision are refused wherever they come from', async () => {
    for (const raw of ['{"share":1e999}', '{"share":-1e999}', '{"size":1e400}', '{"more":{"deep":{"text":1e999}}}']) {
      assertRefused(await post(raw), raw)
    }
    for (const value of ['1e999', '-1e999', 'Infinity', 'NaN', '0x10', '1e', '--1', '1 ', ' 1', '', '9'.repeat(400)]) {
      assertRefused(await frame.request('GET', `/mirror/read/x?share=${encodeURIComponent(value)}`), value)
    }
  })

  test('an empty or odd text never becomes the number 0 or 1', async () => {
    for (const value of ['%20', 'true', 'false', '0x10', '[]']) {
      assertRefused(await frame.request('GET', `/mirror/read/x?goal=${value}`), value)
    }
    assert.equal((await frame.request('GET', '/mirror/read/x?goal=')).body.input.goal, null)
    assert.equal((await frame.request('GET', '/mirror/read/x?goal=0')).body.input.goal, 0)
    assert.equal((await frame.request('GET', '/mirror/read/x?goal=12.5')).body.input.goal, 12.5)
    for (const value of ['', 'yes', '2'])
      assertRefused(await frame.request('GET', `/mirror/read/x?isOn=${value}`), value)
    assert.equal((await frame.request('GET', '/mirror/read/x?isOn=true')).body.input.isOn, true)
  })

  test('NUL and lone surrogates are refused in values, names, query, path and form', async () => {
    for (const raw of [
      '{"name":"a\\u0000b"}',
      '{"name":"\\ud800"}',
      '{"na\\u0000me":"x"}',
      '{"more":{"\\udfff":1}}',
      '{"ids":["\\ud83d"]}',
    ]) {
      assertRefused(await post(raw), raw)
    }
    for (const url of ['/mirror/read/x?name=a%00b', '/mirror/read/a%00b', '/mirror/read/x?a%00=1']) {
      assertRefused(await frame.request('GET', url), url)
    }
    for (const url of ['/mirror/read/%ed%a0%80', '/mirror/read/x?name=%ed%a0%80', '/mirror/read/%c0%80']) {
      const answer = await frame.request('GET', url)
      // What is no UTF-8 is refused, or stays as it was written: it is never read as something else.
      if (answer.status === 200) assert.match(answer.text, /\ufffd|%ed%a0%80/)
      else assertRefused(answer, url)
    }
    const form = { raw: 'name=a%00b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    assertRefused(await frame.request('POST', '/mirror/write', form), 'form')
  })

  test("__proto__, constructor and objects' own members are refused as unknown fields and change nothing", async () => {
    for (const name of [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'valueOf',
      '__defineGetter__',
    ]) {
      assertRefused(await frame.request('GET', `/mirror/read/x?${name}=1`), `query ${name}`)
      assertRefused(await frame.request('GET', `/mirror/read/x?${name}=1&${name}=2`), `query twice ${name}`)
      assertRefused(await post(`{"${name}":{"isAdmin":true}}`), `body ${name}`)
      const form = { raw: `${name}=1`, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
      assertRefused(await frame.request('POST', '/mirror/write', form), `form ${name}`)
    }
    assertRefused(await post('{"more":{"__proto__":{"deep":{}}}}'), 'nested')
    assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined)
  })

  test('a parameter given twice is refused where one is meant, and taken where a list is', async () => {
    for (const pair of ['name=a&name=b', 'size=1&size=2', 'colour=red&colour=red', 'isOn=true&isOn=true']) {
      assertRefused(await frame.request('GET', `/mirror/read/x?${pair}`), pair)
    }
    const id = ASHA.accountId
    const answer = await frame.request('GET', `/mirror/read/x?ids=${id}&ids=${id}`)
    assert.deepEqual(answer.body.input.ids, [id, id])
    assertRefused(await frame.request('GET', `/notes?profile_id=${id}&profile_id=${id}1`, { as: ASHA }), 'profile_id')
  })

  test('very long paths, parameters, queries and headers are refused', async () => {
    assertRefused(await frame.request('GET', `/mirror/read/${'x'.repeat(600)}`), 'parameter')
    assertRefused(await frame.request('GET', `/${'x/'.repeat(5000)}`), 'path')
    assertRefused(await frame.request('GET', `/mirror/read/x?name=${'x'.repeat(10_000)}`), 'query')
    for (const request of [
      `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      `GET /health HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`,
    ]) {
      const { status, head, body } = readAnswer(await sendBytes(origin, request))
      assert.equal(status, 431)
      assert.match(head, /content-type: application\/problem\+json/)
      assert.equal(JSON.parse(body).status, 431)
    }
  })

  test('what is no HTTP, a method that is none, and a body of two lengths are refused as problems', async () => {
    for (const request of [
      'FETCH /health HTTP/1.1\r\nhost: x\r\n\r\n',
      'this is not http\r\n\r\n',
      'GET /health HTTP/9.9\r\nhost: x\r\n\r\n',
      'POST /mirror/write HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /mirror/write HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n12345',
      'GET /health HTTP/1.1\r\nhost: x\r\nx-bad\u0000: 1\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
    ]) {
      const { status, head, body } = readAnswer(await sendBytes(origin, request))
      assert.ok(status >= 400 && status < 500, `${JSON.stringify(request)}: ${status}`)
      if (body !== '') assert.match(head, /x-content-type-options: nosniff/, request)
      if (body !== '') assert.equal(JSON.parse(body).code, 'bad_request', request)
    }
    // Without a host, the runtime refuses by itself.
    assert.equal(readAnswer(await sendBytes(origin, 'GET /health HTTP/1.1\r\n\r\n')).status, 400)
    for (const method of ['PATCH', 'PUT', 'DELETE', 'TRACE', 'PROPFIND']) {
      const { status } = readAnswer(
        await sendBytes(origin, `${method} /mirror/write HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
      )
      assert.ok(status >= 400 && status < 500, `${method}: ${status}`)
    }
  })

  test('a client that leaves in the middle of its body leaves nothing behind', async () => {
    const before = await stored()
    const head = `POST /notes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tokenOf(ASHA)}\r\ncontent-type: application/json\r\n`
    const { connect } = await import('node:net')
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => {
        socket.write(`${head}content-length: 100\r\n\r\n{"body":"ha`, () => socket.destroy())
      })
      socket.once('close', () => resolve())
    })
    assert.equal((await frame.request('GET', '/health')).status, 200)
    assert.equal(await stored(), before)
  })

  test('a new line in a header or path splits no answer', async () => {
    const answer = await frame.request('GET', '/mirror/read/x%0d%0aset-cookie:%20a=b')
    assert.equal(answer.headers['set-cookie'], undefined)
    const { head } = readAnswer(
      await sendBytes(
        origin,
        'GET /health HTTP/1.1\r\nhost: x\r\nx-request-id: abcdefgh%0d%0ax-evil: 1\r\norigin: https://evil.example\r\nconnection: close\r\n\r\n',
      ),
    )
    assert.doesNotMatch(head, /x-evil|evil\.example|abcdefgh/)
  })

  test('property: whatever JSON, query and path arrive, the answer is 2xx or 4xx, and only declared fields come through', async () => {
    const declared = new Set([...Object.keys(fields), 'word'])
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u0000', '\ud800', '__proto__', "'; drop table notes.note; --", '%', '$(x)', '\r\n', '😀'),
    )
    const value = fc.oneof(fc.jsonValue(), hostile, fc.double(), fc.constantFrom(null, true, [], {}))
    const body = fc.dictionary(fc.oneof(fc.constantFrom(...declared), hostile), value, { maxKeys: 6 })
    const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...declared), hostile), hostile), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(body, pairs, hostile, async (sent, query, word) => {
        const safe = (text: string) => encodeURIComponent(text.toWellFormed())
        const search = query.map(([name, one]) => `${safe(name)}=${safe(one)}`).join('&')
        const answers = [
          await post(JSON.stringify(sent)),
          await frame.request('GET', `/mirror/read/${safe(word)}?${search}`),
          await frame.request('POST', '/notes', { body: sent, as: ASHA }),
        ]
        for (const answer of answers) {
          assert.ok(answer.status < 500, `${answer.status} ${answer.text}`)
          if (answer.status === 200) assert.ok(answer.body.keys.every((key: string) => declared.has(key)))
          if (answer.status >= 400) assert.equal(typeof answer.body.code, 'string')
        }
      }),
      { numRuns: 300 },
    )
    assert.equal(await stored(), 0, 'a note needs a body of its own, which no field here gives')
  })

  test('property: whatever bytes arrive as a body, the answer is 4xx or the body was right', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((one) => Buffer.from(one)),
        ),
        async (bytes) => {
          const answer = await post(Buffer.from(bytes))
          assert.ok(answer.status === 200 || (answer.status >= 400 && answer.status < 500), answer.text)
        },
      ),
      { numRuns: 300 },
    )
  })
})
