import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { CATEGORIES } from '../../src/kernel/contract.ts'
import { readModule } from '../layout/module.ts'
import { boardEntries } from '../layout/needs.ts'
import { argumentOfCall, isNode, nameOf, propertyOf, visit } from '../layout/syntax.ts'

const TEMPLATES = path.join(path.dirname(fileURLToPath(import.meta.url)))
const SUFFIX = '.template'
const BOARD = 'src/services.ts'
const LONGEST_NAME = 30
const LINE_WIDTH = 120

/** Names that mean something else to PostgreSQL, to JavaScript or to the platform. */
const TAKEN = new Set(
  [
    'all and any array as asc both case cast check collate column constraint create default desc distinct do else end',
    'except false fetch for foreign from grant group having in initially intersect into leading limit not null offset on',
    'only or order placing primary references returning select some table then to trailing true union unique user using',
    'when where window with authorization binary cross full ilike inner is join left like natural outer right similar',
    'break catch class const continue debugger delete enum export extends finally function if import instanceof let new',
    'package private protected public return static super switch this throw try typeof var void while yield await',
    'kernel public gateway service shared web admin api docs health metrics service services handlers command query text list',
    'integer object optional uuid person entry type',
  ]
    .join(' ')
    .split(' '),
)

export interface NewService {
  readonly name: string
  readonly category: string
}

/**
 * Writes the folder of a new service into the tree under `root` and its entry onto the board.
 * Returns the written files. Throws a sentence, before anything is written, when name or category can't be.
 */
export function generateService(root: string, { name, category }: NewService): string[] {
  const board = readFileSync(path.join(root, BOARD), 'utf8')
  const fault = faultOf(root, board, name) ?? categoryFault(category)
  if (fault !== undefined) throw new Error(fault)
  const schema = name.replaceAll('-', '_')
  const constant = name.replaceAll(/-(.)/g, (_match, letter: string) => letter.toUpperCase())
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')
  const words: Readonly<Record<string, string>> = { name, schema, constant, title, category }
  const files = readdirSync(TEMPLATES)
    .filter((file) => file.endsWith(SUFFIX))
    .sort()
    .map((template) => {
      const file = path.join('src/services', name, targetOf(template.slice(0, -SUFFIX.length), name))
      write(path.join(root, file), filled(readFileSync(path.join(TEMPLATES, template), 'utf8'), words))
      return file
    })
  writeFileSync(path.join(root, BOARD), withEntry(board, name, constant))
  return [...files, BOARD]
}

function faultOf(root: string, board: string, name: string): string | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    return `"${name}" is no public name: use lower case words with hyphens, like sleep-diary`
  }
  if (name.length > LONGEST_NAME) return `"${name}" is too long: ${LONGEST_NAME} characters at most`
  if (TAKEN.has(name) || name.startsWith('pg-')) return `"${name}" means something else already: choose another name`
  const listed = boardEntries(readModule(BOARD, board, new Set())).some((entry) => entry.name === name)
  if (listed || existsSync(path.join(root, 'src/services', name))) return `There is a service "${name}" already`
  const owner = ownerOfPublicName(root, name)
  return owner === undefined ? undefined : `"${name}" is a public name of the service ${owner} already`
}

function ownerOfPublicName(root: string, name: string): string | undefined {
  const services = readdirSync(path.join(root, 'src/services'))
  return services.find((service) => {
    const file = path.join(root, 'src/services', service, 'contract.ts')
    if (!existsSync(file)) return false
    const { program } = readModule(file, readFileSync(file, 'utf8'), new Set())
    const names = propertyOf(argumentOfCall(program, 'defineContract'), 'names')
    return names?.type === 'ArrayExpression' && (names.elements as unknown[]).some((one) => nameOf(one) === name)
  })
}

function categoryFault(category: string): string | undefined {
  if ((CATEGORIES as readonly string[]).includes(category)) return undefined
  return `There is no category "${category}"; there are ${CATEGORIES.join(', ')}`
}

function targetOf(file: string, name: string): string {
  if (file.endsWith('.sql')) return path.join('migrations', file)
  return file === 'service.test.ts' ? `${name}.test.ts` : file
}

function filled(template: string, words: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_match, word: string) => {
    const value = words[word]
    if (value === undefined) throw new Error(`a template asks for {{${word}}}`)
    return value
  })
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text, { flag: 'wx' })
}

/** The board with one more entry at its end: a service that needs nobody may stand anywhere. */
function withEntry(board: string, name: string, constant: string): string {
  const { program } = readModule(BOARD, board, new Set())
  let end: number | undefined
  visit(program, (node) => {
    if (node.type !== 'VariableDeclarator' || nameOf(node.id) !== 'board' || !isNode(node.init)) return
    if (node.init.type === 'ArrayExpression') end = node.init.end - 1
  })
  if (end === undefined) throw new Error(`${BOARD} has no array named board`)
  const load = `(await import('./services/${name}/contract.ts')).${constant} as Contract,`
  // Broken where the formatter would break it.
  const gap = `    contract: async () => ${load}`.length > LINE_WIDTH ? '\n      ' : ' '
  const entry = `  {
    name: '${name}',
    contract: async () =>${gap}${load}
    service: async () => (await import('./services/${name}/service.ts')).service,
  },
`
  return board.slice(0, end) + entry + board.slice(end)
}
