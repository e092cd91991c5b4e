import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { compose } from '../src/compose.ts'
import type { Operation } from '../src/kernel/contract.ts'
import { pathsOf } from '../src/kernel/http/paths.ts'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../src/testing.ts'
import { isProblem } from './shared.ts'

const { contracts } = await compose(['gateway'])
const operations = contracts.flatMap((contract) =>
  Object.values(contract.operations).flatMap((operation) => {
    const first = operation.access.kind === 'service' ? undefined : pathsOf(contract, operation)[0]
    return first === undefined ? [] : [{ operation, ...first }]
  }),
)

/** Values that no field of the kind takes. */
const WRONG = {
  string: [17, true, ['x'], { a: 1 }, 'x'.repeat(300_000), 'nul\u0000', '\ud800'],
  number: ['a lot', '', '12abc', true, [1], { a: 1 }, 1e308, -1e308],
  integer: ['a lot', 1.5, true, [1], 1e300],
  boolean: ['maybe', 17, [true]],
  array: ['x', 17, { a: 1 }],
  object: ['x', 17, [1]],
} as const

interface FieldSchema {
  readonly type?: string
  readonly anyOf?: readonly FieldSchema[]
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
}

function wrongValues(schema: FieldSchema): unknown[] {
  if (schema.enum !== undefined) return ['no such word', 17, null]
  const kind = schema.type as keyof typeof WRONG | undefined
  const values: unknown[] = kind === undefined ? [] : [...(WRONG[kind] ?? [])]
  if (schema.minimum !== undefined) values.push(schema.minimum - 1)
  if (schema.maximum !== undefined) values.push(schema.maximum + 1)
  if (kind === 'string' && schema.maxLength !== undefined) values.push('y'.repeat(schema.maxLength + 1))
  return values
}

const STORED = `select sum(n)::int as total from (
  select (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', schemaname, tablename), false, true, '')))[1]::text::int as n
    from pg_tables where schemaname in (select replace(service, '-', '_') from kernel.migration) and schemaname not in ('kernel', 'auth')) counts`

/** A third party that is not configured is refused with 503 where the contract says so. */
function isHonest({ errors = [] }: Operation, status: number): boolean {
  return status === 503 && errors.includes('unavailable')
}

describe('bad input on every route', () => {
  let platform: TestPlatform
  let person: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    person = await platform.person('tester', { roles: ['patient', 'administrator', 'operator', 'researcher'] })
  })
  after(() => platform.close())

  const address = (path: string) => path.replaceAll(/:(\w+)/g, '01890000-0000-7000-8000-000000000000')
  const stored = async () => Number((await platform.rows(STORED))[0]?.total ?? 0)

  function assertRefused(answer: { status: number; text: string; body: unknown }, what: string): void {
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text.slice(0, 300)}`)
    assert.ok(isProblem(answer.body), what)
  }

  for (const { operation, method, path } of operations) {
    const where = `${operation.service}.${operation.name}`
    if (method === 'GET' || method === 'DELETE') {
      test(`${where}: an unknown query parameter is named and refused`, async () => {
        const answer = await person.request(method, `${address(path)}?no_such_parameter=1`)
        assertRefused(answer, where)
      })
      continue
    }
    test(`${where}: unknown fields, broken bodies and wrong types are refused and nothing is stored`, async () => {
      const before = await stored()
      const url = address(path)
      const json = { 'content-type': 'application/json' }
      const unknown = await person.request(method, url, { body: { no_such_field: 1 } })
      assertRefused(unknown, where)
      assert.ok(
        unknown.text.includes('no_such_field') || [403, 404].includes(unknown.status),
        `${where} names the field: ${unknown.text}`,
      )
      for (const raw of ['{', '{"a":', '[]', 'null x', '"text"', '{"a":1}}', `${'['.repeat(20_000)}`]) {
        assertRefused(await person.request(method, url, { raw, headers: json }), `${where} ${raw.slice(0, 10)}`)
      }
      const nested = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`
      assertRefused(await person.request(method, url, { raw: nested, headers: json }), `${where} nested`)
      assertRefused(
        await person.request(method, url, { raw: '{"__proto__":{"a":1}}', headers: json }),
        `${where} proto`,
      )
      assertRefused(
        await person.request(method, url, { raw: '<a/>', headers: { 'content-type': 'text/xml' } }),
        `${where} xml`,
      )
      await wrongFields(operation, method, url, where)
      assert.equal(await stored(), before, `${where} stored something`)
    })
  }

  async function wrongFields(operation: Operation, method: string, url: string, where: string): Promise<void> {
    for (const [field, schema] of Object.entries(operation.input.properties as Record<string, FieldSchema>)) {
      for (const value of wrongValues(schema)) {
        const answer = await person.request(method, url, { body: { [field]: value } })
        assertRefused(answer, `${where}.${field} = ${JSON.stringify(value)?.slice(0, 40)}`)
      }
    }
  }

  test('any JSON at any command is answered, never with a 5xx, and the process lives', async () => {
    const commands = operations.filter(({ operation, method }) => operation.kind === 'command' && method !== 'DELETE')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...commands),
        fc.jsonValue({ maxDepth: 6 }),
        async ({ operation, method, path }, value) => {
          const raw = JSON.stringify(value)
          const answer = await person.request(method, address(path), {
            raw,
            headers: { 'content-type': 'application/json' },
          })
          assert.ok(
            answer.status < 500 || isHonest(operation, answer.status),
            `${operation.service}.${operation.name}: ${answer.status} ${raw.slice(0, 200)}`,
          )
        },
      ),
      { numRuns: 400 },
    )
    assert.equal((await platform.request('GET', '/health')).status, 200)
  })

  test('any text in a query or a path is answered, never with a 5xx', async () => {
    const queries = operations.filter(({ method }) => method === 'GET')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...queries),
        fc.string({ maxLength: 60, unit: 'binary' }),
        async ({ operation, path }, text) => {
          const value = encodeURIComponent(text.toWellFormed())
          const fields = Object.keys(operation.input.properties)
          const search = fields.map((field) => `${field}=${value}`).join('&')
          const url = `${path.replaceAll(/:(\w+)/g, value === '' ? 'x' : value)}?${search}`
          const answer = await person.request('GET', url)
          assert.ok(
            answer.status < 500 || isHonest(operation, answer.status),
            `${operation.service}.${operation.name}: ${answer.status} ${url.slice(0, 300)}`,
          )
        },
      ),
      { numRuns: 300 },
    )
  })
})
