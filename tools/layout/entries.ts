import { placeOf, servicesOf } from './places.ts'
import type { Problem } from './problem.ts'
import type { Tree } from './tree.ts'

interface Entry {
  /** How it may look; the first form is the one to begin with. */
  readonly forms: readonly string[]
  readonly holds: string
}

const CODE = (name: string, holds: string): Entry => ({ forms: [`${name}.ts`, `${name}/`], holds })

const REQUIRED: readonly Entry[] = [
  { forms: ['README.md'], holds: 'what it is, for whom, public names, what always holds, sources of medical rules' },
  { forms: ['service.ts'], holds: 'the manifest' },
  { forms: ['contract.ts'], holds: 'operations, events and public shapes' },
  CODE('handlers', 'one function per operation'),
  CODE('domain', 'pure rules'),
]
const DATA_ENTRIES: readonly Entry[] = [
  CODE('store', 'the only SQL, with exportAll and eraseAll'),
  { forms: ['migrations/'], holds: 'the schema, as 0001_init.sql and onwards' },
]
const EXTRAS: readonly string[] = [
  ...['contract/', 'providers/', 'web/', 'texts/', 'fixtures/', 'assets/'],
  ...['routes', 'sockets', 'reactions', 'jobs', 'demo'].flatMap((name) => [`${name}.ts`, `${name}/`]),
]

/** Services that own no data, each with the reason. */
const WITHOUT_DATA: Readonly<Record<string, string>> = {
  'graphql-bff': 'its schema is derived from the contracts of the others',
}

/** Every service has the same entries and only the named extras; nothing lies loose in `src`. */
export function entryProblems(tree: Tree): Problem[] {
  return [...servicesOf(tree.files).flatMap((name) => serviceProblems(tree, name)), ...looseProblems(tree)]
}

function serviceProblems(tree: Tree, name: string): Problem[] {
  const folder = `src/services/${name}`
  const inside = tree.files.filter((file) => file.startsWith(`${folder}/`)).map((file) => file.slice(folder.length + 1))
  const entries = new Set(inside.map((file) => (file.includes('/') ? `${file.split('/')[0]}/` : file)))
  const required = name in WITHOUT_DATA ? REQUIRED : [...REQUIRED, ...DATA_ENTRIES]
  const known = new Set([...[...REQUIRED, ...DATA_ENTRIES].flatMap((entry) => entry.forms), ...EXTRAS])
  const missing = required
    .filter(({ forms }) => !forms.some((form) => entries.has(form)))
    .map(({ forms, holds }) => entryProblem(folder, `${forms.join(' or ')} is missing`, `add it: it holds ${holds}`))
  const unexpected = [...entries]
    .filter((entry) => !known.has(entry) && !/^[\w-]+(\.[\w-]+)*\.test\.tsx?$/.test(entry))
    .map((entry) =>
      entryProblem(
        `${folder}/${entry}`,
        'is no entry of a service',
        `move it into one of ${[...known].filter((form) => form.endsWith('/')).join(' ')}or name it after an entry`,
      ),
    )
  return [...missing, ...testProblems(folder, name, inside), ...unexpected, ...nameProblems(folder, name)]
}

function testProblems(folder: string, name: string, inside: readonly string[]): Problem[] {
  const problems: Problem[] = []
  if (!inside.includes(`${name}.test.ts`)) {
    const fix = 'add it: a promise per operation, through the public door, and every refusal'
    problems.push(entryProblem(folder, `${name}.test.ts is missing`, fix))
  }
  if (!inside.some((file) => /^(domain(\.\w+)*\.test\.ts|domain\/.*\.test\.ts)$/.test(file))) {
    problems.push(entryProblem(folder, 'a test of the domain is missing', 'add domain.test.ts: the rules as tables'))
  }
  return problems
}

function nameProblems(folder: string, name: string): Problem[] {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return []
  return [entryProblem(folder, 'is no public name', 'name the folder as the URL does: lower case words with hyphens')]
}

function looseProblems(tree: Tree): Problem[] {
  return tree.files
    .filter((file) => file.startsWith('src/') && placeOf(file) === undefined)
    .map((file) =>
      entryProblem(
        file,
        'belongs to no part of src',
        'move it into kernel, adapters, shared, commands, web or a service (docs/guides/add-a-service.md shows the map)',
      ),
    )
}

function entryProblem(path: string, what: string, fix: string): Problem {
  return { rule: 'entries', path, what, fix }
}
