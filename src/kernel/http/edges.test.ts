import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../testing/clock.ts'
import { type Frame, identityService, openFrame } from '../../testing/frame.ts'
import { notesMigrations, notesService } from '../../testing/notes.ts'
import { defineContract, query } from '../contract.ts'
import { object, page, pageInput, Type } from '../fields.ts'
import { defineService } from '../service.ts'

const ASHA = { accountId: '0197c000-0000-7000-8000-000000000001' }
const RAVI = { accountId: '0197c000-0000-7000-8000-000000000002' }

async function withFrame(environment: Record<string, string>, work: (frame: Frame) => Promise<void>): Promise<void> {
  const services = [identityService(), notesService(), pagesService]
  const frame = await openFrame({ services, migrations: [notesMigrations], environment, clock: new FakeClock() })
  try {
    await work(frame)
  } finally {
    await frame.close()
  }
}

const pages = defineContract({
  name: 'pages',
  summary: 'A list with more behind it, and a versioned thing.',
  operations: {
    list: query({
      summary: 'List',
      route: 'GET /pages',
      access: { kind: 'public' },
      input: object(pageInput),
      output: page(Type.String()),
    }),
    thing: query({
      summary: 'Thing',
      route: 'GET /thing',
      access: { kind: 'public' },
      input: object({}),
      output: object({ name: Type.String(), version: Type.Integer() }),
    }),
    limited: query({
      summary: 'Seldom',
      route: 'GET /limited',
      access: { kind: 'public' },
      limit: { requests: 2, windowSeconds: 60 },
      input: object({}),
      output: Type.Null(),
    }),
  },
})
const pagesService = defineService({
  contract: pages,
  needs: [],
  handlers: {
    list: async (_context, { cursor }) => ({
      items: ['"next_cursor":"x"'],
      next_cursor: cursor === undefined ? 'abc' : null,
    }),
    thing: async () => ({ name: 'a "version":7 b', version: 3 }),
    limited: async () => null,
  },
})

describe('request ids', () => {
  test('a well-formed one is taken over, in the header and in errors; another is replaced', () =>
    withFrame({}, async (frame) => {
      const taken = await frame.request('GET', '/nothing', { headers: { 'x-request-id': 'client-id_1.2' } })
      assert.equal(taken.headers['x-request-id'], 'client-id_1.2')
      assert.equal(taken.body.request_id, 'client-id_1.2')
      for (const given of ['short', 'x'.repeat(65), 'with space 1', '<script>alert(1)', 'ümläut-id-1', 'a/b/c/d/e/f']) {
        const answer = await frame.request('GET', '/nothing', { headers: { 'x-request-id': given } })
        assert.match(String(answer.headers['x-request-id']), /^[0-9a-f-]{36}$/, given)
      }
    }))
})

describe('security headers', () => {
  test('stand on every answer: pages, data, errors, refusals, assets, preflights', () =>
    withFrame({}, async (frame) => {
      const urls = [
        '/',
        '/health',
        '/docs',
        '/api/v1/redoc',
        '/openapi.json',
        '/nothing',
        '/notes',
        '/notes/%zz',
        '/assets/plain.css',
      ]
      const answers = await Promise.all([
        ...urls.map((url) => frame.request('GET', url)),
        frame.request('OPTIONS', '/notes'),
        frame.request('POST', '/notes', { raw: '{', headers: { 'content-type': 'application/json' }, as: ASHA }),
      ])
      for (const { headers, status } of answers) {
        assert.equal(headers['x-content-type-options'], 'nosniff', String(status))
        assert.equal(headers['x-frame-options'], 'DENY')
        assert.equal(headers['referrer-policy'], 'no-referrer')
        assert.match(String(headers['strict-transport-security']), /^max-age=\d{7,}/)
        assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/)
        assert.ok(headers['cache-control'] !== undefined)
        assert.ok(headers['x-request-id'] !== undefined)
        assert.equal(headers['x-powered-by'], undefined)
        assert.equal(headers.server, undefined)
      }
    }))

  test('personal data is kept by no cache', () =>
    withFrame({}, async (frame) => {
      assert.equal((await frame.request('GET', '/notes', { as: ASHA })).headers['cache-control'], 'no-store')
    }))
})

describe('HEAD and OPTIONS', () => {
  test('HEAD answers as GET does, without the body', () =>
    withFrame({}, async (frame) => {
      // At canonical paths: one for every alias too would cost every start.
      for (const url of ['/health', '/api/v1/notes']) {
        const get = await frame.request('GET', url, { as: ASHA })
        const head = await frame.request('HEAD', url, { as: ASHA })
        assert.equal(head.status, get.status)
        assert.equal(head.text, '')
        assert.equal(head.headers['content-type'], get.headers['content-type'])
      }
      assert.equal((await frame.request('HEAD', '/api/v1/notes')).status, 401)
    }))

  test('OPTIONS answers 204 and says nothing to strangers', () =>
    withFrame({}, async (frame) => {
      const answer = await frame.request('OPTIONS', '/notes', { headers: { origin: 'https://evil.example' } })
      assert.equal(answer.status, 204)
      assert.equal(answer.headers['access-control-allow-origin'], undefined)
      assert.equal(answer.headers['access-control-allow-methods'], undefined)
    }))
})

describe('other origins', () => {
  const origin = 'https://meeting-streamer.vercel.app'
  const asked = { origin, 'access-control-request-method': 'POST' }

  test('the default client is let in although its setting ends with a slash', () =>
    withFrame({}, async (frame) => {
      const answer = await frame.request('GET', '/health', { headers: { origin } })
      assert.equal(answer.headers['access-control-allow-origin'], origin)
      assert.equal(answer.headers['access-control-allow-credentials'], 'true')
      assert.match(String(answer.headers.vary), /origin/i)
      const preflight = await frame.request('OPTIONS', '/notes', { headers: asked })
      assert.equal(preflight.status, 204)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        assert.match(String(preflight.headers['access-control-allow-methods']), new RegExp(method))
      }
      for (const name of ['authorization', 'content-type', 'x-api-key', 'idempotency-key', 'x-profile-id']) {
        assert.match(String(preflight.headers['access-control-allow-headers']), new RegExp(name))
      }
      assert.equal(preflight.headers['access-control-allow-origin'], origin)
    }))

  test('errors say it too, so that the page can read them', () =>
    withFrame({}, async (frame) => {
      const answer = await frame.request('GET', '/notes', { headers: { origin } })
      assert.equal(answer.status, 401)
      assert.equal(answer.headers['access-control-allow-origin'], origin)
    }))

  test('settings are compared as browsers write origins: case, slash and default port do not count', () =>
    withFrame(
      { CORS_ORIGINS: 'HTTPS://App.Example/, http://localhost:3000/, https://p.example:443' },
      async (frame) => {
        for (const one of ['https://app.example', 'http://localhost:3000', 'https://p.example']) {
          const answer = await frame.request('GET', '/health', { headers: { origin: one } })
          assert.equal(answer.headers['access-control-allow-origin'], one)
        }
      },
    ))

  test('nobody else is let in, however alike; caches are told that it depends', () =>
    withFrame({ CORS_ORIGINS: 'https://app.example' }, async (frame) => {
      for (const one of [
        'https://evil.example',
        'http://app.example',
        'https://app.example.evil.example',
        'https://evilapp.example',
        'https://app.example:8443',
        'null',
        '*',
        '',
        'https://meeting-streamer.vercel.app',
      ]) {
        const answer = await frame.request('GET', '/health', { headers: { origin: one } })
        assert.equal(answer.headers['access-control-allow-origin'], undefined, one)
        assert.equal(answer.status, 200)
        assert.match(String(answer.headers.vary), /origin/i)
      }
    }))
})

describe('limits', () => {
  test('headers count down, the one too many answers 429 with the wait, and time refills', () =>
    withFrame({ RATE_LIMIT_PER_MINUTE: '3' }, async (frame) => {
      const left: unknown[] = []
      for (let n = 0; n < 3; n += 1) {
        const { status, headers } = await frame.request('GET', '/notes', { as: ASHA })
        assert.equal(status, 200)
        assert.equal(headers['ratelimit-policy'], '"default";q=3;w=60')
        left.push(headers.ratelimit)
      }
      assert.deepEqual(left, ['"default";r=2;t=20', '"default";r=1;t=40', '"default";r=0;t=60'])
      const refused = await frame.request('GET', '/notes', { as: ASHA })
      assert.deepEqual(
        [refused.status, refused.body.code, refused.body.error_code],
        [429, 'too_many_requests', 'RATE_LIMIT_EXCEEDED'],
      )
      assert.equal(refused.headers['retry-after'], '20')
      assert.equal(refused.headers.ratelimit, '"default";r=0;t=20')
      assert.equal(refused.headers['ratelimit-policy'], '"default";q=3;w=60')
      assert.equal((await frame.request('GET', '/notes', { as: RAVI })).status, 200, 'everybody has their own')
      frame.clock.advance({ seconds: 20 })
      assert.equal((await frame.request('GET', '/notes', { as: ASHA })).status, 200)
      assert.equal((await frame.request('GET', '/notes', { as: ASHA })).status, 429)
      frame.clock.advance({ hours: 1 })
      assert.equal((await frame.request('GET', '/notes', { as: ASHA })).headers.ratelimit, '"default";r=2;t=20')
    }))

  test('callers without a valid credential share the allowance of their address, wrong tokens included', () =>
    withFrame({ RATE_LIMIT_PER_MINUTE: '3' }, async (frame) => {
      const statuses: number[] = []
      for (const as of ['!a', '!b', '!c', '!d']) statuses.push((await frame.request('GET', '/notes', { as })).status)
      assert.deepEqual(statuses, [401, 401, 401, 429])
      assert.equal(
        (await frame.request('GET', '/notes', { as: ASHA })).status,
        200,
        'a good credential is not held back',
      )
    }))

  test('health and documents are not limited', () =>
    withFrame({ RATE_LIMIT_PER_MINUTE: '1' }, async (frame) => {
      for (let n = 0; n < 5; n += 1) assert.equal((await frame.request('GET', '/health')).status, 200)
    }))

  test('an operation with a limit of its own keeps it per caller', () =>
    withFrame({ RATE_LIMIT_PER_MINUTE: '1000' }, async (frame) => {
      const ask = async (as?: typeof ASHA) =>
        (await frame.request('GET', '/pages/limited', as === undefined ? {} : { as })).status
      assert.deepEqual([await ask(), await ask(), await ask()], [200, 200, 429])
      assert.deepEqual([await ask(ASHA), await ask(ASHA), await ask(ASHA)], [200, 200, 429])
      frame.clock.advance({ seconds: 30 })
      assert.equal(await ask(ASHA), 200)
    }))

  test('an address that a client claims counts only behind trusted proxies, and then the last ones only', async () => {
    const ask = (frame: Frame, chain: string) =>
      frame.request('GET', '/pages/limited', { headers: { 'x-forwarded-for': chain } })
    const environment = { RATE_LIMIT_PER_MINUTE: '1000' }
    await withFrame(environment, async (frame) => {
      const statuses = []
      for (const claimed of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) statuses.push((await ask(frame, claimed)).status)
      assert.deepEqual(statuses, [200, 200, 429], 'no proxy is trusted: all are the same address')
    })
    await withFrame({ ...environment, TRUSTED_PROXIES: '1' }, async (frame) => {
      const statuses = []
      for (const claimed of ['6.6.6.6, 1.1.1.1', '7.7.7.7, 1.1.1.1', '8.8.8.8, 1.1.1.1', '8.8.8.8, 2.2.2.2']) {
        statuses.push((await ask(frame, claimed)).status)
      }
      assert.deepEqual(statuses, [200, 200, 429, 200], 'what the client wrote before its proxy is not believed')
    })
  })
})

describe('links and versions', () => {
  test('a page with more behind it links to the next one; the last does not', () =>
    withFrame({}, async (frame) => {
      const first = await frame.request('GET', '/api/v1/pages?limit=5')
      assert.equal(first.headers.link, '</api/v1/pages?limit=5&cursor=abc>; rel="next"')
      const second = await frame.request('GET', '//api/v1/pages?limit=5')
      assert.equal(second.headers.link, '</api/v1/pages?limit=5&cursor=abc>; rel="next"', 'on this host')
      const last = await frame.request('GET', '/api/v1/pages?limit=5&cursor=abc')
      assert.equal(last.headers.link, undefined, 'what people write is no link')
    }))

  test('a versioned thing carries its version as a tag', () =>
    withFrame({}, async (frame) => {
      assert.equal((await frame.request('GET', '/pages/thing')).headers.etag, 'W/"3"')
      assert.equal((await frame.request('GET', '/api/v1/pages')).headers.etag, undefined)
    }))
})
