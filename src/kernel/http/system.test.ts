import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Frame, identityService, openFrame } from '../../testing/frame.ts'
import { notes, notesMigrations, notesService } from '../../testing/notes.ts'
import { command, defineContract, stream } from '../contract.ts'
import { integer, object, oneOf, optional, Type, text } from '../fields.ts'
import { openApiDocument } from '../openapi.ts'
import { defineService } from '../service.ts'
import { pathsOf } from './paths.ts'

const files = defineContract({
  name: 'files',
  summary: 'Operations of every shape, <b>for documents</b>.',
  operations: {
    sign: command({
      summary: 'By form & more',
      route: 'POST /files/:id/sign',
      access: { kind: 'public' },
      accepts: ['form'],
      status: 201,
      input: object({ id: integer(1, 9), how: oneOf(['pen', 'key'], { description: 'how' }), note: optional(text(9)) }),
      output: object({ ok: Type.Boolean() }),
      errors: ['gone', 'already_exists'],
      validationStatus: 400,
    }),
    odd: command({
      summary: 'Only at an odd address',
      aliases: ['PUT /odd/:a/:b'],
      access: { kind: 'role', roles: ['administrator'] },
      status: 204,
      input: object({ a: text(5), b: text(5) }),
      output: Type.Null(),
    }),
    page: command({
      summary: 'Answers a page',
      route: 'POST /files/page',
      access: { kind: 'account' },
      produces: 'text/html; charset=utf-8',
      input: object({}),
      output: Type.String(),
    }),
  },
  streams: {
    get: stream({
      summary: 'Bytes',
      kind: 'query',
      route: 'GET /files/:id/bytes',
      access: { kind: 'person', category: 'documents' },
      produces: ['application/pdf'],
      parameters: { part: 'which' },
    }),
  },
})
const filesService = defineService({
  contract: files,
  needs: [],
  handlers: { sign: async () => ({ ok: true }), odd: async () => null, page: async () => '<p>' },
  routes: { get: async () => ({ body: 'x' }) },
})

describe('pages of the frame', () => {
  let frame: Frame
  before(async () => {
    frame = await openFrame({
      services: [identityService(), notesService(), filesService],
      migrations: [notesMigrations],
      environment: { METRICS_TOKEN: '' },
    })
  })
  after(() => frame.close())
  const get = (url: string, headers: Record<string, string> = {}) => frame.request('GET', url, { headers })

  test('/health names every service under all its names, from memory', async () => {
    const { status, body } = await get('/health')
    assert.equal(status, 200)
    assert.equal(body.status, 'healthy')
    assert.equal(body.gateway, 'healthy')
    assert.deepEqual(Object.keys(body.services).toSorted(), ['database', 'files', 'identity', 'memo', 'notes'])
    assert.equal(body.timestamp, frame.clock.now().toISOString())
    for (const name of ['notes', 'memo']) {
      const one = await get(`/${name}/health`)
      assert.deepEqual([one.status, one.body.status, one.body.service], [200, 'healthy', name])
      assert.equal((await get(`/${name}/ready`)).status, 200)
    }
  })

  test('/services tells what runs where, and how much of it is public', async () => {
    const { body } = await get('/services')
    const entry = body.services.find((one: { name: string }) => one.name === 'notes')
    assert.deepEqual(
      [entry.where, entry.status, entry.health, entry.operations],
      ['this process', 'healthy', '/notes/health', 4],
    )
    assert.deepEqual(body.providers, [])
  })

  test('/metrics is Prometheus text with route patterns and cumulative buckets', async () => {
    const secret = '0197c000-0000-7000-8000-0000000000aa'
    await get(`/notes/${secret}`)
    await frame.request('GET', `/nothing/${secret}`)
    const { status, text: exposed, headers } = await get('/metrics')
    assert.equal(status, 200)
    assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/)
    assert.ok(!exposed.includes(secret))
    assert.match(exposed, /route="\/notes\/:id",status="401"/)
    const lines = exposed.trimEnd().split('\n')
    const sample = /^[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? -?\d+(\.\d+)?(e[+-]?\d+)?$/
    const typed = new Set<string>()
    for (const line of lines) {
      const type = /^# TYPE ([a-z_]+) (histogram|gauge|counter)$/.exec(line)
      if (type !== null) {
        assert.ok(!typed.has(type[1] as string), `${type[1]} is described once`)
        typed.add(type[1] as string)
      } else if (!line.startsWith('# HELP ')) {
        assert.match(line, sample)
        const name = (/^[a-z_]+/.exec(line)?.[0] ?? '').replace(/_(bucket|sum|count)$/, '')
        assert.ok(typed.has(name), `${name} is described before it is given`)
      }
    }
    const buckets = lines.filter(
      (line) => line.startsWith('http_request_duration_seconds_bucket{') && line.includes('"/notes/:id"'),
    )
    const counts = buckets.map((line) => Number(line.split(' ').at(-1)))
    assert.ok(counts.every((count, index) => index === 0 || count >= (counts[index - 1] as number)))
    assert.match(buckets.at(-1) ?? '', /le="\+Inf"/)
  })

  test('/metrics is for this machine or the holder of its token', async () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip']) {
      assert.equal((await get('/metrics', { [name]: '127.0.0.1' })).status, 401, name)
    }
    const elsewhere = await frame.face.app.inject({ method: 'GET', url: '/metrics', remoteAddress: '10.0.0.7' })
    assert.equal(elsewhere.statusCode, 401)
    const guarded = await openFrame({ services: [identityService()], environment: { METRICS_TOKEN: 'let-me-in' } })
    try {
      assert.equal((await guarded.request('GET', '/metrics')).status, 401)
      for (const wrong of ['Bearer let-me-i', 'let-me-in', 'Bearer ', 'Basic let-me-in']) {
        assert.equal((await guarded.request('GET', '/metrics', { headers: { authorization: wrong } })).status, 401)
      }
      const headers = { authorization: 'Bearer let-me-in', 'x-forwarded-for': '1.1.1.1' }
      assert.equal((await guarded.request('GET', '/metrics', { headers })).status, 200)
    } finally {
      await guarded.close()
    }
  })

  test('/ is a page for people and a description for programs', async () => {
    const page = await get('/', { accept: 'text/html,application/xhtml+xml' })
    assert.match(String(page.headers['content-type']), /^text\/html/)
    assert.ok(page.text.includes('&lt;b&gt;for documents&lt;/b&gt;'), 'texts of contracts are escaped')
    assert.equal((await get('/')).body.status, 'healthy')
  })

  test('pages load nothing from elsewhere, and all they load is there', async () => {
    for (const url of ['/', '/docs', '/api/v1/docs', '/api/v1/redoc', '/redoc', '/docs/errors']) {
      const page = await get(url, { accept: 'text/html' })
      assert.equal(page.status, 200, url)
      assert.match(String(page.headers['content-security-policy']), /default-src 'self'/)
      assert.doesNotMatch(
        String(page.headers['content-security-policy']),
        /https?:|unsafe-eval|script-src[^;]*unsafe-inline/,
      )
      assert.doesNotMatch(page.text, /(src|href)="(https?:)?\/\//)
      assert.doesNotMatch(page.text, /<script(?![^>]* src=)[^>]*>|\son\w+="/, 'no script in the page itself')
      for (const [, asset = ''] of page.text.matchAll(/(?:src|href)="(\/[^"#]*)"/g)) {
        assert.equal((await get(asset)).status, 200, `${url} loads ${asset}`)
      }
    }
    const script = await get('/docs/assets/swagger-ui-bundle.js')
    assert.ok(script.text.length > 100_000)
    assert.match(String(script.headers['content-type']), /javascript/)
    for (const file of [
      'package.json',
      'absolute-path.js',
      '..%2fpackage.json',
      '%2e%2e%2fpackage.json',
      '__proto__',
      'constructor',
    ]) {
      assert.equal((await get(`/docs/assets/${file}`)).status, 404, file)
    }
  })

  test('the OpenAPI document is the same at all its addresses', async () => {
    const texts = await Promise.all(
      ['/openapi.json', '/api/v1/openapi.json', '/notes/openapi.json', '/memo/openapi.json'].map(
        async (url) => (await get(url)).text,
      ),
    )
    assert.equal(new Set(texts).size, 1)
    assert.equal(JSON.parse(texts[0] as string).openapi, '3.1.0')
  })

  test('the pages of developers speak the language of their reader; names and summaries of the API stay as they are', async () => {
    for (const [url, said] of [
      ['/developers', 'سجلك الصحي'],
      ['/redoc', 'مرجع الواجهة البرمجية'],
      ['/docs/errors', 'كل خطأ هو'],
      ['/docs', 'المرجع من دون برمجة نصية'],
    ] as const) {
      const { text } = await get(`${url}?lang=ar`)
      assert.ok(text.includes(said), url)
      assert.match(text, /dir="rtl"/, url)
    }
    assert.match((await get('/redoc?lang=ar')).text, /<bdi lang="en">/)
  })

  test('every error the platform can answer has its place on the page that problems link to', async () => {
    const page = (await get('/docs/errors')).text
    const { body } = await get('/nothing')
    const [address = '', anchor = ''] = (body.type as string).split('#')
    assert.equal(address, '/docs/errors')
    assert.ok(page.includes(`id="${anchor}"`))
  })
})

type Json = Record<string, unknown>

/** What JSON Schema 2020-12 allows where our documents use it; anything else is a mistake. */
const KEYWORDS = new Set([
  '$ref',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'format',
  'description',
  'default',
])
const TYPES = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'])

function checkSchema(schema: unknown, where: string): void {
  assert.ok(typeof schema === 'object' && schema !== null && !Array.isArray(schema), `${where} is a schema`)
  const { type, properties = {}, required = [], items, anyOf = [], pattern } = schema as Json & { anyOf?: unknown[] }
  for (const keyword of Object.keys(schema)) assert.ok(KEYWORDS.has(keyword), `${where}: ${keyword}`)
  if (type !== undefined) assert.ok(TYPES.has(type as string), `${where}: type ${type}`)
  if (pattern !== undefined) assert.doesNotThrow(() => new RegExp(pattern as string, 'u'), where)
  for (const name of required as string[])
    assert.ok(name in (properties as Json), `${where}: required ${name} is described`)
  for (const [name, one] of Object.entries(properties as Json)) checkSchema(one, `${where}.${name}`)
  if (items !== undefined) checkSchema(items, `${where}[]`)
  for (const [index, one] of anyOf.entries()) checkSchema(one, `${where}|${index}`)
}

interface Documented extends Json {
  operationId: string
  summary: string
  tags: string[]
  parameters: { name: string; in: string; required?: boolean; schema: Json }[]
  requestBody?: { content: Record<string, { schema: Json }> }
  responses: Record<string, { description: string; content?: Record<string, { schema?: Json }> }>
}

describe('the OpenAPI document', () => {
  const contracts = [notes, files]
  const document = JSON.parse(JSON.stringify(openApiDocument(contracts, '1.2.3'))) as Json & {
    paths: Record<string, Record<string, Documented>>
    components: { schemas: Json; securitySchemes: Json }
    tags: { name: string }[]
  }
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

  test('has the members that OpenAPI 3.1 asks for, and references that lead somewhere', () => {
    assert.equal(document.openapi, '3.1.0')
    const { title, version } = document.info as Json
    assert.deepEqual([typeof title, version], ['string', '1.2.3'])
    for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer.split('/').reduce<unknown>((node, key) => (node as Json | undefined)?.[key], document)
      assert.ok(target !== undefined, pointer)
    }
    const names = Object.keys(document.components.securitySchemes)
    for (const requirement of document.security as Json[]) {
      for (const name of Object.keys(requirement)) assert.ok(names.includes(name))
    }
    for (const [name, schema] of Object.entries(document.components.schemas)) checkSchema(schema, name)
  })

  test('documents every public operation and stream once, at its canonical path, and none that is for services', () => {
    const wanted = contracts.flatMap((contract) =>
      [...Object.values(contract.operations), ...Object.values(contract.streams)].flatMap((one) => {
        const canonical = one.access.kind === 'service' ? undefined : pathsOf(contract, one)[0]
        if (canonical === undefined) return []
        const path = canonical.path.replace(/:(\w+)/g, '{$1}')
        return [`${canonical.method.toLowerCase()} ${path} ${one.service}.${one.name}`]
      }),
    )
    const found = all.map(({ path, method, operation }) => `${method} ${path} ${operation.operationId}`)
    assert.deepEqual(found.toSorted(), wanted.toSorted())
    assert.equal(new Set(all.map(({ operation }) => operation.operationId)).size, all.length)
  })

  test('describes each: path parameters match the path, bodies and answers have schemas, errors are problems', () => {
    const tags = new Set(document.tags.map(({ name }) => name))
    for (const { path, method, operation } of all) {
      const where = `${method} ${path}`
      assert.ok(operation.summary.length > 0 && operation.tags.every((tag) => tags.has(tag)), where)
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const parameters = operation.parameters
      assert.deepEqual(
        parameters.filter((one) => one.in === 'path').map((one) => one.name),
        inPath,
        where,
      )
      assert.ok(
        parameters.filter((one) => one.in === 'path').every((one) => one.required === true),
        where,
      )
      assert.equal(new Set(parameters.map((one) => `${one.in} ${one.name}`)).size, parameters.length, where)
      for (const one of parameters) checkSchema(one.schema, `${where} ${one.name}`)
      for (const [type, { schema }] of Object.entries(operation.requestBody?.content ?? {})) {
        checkSchema(schema, `${where} ${type}`)
        assert.ok(
          Object.keys(schema.properties as Json).every((name) => !inPath.includes(name)),
          where,
        )
      }
      if (method === 'get' || method === 'delete') assert.equal(operation.requestBody, undefined, where)
      const codes = Object.keys(operation.responses)
      assert.ok(codes.some((code) => code.startsWith('2')) && codes.includes('default'), where)
      for (const [code, answer] of Object.entries(operation.responses)) {
        assert.match(code, /^([1-5]\d\d|default)$/)
        assert.ok(answer.description.length > 0)
        for (const { schema } of Object.values(answer.content ?? {}))
          if (schema !== undefined) checkSchema(schema, `${where} ${code}`)
        if (!code.startsWith('2'))
          assert.deepEqual(Object.keys(answer.content ?? {}), ['application/problem+json'], where)
        if (code === '204') assert.equal(answer.content, undefined)
      }
    }
  })

  test('tells what only the contract knows: forms, roles, categories, own errors, aliases', () => {
    const of = (id: string) => all.find(({ operation }) => operation.operationId === id)?.operation as Documented
    const sign = of('files.sign')
    assert.deepEqual(Object.keys(sign.requestBody?.content ?? {}), [
      'application/json',
      'application/x-www-form-urlencoded',
    ])
    assert.match(sign.responses['400']?.description ?? '', /validation_failed/)
    assert.match(sign.responses['410']?.description ?? '', /gone/)
    assert.match(sign.responses['409']?.description ?? '', /already_exists/)
    assert.deepEqual(sign.security, [{}, { bearer: [] }, { apiKey: [] }])
    assert.deepEqual(of('files.odd')['x-roles'], ['administrator'])
    assert.equal(of('notes.list')['x-category'], 'documents')
    assert.ok((of('notes.list')['x-aliases'] as string[]).includes('GET /odd/all-notes/'))
    assert.ok(of('notes.list').parameters.some((one) => one.name === 'profile_id'))
    assert.ok('text/html; charset=utf-8' in (of('files.page').responses['200']?.content ?? {}))
    assert.ok('application/pdf' in (of('files.get').responses['200']?.content ?? {}))
  })
})
