import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { NAMED_FIELD } from '../../src/commands/webParts.ts'
import type { Contract } from '../../src/kernel/contract.ts'
import { desk } from '../../src/kernel/desk/contract.ts'
import type { Schema } from './schemaText.ts'

/** Where the table of the web client's forms is kept. */
export const FIELDS_FILE = 'src/web/fields.ts'

/** Fields that forms name, by operation: `fields.recordSymptom.symptom_name`. */
export type NamedFields = ReadonlyMap<string, ReadonlySet<string>>

const LINE_WIDTH = 120
/** A longer choice has its words in the catalogue, which the compiler holds against the contract. */
const MOST_WORDS = 8
/** Bounds beyond these only keep a number finite. */
const BOUNDLESS = 1e9

/** Fields that the client's forms name. */
export function namedFields(root: string): NamedFields {
  const named = new Map<string, Set<string>>()
  const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((one) => /(^|\/)web\/.*\.tsx$/.test(one.replaceAll('\\', '/')))) {
    const text = readFileSync(path.join(root, 'src', file), 'utf8')
    for (const [, operation = '', field = ''] of text.matchAll(NAMED_FIELD)) {
      named.set(operation, (named.get(operation) ?? new Set()).add(field))
    }
  }
  return named
}

/** The file with the fields that are named, as the contracts say them. Throws on one that no operation has. */
export function formFieldsFile(contracts: readonly Contract[], named: NamedFields): string {
  const tables = [...named].sort(byName).map(([name, names]) => tableOf(contracts, name, [...names].sort()))
  const used = [...new Map(tables.map(({ contract }) => [contract.name, contract])).values()]
  return [
    '// Written by `npm run reports` from the contracts: the fields that forms name, as `fields.<operation>.<field>`.',
    "import type { InputOf } from '../kernel/contract.ts'",
    ...used.map(({ name }) => `import type { ${constOf(name)} } from '${fileOf(name)}'`).sort(byModule),
    "import { type FieldsOf, tablesOf } from './parts/fieldTable.ts'",
    '',
    'export const rows = {',
    ...tables.flatMap(blockOf),
    '}',
    '',
    'interface Operations {',
    ...tables.map(
      ({ name, contract }) => `  readonly ${name}: (typeof ${constOf(contract.name)})['operations']['${name}']`,
    ),
    '}',
    '',
    'type Rows = typeof rows',
    'type Tables = {',
    '  readonly [Name in keyof Rows]: FieldsOf<Operations[Name], keyof Rows[Name] & keyof InputOf<Operations[Name]>>',
    '}',
    '',
    '/** The fields of the operations that forms send; the compiler knows each, and its type. */',
    'export const fields = /* @__PURE__ */ tablesOf<Tables>(rows)',
    '',
  ].join('\n')
}

/** One field stands in the line of its operation, where it fits. */
function blockOf({ name, rows }: { readonly name: string; readonly rows: readonly string[] }): string[] {
  const line = `  ${name}: { ${rows.join(' ').trim().replace(/,$/, '')} },`
  const isOne = rows.length === 1 && !line.includes('\n') && line.length <= LINE_WIDTH
  return isOne ? [line] : [`  ${name}: {`, ...rows, '  },']
}

function tableOf(contracts: readonly Contract[], name: string, names: readonly string[]) {
  const having = contracts.filter(({ operations }) => operations[name] !== undefined)
  const [contract] = having
  if (contract === undefined || having.length > 1) {
    throw new Error(`forms name fields.${name}; operations of that name: ${having.map((one) => one.name).join(', ')}`)
  }
  const input = contract.operations[name]?.input as unknown as Schema
  const rows = names.map((field) => {
    const schema = input.properties?.[field]
    if (schema === undefined)
      throw new Error(`a form names fields.${name}.${field}; ${contract.name}.${name} has no such field`)
    return lineOf(field, rowOf(field, schema, input.required?.includes(field) === true))
  })
  return { name, contract, rows }
}

/** `t!1,200`: kind, whether it is required, bounds, and the words of a short choice. */
export function rowOf(name: string, schema: Schema, isRequired: boolean): string {
  const kinds = partsOf(schema).filter((one) => one.type !== 'null')
  // What may be a number or words is typed as words.
  const one = kinds.find((part) => part.type === 'string') ?? kinds[0] ?? {}
  const words = one.enum !== undefined && one.enum.length <= MOST_WORDS ? `:${one.enum.join('|')}` : ''
  return `${kindOf(name, one)}${isRequired ? '!' : ''}${boundsOf(one)}${words}`
}

function kindOf(name: string, schema: Schema): string {
  if (schema.enum !== undefined) return 'c'
  if (schema.type === 'string') {
    if (/password$/.test(name)) return 'p'
    if (schema.format === 'email') return 'e'
    if (schema.format === 'date') return 'd'
    // Instants are texts of a pattern in the contracts, and some of a length alone.
    return schema.pattern?.includes('[T ]') === true || /_at$/.test(name) ? 'z' : 't'
  }
  const kinds: Readonly<Record<string, string>> = { number: 'n', integer: 'i', boolean: 'b', array: 'l' }
  const kind = kinds[schema.type ?? '']
  if (kind === undefined) throw new Error(`a form names ${name}, which no field can ask for: ${JSON.stringify(schema)}`)
  return kind
}

function boundsOf(schema: Schema): string {
  const isBounded = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < BOUNDLESS
  const pairs = {
    string: [(schema.minLength ?? 0) < 2 ? undefined : schema.minLength, schema.maxLength],
    array: [undefined, schema.maxItems],
  } as const
  const isDated = schema.format !== undefined || schema.pattern?.includes('[T ]') === true
  const [least, most] = pairs[schema.type as 'string'] ?? [schema.minimum, schema.maximum]
  const [low, high] = [least, most].map((bound) => (isBounded(bound) ? String(bound) : ''))
  return isDated || (low === '' && high === '') ? '' : `${low},${high}`.replace(/,$/, '')
}

const partsOf = (schema: Schema): readonly Schema[] => schema.anyOf?.flatMap(partsOf) ?? [schema]

/** A line of the table, broken as the formatter breaks it. */
function lineOf(name: string, row: string): string {
  const line = `    ${name}: '${row}',`
  return line.length <= LINE_WIDTH ? line : `    ${name}:\n      '${row}',`
}

function constOf(contract: string): string {
  if (contract === desk.name) return 'desk'
  return contract.replaceAll(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase())
}

function fileOf(contract: string): string {
  return contract === desk.name ? '../kernel/desk/contract.ts' : `../services/${contract}/contract.ts`
}

const byName = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]) => (left < right ? -1 : 1)
const moduleOf = (line: string) => line.slice(line.indexOf(" '"))
const byModule = (left: string, right: string) => (moduleOf(left) < moduleOf(right) ? -1 : 1)
