import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compose } from '../src/compose.ts'
import { textSetting } from '../src/kernel/config.ts'
import { type Contract, command, defineContract, event, query, stream } from '../src/kernel/contract.ts'
import { desk } from '../src/kernel/desk/contract.ts'
import {
  date,
  flag,
  instant,
  integer,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  Type,
  text,
  uuid,
} from '../src/kernel/fields.ts'
import type { Service } from '../src/kernel/service.ts'
import { type Facts, gatherFacts } from './reports/facts.ts'
import { differingPages, writePages } from './reports/folder.ts'
import { FIELDS_FILE, formFieldsFile, namedFields, rowOf } from './reports/formFields.ts'
import { pagesOf } from './reports/pages.ts'
import { type Schema, schemaText } from './reports/schemaText.ts'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const person = { kind: 'person', category: 'nutrition' } as const
const long = object(Object.fromEntries([...'abcdefgh'].map((name) => [name, text(9, { description: name })])))

const kitchen = defineContract({
  name: 'kitchen',
  summary: 'What was cooked',
  names: ['kitchen', 'cook'],
  operations: {
    cook: command({
      summary: 'Cook | once',
      route: 'POST /kitchen/meals',
      aliases: ['POST /meals'],
      access: person,
      status: 201,
      input: object({ dish: text(40), spice: optional(oneOf(['mild', 'hot'])) }),
      output: long,
      errors: ['gone'],
    }),
    lastMeal: query({
      summary: 'The last',
      route: 'GET /kitchen/last',
      access: person,
      input: object({}),
      output: long,
    }),
    stock: query({ summary: 'Stock', access: { kind: 'service' }, input: object({}), output: Type.Null() }),
  },
  streams: {
    steam: stream({
      summary: 'Steam',
      kind: 'query',
      route: 'GET /kitchen/steam',
      access: { kind: 'account' },
      produces: ['text/event-stream'],
    }),
  },
  events: { cooked: event(2, object({ user_id: uuid() }), { summary: 'A meal was cooked' }) },
})

const facts: Facts = {
  contracts: [kitchen as unknown as Contract],
  services: [
    {
      contract: kitchen,
      needs: [],
      handlers: {},
      jobs: [{ name: 'rinse', summary: 'Rinses', everySeconds: 60, run: async () => undefined }],
      reactions: [{ name: 'own', on: kitchen.events.cooked, handle: async () => undefined }],
    } as unknown as Service,
  ],
  settings: [
    {
      name: 'kitchen',
      settings: { a: textSetting('OVEN', { doc: 'Which | oven.', isSecret: true, defaultValue: '' }) },
    },
  ],
  tables: [
    {
      schema: 'kitchen',
      name: 'meal',
      kind: 'table',
      isClosedByRow: true,
      columns: [{ name: 'id', type: 'bigint', isRequired: true, origin: 'identity' }],
      indexes: [{ name: 'meal_pkey', definition: 'primary key (id)' }],
      constraints: ['CHECK (id > 0)'],
    },
  ],
}

describe('reports: shapes in words', () => {
  for (const [schema, words] of [
    [Type.String(), 'text'],
    [text(40), 'text(40)'],
    [uuid(), 'uuid'],
    [integer(1, 10, { default: 3 }), 'integer 1..10 = 3'],
    [integer(1, Number.MAX_SAFE_INTEGER), 'integer >= 1'],
    [Type.Number({ maximum: 5 }), 'number <= 5'],
    [Type.Unknown(), 'any'],
    [Type.Literal('x'), '"x"'],
    [oneOf(['a', 'b']), '"a" | "b"'],
    [nullable(Type.Boolean()), 'boolean | null'],
    [list(object({ a: Type.Integer(), b: optional(Type.Null()) })), '[{ a: integer, b?: null }]'],
    [Type.Record(Type.String(), Type.Integer()), '{ [name]: integer }'],
    [object({}), '{}'],
    [object({ a: text(3, { description: 'why' }) }), '{\n  a: text(3)  // why\n}'],
  ] as const) {
    test(words.replaceAll('\n', ' '), () => assert.equal(schemaText(schema as Schema), words))
  }
})

describe('reports: pages', () => {
  const pages = pagesOf(facts)

  test('an operation tells path, aliases, who, errors and shapes; a long shape is shown once', () => {
    const page = pages['api.md'] ?? ''
    assert.match(page, /### POST \/api\/v1\/kitchen\/meals\n\n`cook`: Cook \| once\.\n/)
    assert.match(page, /- also at: `POST \/meals`\n- answers 201; errors: `gone`\n/)
    assert.match(
      page,
      /in {3}\{ dish: text\(40\), spice\?: "mild" \| "hot" \}\nout {2}\{\n {2}a: text\(9\) {2}\/\/ a\n/,
    )
    assert.match(page, /`lastMeal`: The last\.[^`]+`nutrition`[^`]+```\nin {3}\{\}\nout {2}what cook answers\n/)
    assert.match(page, /### GET \/api\/v1\/kitchen\/steam[\s\S]+streams `text\/event-stream`/)
    assert.match(page, /### kitchen\.stock[\s\S]+other services/)
  })

  test('services, jobs, events, tables, settings and errors are listed', () => {
    assert.match(
      pages['services.md'] ?? '',
      /3 operations, 1 stream, 1 event, 1 reaction, 1 job, 1 table \| holds none/,
    )
    assert.match(pages['services.md'] ?? '', /\| kitchen \| `rinse` \| every 60 s \| Rinses\. \|/)
    assert.match(pages['events.md'] ?? '', /## kitchen\.cooked\.v2[\s\S]+heard by kitchen\n/)
    assert.match(
      pages['tables.md'] ?? '',
      /### kitchen\.meal\n\nClosed by row\.[\s\S]+`primary key \(id\)`\n- `CHECK \(id > 0\)`/,
    )
    assert.match(pages['config.md'] ?? '', /\| `OVEN` \| Which \\\| oven\. \*\*Secret\.\*\* \| unset \|/)
    assert.match(pages['errors.md'] ?? '', /\| `gone` \| 410 \| Gone \| `RESOURCE_NOT_FOUND` \| `kitchen\.cook` \|/)
  })

  test('a page that is missing or changed is named; one with other line ends is not', (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'salus-reports-test-'))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    assert.deepEqual(differingPages(folder, pages), Object.keys(pages))
    writePages(folder, pages, Object.keys(pages))
    assert.deepEqual(differingPages(folder, pages), [])
    writeFileSync(path.join(folder, 'api.md'), `${pages['api.md']}more\n`)
    writeFileSync(path.join(folder, 'events.md'), (pages['events.md'] ?? '').replaceAll('\n', '\r\n'))
    assert.deepEqual(differingPages(folder, pages), ['api.md'])
  })
})

describe('reports: the fields of forms', () => {
  for (const [schema, row] of [
    [text(40), 't!,40'],
    [text(64, { minimum: 4 }), 't!4,64'],
    [nullable(text(2000, { minimum: 0 })), 't!,2000'],
    [instant(), 'z!'],
    [date(), 'd!'],
    [integer(0, 130), 'i!0,130'],
    [nullable(number(0, 50.5)), 'n!0,50.5'],
    [number(-1e12, 1e12), 'n!'],
    [Type.Union([number(0, 1), text(30)]), 't!,30'],
    [oneOf(['mild', 'hot']), 'c!:mild|hot'],
    [oneOf([...'abcdefghi']), 'c!'],
    [list(text(60), 17), 'l!,17'],
    [flag(), 'b!'],
  ] as const) {
    test(row, () => assert.equal(rowOf('field', schema as Schema, true), row))
  }

  const cook = (dishes: number) => {
    const named = new Map([['cook', new Set(['dish', 'spice'])]])
    const input = object({ dish: text(dishes), spice: optional(oneOf(['mild', 'hot'])), secret: text(9) })
    const operations = { ...kitchen.operations, cook: { ...kitchen.operations.cook, input } }
    return formFieldsFile([{ ...kitchen, operations } as unknown as Contract], named)
  }

  test('the table has what forms name and nothing else, and follows a bound of the contract', () => {
    assert.match(cook(40), /\n {2}cook: \{\n {4}dish: 't!,40',\n {4}spice: 'c:mild\|hot',\n {2}\},\n/)
    assert.match(cook(41), /dish: 't!,41'/)
    assert.doesNotMatch(cook(40), /secret/)
  })

  test('a field or an operation that no contract has is refused by name', () => {
    const named = (operation: string, field: string) =>
      formFieldsFile([kitchen as unknown as Contract], new Map([[operation, new Set([field])]]))
    assert.throws(() => named('cook', 'pan'), /fields\.cook\.pan; kitchen\.cook has no such field/)
    assert.throws(() => named('bake', 'dish'), /fields\.bake/)
  })

  test('the table of the client is what the contracts say', async () => {
    const { contracts } = await compose([])
    const file = formFieldsFile([...contracts, desk], namedFields(ROOT))
    assert.deepEqual(differingPages(ROOT, { [FIELDS_FILE]: file }), [], 'npm run forms')
  })
})

describe('reports: the real platform', () => {
  let real: Facts
  before(async () => {
    real = await gatherFacts(ROOT)
  })

  test('tables come from a migrated database', () => {
    const score = real.tables.find((one) => one.schema === 'wellness' && one.name === 'score')
    assert.equal(score?.isClosedByRow, true)
    assert.deepEqual(score.columns[0], { name: 'id', type: 'bigint', isRequired: true, origin: 'identity' })
    assert.deepEqual(
      score.indexes.map((index) => index.definition),
      ['primary key (id)', '(userid, at DESC, id DESC) INCLUDE (score)', '(user_id)'],
    )
    assert.ok(real.tables.some((one) => one.schema === 'kernel' && one.name === 'outbox'))
  })

  test('settings of the frame, of adapters and of services are there', () => {
    assert.equal(real.settings[0]?.name, 'frame')
    const variables = real.settings.flatMap((group) => Object.values(group.settings).map((one) => one.variable))
    for (const name of ['PORT', 'SMTP_HOST', 'ACCESS_TOKEN_EXPIRE_MINUTES']) assert.ok(variables.includes(name), name)
  })

  test('the same code gives the same pages, without dates or paths of this machine', async () => {
    const pages = pagesOf(real)
    assert.deepEqual(pagesOf(await gatherFacts(ROOT)), pages)
    for (const page of Object.values(pages)) assert.ok(!page.includes(ROOT))
  })
})
