import type { Module } from './module.ts'
import { placeOf, schemaOf, servicesOf } from './places.ts'
import type { Problem } from './problem.ts'
import type { Tree } from './tree.ts'

/** The beginning of a statement: words that stand together in SQL (in lower case or capitals) and not in a sentence. */
const STATEMENT_WORDS = [
  String.raw`select\s[^.!]*\sfrom\s`,
  String.raw`insert\s+into\s`,
  String.raw`delete\s+from\s`,
  String.raw`update\s+[\w".?]+\s+set\s`,
  String.raw`with\s+\w+\s+as\s*\(`,
  String.raw`(create|alter|drop)\s+(table|index|unique index|schema|function|policy|role|view|type)\s`,
].join('|')
const CAPITALS = STATEMENT_WORDS.replaceAll(/(?<!\\)[a-z]/g, (letter) => letter.toUpperCase())
const STATEMENT = new RegExp(String.raw`^\s*(${STATEMENT_WORDS}|${CAPITALS})`)

/** SQL stands in stores, migrations and the kernel; and a store or migration names its own schema only. */
export function sqlProblems(tree: Tree): Problem[] {
  const services = servicesOf(tree.files)
  const schemas = new Set(['kernel', ...services.map(schemaOf)])
  const inCode = [...tree.modules.values()].flatMap((module) => [
    ...misplacedSql(module),
    ...foreignSchemasOfStore(module, schemas),
  ])
  const inMigrations = tree.files
    .filter((file) => /^src\/services\/[^/]+\/migrations\/.*\.sql$/.test(file))
    .flatMap((file) => {
      const own = schemaOf(file.split('/')[2] as string)
      return foreignSchemas(tree.readText(file), own, schemas).map(({ name, line }) =>
        schemaProblem(file, line, name, own),
      )
    })
  return [...inCode, ...inMigrations]
}

function misplacedSql(module: Module): Problem[] {
  const place = placeOf(module.path)
  if (place === undefined || place.isTest || place.zone === 'outside' || place.zone === 'kernel') return []
  if (place.zone === 'adapters' && place.owner === 'database') return []
  const isService = place.zone === 'service'
  if (isService && place.part === 'store') return []
  const fix = isService
    ? 'move the statement into a function of store.ts and call that'
    : 'move the statement into a function of the kernel that says what it is for'
  return module.texts
    .filter(({ text, tag }) => tag === 'sql' || STATEMENT.test(text))
    .map(({ line }) => ({ rule: 'sql', path: module.path, line, what: 'holds SQL', fix }))
}

function foreignSchemasOfStore(module: Module, schemas: ReadonlySet<string>): Problem[] {
  const place = placeOf(module.path)
  if (place?.zone !== 'service' || place.part !== 'store' || place.isTest) return []
  const own = schemaOf(place.owner)
  return module.texts
    .filter(({ text, tag }) => tag === 'sql' || STATEMENT.test(text))
    .flatMap(({ text, line }) =>
      foreignSchemas(text, own, schemas).map((found) =>
        schemaProblem(module.path, line + found.line - 1, found.name, own),
      ),
    )
}

function schemaProblem(path: string, line: number, name: string, own: string): Problem {
  const fix =
    name.split('.')[0] === 'kernel'
      ? 'events, jobs and audit are written by the frame: use publish, enqueue and announce'
      : `no join or key across services: call that service and keep what you need in ${own}`
  return { rule: 'sql', path, line, what: `names ${name}, which is not of the schema ${own}`, fix }
}

/** What the frame does itself; its other functions are its offer to services. */
const FRAME_ONLY = new Set(['publish', 'enqueue', 'mark_delivered', 'forget'].map((name) => `kernel.${name}`))
/** After these a name is a table, also when a list of columns follows in brackets. */
const BEFORE_TABLE = /^(into|update|table|references|on|truncate)$/i
const NAMES =
  /(\b(?:from|join|into|update|table|references|on|call|truncate|perform|select)\b|[,(=])\s*([a-z_]+)\.([a-z_]+)(\s*\()?/gi

function foreignSchemas(sql: string, own: string, schemas: ReadonlySet<string>): { name: string; line: number }[] {
  const plain = blanked(sql)
  // What a query calls a table: by `as`, or by the table's own name.
  const aliases = new Set([...plain.matchAll(/\bas\s+([a-z_]+)|\.([a-z_]+)/gi)].map((match) => match[1] ?? match[2]))
  return [...plain.matchAll(NAMES)].flatMap((match) => {
    const [, before = '', schema = '', thing = '', bracket] = match.map((part) => part?.toLowerCase())
    const name = `${schema}.${thing}`
    if (schema === own || !schemas.has(schema)) return []
    const isFunction = bracket !== undefined && !BEFORE_TABLE.test(before)
    // In an expression `a.b` is a column; between commas it may be a table.
    if (!isFunction && (/[(=]|select/.test(before) || (before === ',' && aliases.has(schema)))) return []
    if (schema === 'kernel' && isFunction && !FRAME_ONLY.has(name)) return []
    return { name, line: plain.slice(0, match.index).split('\n').length }
  })
}

/** The statement without comments and literals, lines kept. */
function blanked(sql: string): string {
  return sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, (part) => part.replaceAll(/[^\n]/g, ' '))
}
