import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, test } from 'node:test'
import {
  type Frame,
  type FrameOptions,
  INTERNAL_KEY,
  identityService,
  openFrame,
  principalOf,
  tokenOf,
  until,
} from '../testing/frame.ts'
import { notes, notesMigrations, notesService } from '../testing/notes.ts'
import { CircuitBreaker } from './breaker.ts'
import { systemCaller } from './context.ts'
import { command, defineContract, query, stream } from './contract.ts'
import { object, Type, text } from './fields.ts'
import { CALLER_HEADER, signCaller, verifyCaller } from './identity.ts'
import { newId } from './ids.ts'
import { doorPath, Peer } from './peer.ts'
import type { Caller } from './principal.ts'
import { defineService, type Service } from './service.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'
const anyone = { kind: 'public' } as const

const far = defineContract({
  name: 'far',
  summary: 'Runs in another process.',
  operations: {
    echo: query({
      summary: 'Echo',
      access: { kind: 'service' },
      input: object({ text: Type.String() }),
      output: object({ text: Type.String(), person: Type.Unknown(), key: Type.Unknown() }),
    }),
    quick: query({
      summary: 'Must be quick',
      access: { kind: 'service' },
      input: object({}),
      output: Type.Null(),
      timeoutMs: 60,
    }),
    refuse: command({
      summary: 'Refuses',
      route: 'POST /refuse',
      access: anyone,
      input: object({ name: text(3) }),
      output: Type.Null(),
    }),
  },
  streams: {
    upload: stream({
      summary: 'Counts bytes',
      kind: 'command',
      route: 'POST /upload',
      access: { kind: 'person', category: 'documents' },
      produces: ['application/json'],
    }),
    download: stream({
      summary: 'Gives bytes',
      kind: 'query',
      route: 'GET /download',
      access: anyone,
      produces: ['application/octet-stream'],
      parameters: { size: 'bytes', cut: 'break off there' },
    }),
    silent: stream({
      summary: 'Never answers',
      kind: 'query',
      route: 'GET /silent',
      access: anyone,
      produces: ['text/plain'],
    }),
  },
})

/** Uploads are read once this is kept. */
let reading: Promise<void> = Promise.resolve()

const farService = defineService({
  contract: far,
  needs: [],
  handlers: {
    echo: async (context, input) => ({
      text: input.text,
      person: context.caller.personId ?? null,
      key: context.caller.idempotencyKey ?? null,
    }),
    quick: () => new Promise<null>(() => undefined),
    refuse: async () => null,
  },
  routes: {
    async upload(context, { body, headers }) {
      const hash = createHash('sha256')
      let size = 0
      await reading
      for await (const chunk of body) {
        size += (chunk as Buffer).length
        hash.update(chunk as Buffer)
      }
      const answer = { size, hash: hash.digest('hex'), type: headers['content-type'], person: context.personId }
      return { status: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }
    },
    async download(_context, { query }) {
      const chunk = Buffer.alloc(64 * 1024, 7)
      const cutAt = query.cut === undefined ? Number.POSITIVE_INFINITY : Number(query.cut)
      async function* bytes() {
        for (let sent = 0; sent < Number(query.size); sent += chunk.length) {
          if (sent >= cutAt) throw new Error('broken off')
          yield chunk
        }
      }
      return {
        headers: { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' },
        body: Readable.from(bytes()),
      }
    },
    silent: () => new Promise(() => undefined),
  },
})

let closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  closing = []
})

async function opened(options: FrameOptions): Promise<Frame> {
  const frame = await openFrame(options)
  closing.push(() => frame.close())
  return frame
}

/** The far service in a frame of its own, and a front door that knows it as a peer. */
async function splitInTwo(
  service: Service = farService,
  contract = far,
): Promise<{ front: Frame; back: Frame; peer: Peer }> {
  const back = await opened({ services: [service], otherContracts: [notes], isGateway: false })
  const origin = await back.listen()
  const front = await opened({
    services: [identityService(), notesService()],
    otherContracts: [contract],
    migrations: [notesMigrations],
    peers: new Map([[contract.name, origin]]),
  })
  return { front, back, peer: front.platform.peers.get(contract.name) as Peer }
}

/** A peer that answers whatever the test wants. */
async function fakePeer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ peer: Peer; server: Server }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const peer = new Peer('far', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, INTERNAL_KEY)
  closing.push(async () => {
    await peer.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { peer, server }
}

const caller = (more: Partial<Caller> = {}): Caller => ({ ...systemCaller(newId(), ASHA), ...more })
const { echo, quick } = far.operations

describe('a service in another process', () => {
  test('answers as one in this process does, with the person of the call', async () => {
    const { front } = await splitInTwo()
    const answer = await front.platform.door.call(echo, { text: 'hello' }, caller({ idempotencyKey: 'k' }))
    assert.deepEqual(answer, { text: 'hello', person: ASHA, key: 'k' })
  })

  test('refuses as one in this process does: code, field and status arrive', async () => {
    const { front } = await splitInTwo()
    const answer = await front.request('POST', '/far/refuse', { body: { name: 'too long' } })
    assert.equal(answer.status, 422)
    assert.equal(answer.body.errors[0].field, 'name')
  })

  test('takes and gives values larger than a request from outside may be', async () => {
    const { front } = await splitInTwo()
    const large = 'x'.repeat(2_000_000)
    const answer = (await front.platform.door.call(echo, { text: large }, caller())) as { text: string }
    assert.equal(answer.text.length, large.length)
  })

  test('that is down answers 503 fast, with Retry-After', async () => {
    const { peer, server } = await fakePeer(() => undefined)
    await new Promise((resolve) => server.close(resolve))
    await assert.rejects(peer.call(echo, { text: 'x' }, caller()), (error: { code?: string; options?: object }) => {
      assert.equal(error.code, 'unavailable')
      assert.deepEqual((error.options as { retryAfterSeconds: number }).retryAfterSeconds, 2)
      return true
    })
  })

  test('that is slow answers 504 at the time of the operation, or of the caller when that is sooner', async () => {
    const { peer } = await fakePeer(() => undefined)
    await assert.rejects(peer.call(quick, {}, caller()), /far\.quick did not answer within 60 ms/)
    const impatient = caller({ deadline: Date.now() + 30 })
    await assert.rejects(peer.call(echo, { text: 'x' }, impatient), { code: 'timeout', status: 504 })
  })

  for (const [what, status, body] of [
    ['text', 200, 'what?'],
    ['null', 200, 'null'],
    ['a number', 200, '5'],
    ['an error with a code that is none', 400, '{"error":{"code":"toString","message":"x"}}'],
    ['a problem of its frame', 404, '{"error":"There is nothing at this address","code":"not_found"}'],
    ['an empty body', 500, ''],
  ] as const) {
    test(`that answers ${what} is 502`, async () => {
      const { peer } = await fakePeer((_request, response) => void response.writeHead(status).end(body))
      await assert.rejects(peer.call(echo, { text: 'x' }, caller()), { code: 'bad_upstream', status: 502 })
    })
  }

  test('that breaks off in the middle is 503', async () => {
    const { peer } = await fakePeer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"output":', () => response.destroy())
    })
    await assert.rejects(peer.call(echo, { text: 'x' }, caller()), { code: 'unavailable' })
  })

  test('is asked no more after five failures in a row, shown as unavailable, and tried again by one call later', async () => {
    let isBroken = true
    let asked = 0
    const { peer } = await fakePeer((_request, response) => {
      asked += 1
      if (isBroken) response.destroy()
      else response.end('{"output":{"text":"x","person":null,"key":null}}')
    })
    for (let n = 0; n < 5; n += 1) await assert.rejects(peer.call(echo, { text: 'x' }, caller()))
    assert.equal(peer.health(), 'unavailable')
    const before = asked
    await assert.rejects(peer.call(echo, { text: 'x' }, caller()), { code: 'unavailable' })
    assert.equal(asked, before)
    isBroken = false
    await until('it is tried again', () =>
      peer.call(echo, { text: 'x' }, caller()).then(
        () => true,
        () => false,
      ),
    )
    assert.equal(peer.health(), 'healthy')
  })

  test('a refusal of the operation is no failure of the peer', async () => {
    const { front, peer } = await splitInTwo()
    for (let n = 0; n < 8; n += 1) await front.request('POST', '/far/refuse', { body: {} })
    assert.equal(peer.health(), 'healthy')
  })
})

describe('the circuit breaker', () => {
  test('opens at the threshold, lets one try after the cool-down, and closes or opens again by its outcome', () => {
    const breaker = new CircuitBreaker(3, 1000)
    for (let n = 0; n < 3; n += 1) {
      assert.equal(breaker.enter(0), true)
      breaker.failed(0)
    }
    assert.deepEqual([breaker.enter(999), breaker.state(999)], [false, 'open'])
    assert.deepEqual([breaker.enter(1000), breaker.enter(1000)], [true, false], 'one try at a time')
    breaker.failed(1000)
    assert.equal(breaker.enter(1999), false)
    assert.equal(breaker.enter(2000), true)
    breaker.left()
    assert.equal(breaker.enter(2000), true, 'a try that said nothing leaves room for the next')
    breaker.succeeded()
    assert.equal(breaker.state(2000), 'closed')
  })
})

describe('the signed caller', () => {
  const now = 1_000_000
  const full = caller({
    principal: principalOf({ accountId: ASHA }),
    traceparent: '00-a-b-01',
    idempotencyKey: 'k',
    origin: 'request',
  })
  const signed = (key = INTERNAL_KEY, audience = 'far.echo', at = now) => signCaller(full, audience, key, at)

  test('arrives as it was', () => {
    assert.deepEqual(verifyCaller(signed(), 'far.echo', INTERNAL_KEY, now), { grounds: undefined, ...full })
    const bare = caller({ personId: undefined })
    assert.deepEqual(verifyCaller(signCaller(bare, 'a', 'k', now), 'a', 'k', now), { grounds: undefined, ...bare })
  })

  test('is refused when tampered with, too old, for another operation, or signed with another key', () => {
    const [body = '', mac = ''] = signed().split('.')
    const other = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), personId: newId() }),
    )
    for (const [what, header, audience, at] of [
      ['another body', `${other.toString('base64url')}.${mac}`, 'far.echo', now],
      ['a cut signature', `${body}.${mac.slice(0, -1)}`, 'far.echo', now],
      ['a changed signature', `${body}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`, 'far.echo', now],
      ['no signature', body, 'far.echo', now],
      ['nothing', '', 'far.echo', now],
      ['only a dot', '.', 'far.echo', now],
      ['another operation', signed(), 'far.refuse', now],
      ['a minute later', signed(), 'far.echo', now + 60_001],
      ['another key', signed('another key'), 'far.echo', now],
    ] as const) {
      assert.equal(verifyCaller(header, audience, INTERNAL_KEY, at), undefined, what)
    }
  })

  test('without a good one the door is a 404 like any address that is none, and nothing runs', async () => {
    const { back } = await splitInTwo()
    const nothing = await back.request('POST', '/_call/far/nothing', { body: {} })
    const path = doorPath('far', 'echo')
    for (const header of [
      undefined,
      'x.y',
      signCaller(caller(), 'far.refuse', INTERNAL_KEY, Date.now()),
      signCaller(caller(), 'far.echo', 'wrong', Date.now()),
    ]) {
      const headers: Record<string, string> = header === undefined ? {} : { [CALLER_HEADER]: header }
      const answer = await back.request('POST', path, { body: { text: 'x' }, headers })
      assert.equal(answer.status, 404)
      assert.deepEqual({ ...answer.body, request_id: '' }, { ...nothing.body, request_id: '' })
    }
    const good = { [CALLER_HEADER]: signCaller(caller(), 'far.echo', INTERNAL_KEY, Date.now()) }
    assert.equal((await back.request('POST', path, { body: { text: 'x' }, headers: good })).status, 200)
  })

  test('from outside it opens nothing: a client that sends one without the key is a stranger', async () => {
    const { front } = await splitInTwo()
    const forged = signCaller(
      caller({ principal: principalOf({ accountId: ASHA }) }),
      'far.upload',
      'guessed',
      Date.now(),
    )
    const headers = { [CALLER_HEADER]: forged, 'content-type': 'text/plain' }
    assert.equal((await front.request('POST', '/far/upload', { raw: 'x', headers })).status, 401)
  })
})

describe('streams to and from another process', () => {
  const upload = (origin: string, body: RequestInit['body'], type: string) =>
    fetch(`${origin}/far/upload`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': type, authorization: `Bearer ${tokenOf({ accountId: ASHA })}` },
    } as RequestInit)

  test('a large upload arrives whole, with its person, and is never held in memory as a whole', async () => {
    const { front } = await splitInTwo()
    const origin = await front.listen()
    const chunk = randomBytes(1024 * 1024)
    const chunks = 96
    const hash = createHash('sha256')
    let sent = 0
    async function* bytes() {
      for (; sent < chunks; sent += 1) {
        hash.update(chunk)
        yield chunk
      }
    }
    let mayRead: () => void = () => undefined
    reading = new Promise((resolve) => {
      mayRead = resolve
    })
    const answering = upload(origin, Readable.toWeb(Readable.from(bytes())) as never, 'application/octet-stream')
    // While the service does not read, the client can't go on sending: nobody between them takes it all in.
    let unchanged = 0
    let last = -1
    await until('sending has come to a halt', () => {
      unchanged = sent > 0 && sent === last ? unchanged + 1 : 0
      last = sent
      return unchanged >= 50
    })
    assert.ok(sent < chunks / 3, `${sent} MB were taken in`)
    mayRead()
    const answer = await answering
    assert.equal(answer.status, 201)
    const told = await answer.json()
    assert.deepEqual(told, {
      size: chunks * chunk.length,
      hash: hash.digest('hex'),
      type: 'application/octet-stream',
      person: ASHA,
    })
  })

  for (const type of [
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
  ]) {
    test(`a body of ${type} arrives byte for byte, here and forwarded`, async () => {
      const { front } = await splitInTwo()
      const alone = await opened({ services: [identityService(), farService] })
      const bytes = Buffer.from('{ "a": 1,  "b":[1.0] }&c=%20d+e')
      for (const frame of [front, alone]) {
        const answer = await upload(await frame.listen(), bytes, type)
        const told = (await answer.json()) as { hash: string; type: string }
        assert.equal(told.hash, createHash('sha256').update(bytes).digest('hex'))
        assert.equal(told.type, type)
      }
    })
  }

  test('a large download streams through, with its headers', async () => {
    const { front } = await splitInTwo()
    const answer = await fetch(`${await front.listen()}/far/download?size=${32 * 1024 * 1024}`)
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream')
    assert.equal(answer.headers.get('accept-ranges'), 'bytes')
    let size = 0
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) size += chunk.length
    assert.equal(size, 32 * 1024 * 1024)
  })

  test('a peer that breaks off in the middle of its answer breaks off ours, and all goes on', async () => {
    const { front } = await splitInTwo()
    const origin = await front.listen()
    const answer = await fetch(`${origin}/far/download?size=100000000&cut=1000000`)
    assert.equal(answer.status, 200)
    await assert.rejects(answer.arrayBuffer())
    assert.equal((await fetch(`${origin}/far/download?size=65536`)).status, 200)
    assert.equal((await fetch(`${origin}/health`)).status, 200)
  })

  test('an upload to a peer that is away is answered 503: the connection of the client lives to be told', async () => {
    const { front, back } = await splitInTwo()
    const origin = await front.listen()
    await back.face.app.close()
    const answer = await upload(origin, Buffer.alloc(50_000), 'application/octet-stream')
    assert.equal(answer.status, 503)
    assert.equal(((await answer.json()) as { code: string }).code, 'unavailable')
  })

  test('clients that leave in the middle of an upload do not make the peer count as broken', async () => {
    const { front, peer } = await splitInTwo()
    const origin = await front.listen()
    for (let n = 0; n < 7; n += 1) {
      const abort = new AbortController()
      async function* bytes() {
        yield Buffer.alloc(10_000)
        abort.abort()
        yield Buffer.alloc(10_000)
      }
      const sending = fetch(`${origin}/far/upload`, {
        method: 'POST',
        body: Readable.toWeb(Readable.from(bytes())) as never,
        duplex: 'half',
        signal: abort.signal,
        headers: { authorization: `Bearer ${tokenOf({ accountId: ASHA })}` },
      } as RequestInit)
      await assert.rejects(sending)
    }
    await until('all were noticed', async () => (await upload(origin, 'x', 'text/plain')).status === 201)
    assert.equal(peer.health(), 'healthy')
  })

  test('a peer that never answers a forwarded request is 504 at the deadline of the caller', async () => {
    const { peer } = await fakePeer(() => undefined)
    for (const body of [null, Readable.from([Buffer.from('x')])]) {
      const forwarded = peer.forward({
        method: 'POST',
        path: '/far/silent',
        headers: {},
        body,
        isGone: () => false,
        caller: caller({ deadline: Date.now() + 40 }),
        audience: 'far.silent',
      })
      await assert.rejects(forwarded, { code: 'timeout' })
    }
  })
})
