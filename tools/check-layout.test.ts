import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkLayout } from './layout/check.ts'
import { type Problem, problemText, RULES, type Rule } from './layout/problem.ts'
import { boardOf, type Files, soundTree, writeTree } from './layout/testing.ts'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const TOOL = path.join(ROOT, 'tools/check-layout.ts')

function problemsWith(changes: Files): readonly Problem[] {
  const tree = writeTree(changes)
  try {
    return checkLayout(tree.root).problems
  } finally {
    tree.remove()
  }
}

/** What is broken, the rule that must find it, and where. */
interface Case {
  readonly broken: string
  readonly rule: Rule
  readonly at: string
  readonly changes: Files
}

const diary = (file: string) => `src/services/diary/${file}`
const lines = (count: number) => Array.from({ length: count }, (_, index) => `const a${index} = ${index}`).join('\n')
const longFunction = (name: string) => `function ${name}() {\n${lines(60)}\n}\n`
const plus = (file: string, text: string): Files => ({ [file]: `${text}\n${soundTree[file] ?? ''}` })

const entryCases: readonly Case[] = [
  {
    broken: 'a service without README',
    rule: 'entries',
    at: 'src/services/diary',
    changes: { [diary('README.md')]: undefined },
  },
  {
    broken: 'a service without its own test',
    rule: 'entries',
    at: 'src/services/diary',
    changes: { [diary('diary.test.ts')]: undefined },
  },
  {
    broken: 'a domain without a test',
    rule: 'entries',
    at: 'src/services/diary',
    changes: { [diary('domain.test.ts')]: undefined },
  },
  {
    broken: 'a service without migrations',
    rule: 'entries',
    at: 'src/services/diary',
    changes: { [diary('migrations/0001_init.sql')]: undefined },
  },
  {
    broken: 'an entry of an unknown name',
    rule: 'entries',
    at: diary('utils.ts'),
    changes: { [diary('utils.ts')]: 'export const a = 1\n' },
  },
  {
    broken: 'a folder of an unknown name',
    rule: 'entries',
    at: diary('helpers/'),
    changes: { [diary('helpers/a.ts')]: 'export const a = 1\n' },
  },
  {
    broken: 'a loose file in src',
    rule: 'entries',
    at: 'src/stuff.ts',
    changes: { 'src/stuff.ts': 'export const a = 1\n' },
  },
]

const importCases: readonly Case[] = [
  ['the frame imports a service', 'src/kernel/platform.ts', "import { auth } from '../services/auth/contract.ts'"],
  ['the frame imports an adapter', 'src/kernel/platform.ts', "import type { Mail } from '../adapters/mail/port.ts'"],
  ['shared imports the frame', 'src/shared/words.ts', "import { sql } from '../kernel/sql.ts'"],
  ['shared reads a file', 'src/shared/words.ts', "import { readFileSync } from 'node:fs'"],
  ['an adapter imports the platform', 'src/adapters/mail/port.ts', "import { open } from '../../kernel/platform.ts'"],
  ['main imports a service', 'src/main.ts', "import { auth } from './services/auth/contract.ts'"],
  ['a command imports a store', 'src/commands/start.ts', "import { findOne } from '../services/auth/store.ts'"],
  ["another service's store", diary('handlers.ts'), "import { findOne as other } from '../auth/store.ts'"],
  ["another service's store as a type", diary('handlers.ts'), "import type { Row } from '../auth/store.ts'"],
  ['a lazy import of another service', diary('jobs.ts'), "export const load = () => import('../auth/domain.ts')"],
  ['a store imports handlers', diary('store.ts'), "import { handlers } from './handlers.ts'"],
  ['a store calls a service', diary('store.ts'), "import { auth } from '../auth/contract.ts'"],
  ['a domain imports its store', diary('domain.ts'), "import { findOne } from './store.ts'"],
  ['a domain imports the system', diary('domain.ts'), "import { createHash } from 'node:crypto'"],
  ['a domain imports a library', diary('domain.ts'), "import { verify } from 'otpauth'"],
  ['a domain imports the frame', diary('domain.ts'), "import { open } from '../../kernel/platform.ts'"],
  ['a contract imports the domain', diary('contract.ts'), "import { doubled } from './domain.ts'"],
  ['a contract imports another contract', diary('contract.ts'), "import { auth } from '../auth/contract.ts'"],
  ['a service imports an adapter', diary('handlers.ts'), "import type { Mail } from '../../adapters/mail/port.ts'"],
  ['a service opens connections', diary('handlers.ts'), "import { Pool } from 'undici'"],
  ['a service imports the test kit', diary('handlers.ts'), "import { openTestPlatform } from '../../testing.ts'"],
  ['the source imports a tool', 'src/commands/start.ts', "import { a } from '../../tools/a.ts'"],
].map(([broken = '', at = '', text = '']) => ({
  broken,
  rule: 'imports',
  at,
  changes: { ...plus(at, text), 'tools/a.ts': 'export const a = 1\n' },
}))

const purityCases: readonly Case[] = [
  'Date.now()',
  'new Date()',
  'Math.random()',
  'process.env.HOME',
  'fetch("http://example.test")',
].map((text) => ({
  broken: `a domain with ${text}`,
  rule: 'purity',
  at: diary('domain.ts'),
  changes: plus(diary('domain.ts'), `const impure = () => ${text}`),
}))

const sqlCases: readonly Case[] = [
  ['tagged SQL in a handler', diary('handlers.ts'), 'const more = sql`a = 1`'],
  ['a statement in a string of a handler', diary('handlers.ts'), "const more = 'select id from diary.thing'"],
  [
    'a statement in a template of a command',
    'src/commands/start.ts',
    'const more = `\n  update diary.thing set id = 1`',
  ],
  [
    "a store that reads another service's table",
    diary('store.ts'),
    'const more = sql`select 1 from diary.thing join auth.thing using (id)`',
  ],
  [
    "a store that writes the frame's table",
    diary('store.ts'),
    'const more = sql`insert into kernel.outbox values (1)`',
  ],
  [
    'a key across services',
    diary('migrations/0001_init.sql'),
    'create table diary.more (id bigint references auth.thing (id));',
  ],
].map(([broken = '', at = '', text = '']) => ({ broken, rule: 'sql', at, changes: plus(at, text) }))

const manifest = (needs: string, imports = '') => ({
  [diary('service.ts')]: `import { defineService } from '../../kernel/service.ts'
${imports}import { diary } from './contract.ts'
export const service = defineService({ contract: diary, needs: [${needs}] })
`,
})

const needsCases: readonly Case[] = [
  { broken: 'a contract in use that is not in needs', rule: 'needs', at: diary('handlers.ts'), changes: manifest('') },
  {
    broken: 'a need that nothing uses',
    rule: 'needs',
    at: diary('service.ts'),
    changes: {
      ...manifest('auth', "import { auth } from '../auth/contract.ts'\n"),
      [diary('handlers.ts')]: 'export const handlers = {}\n',
    },
  },
  {
    broken: 'needs in a circle',
    rule: 'needs',
    at: 'src/services/auth/service.ts',
    changes: {
      'src/services/auth/service.ts': `import { defineService } from '../../kernel/service.ts'
import { diary } from '../diary/contract.ts'
export const service = defineService({ needs: [diary] })
`,
      'src/services/auth/handlers.ts':
        "import { diary } from '../diary/contract.ts'\nexport const handlers = { diary }\n",
    },
  },
  {
    broken: 'a board in the wrong order',
    rule: 'needs',
    at: 'src/services.ts',
    changes: { 'src/services.ts': boardOf(['diary', 'diary'], ['auth', 'auth']) },
  },
  {
    broken: 'a service that the board forgot',
    rule: 'needs',
    at: 'src/services.ts',
    changes: { 'src/services.ts': boardOf(['auth', 'auth']) },
  },
  {
    broken: 'a board with a service too many',
    rule: 'needs',
    at: 'src/services.ts',
    changes: { 'src/services.ts': boardOf(['auth', 'auth'], ['diary', 'diary'], ['ghost', 'ghost']) },
  },
  {
    broken: 'a contract with another name than its folder',
    rule: 'needs',
    at: diary('contract.ts'),
    changes: {
      [diary('contract.ts')]:
        "import { defineContract } from '../../kernel/contract.ts'\nexport const diary = defineContract({ name: 'journal' })\n",
    },
  },
]

const shapeCases: readonly Case[] = [
  {
    broken: 'types in a circle',
    rule: 'cycles',
    at: 'src/kernel/platform.ts',
    changes: {
      ...plus('src/kernel/platform.ts', "import type { Ports } from './ports.ts'"),
      'src/kernel/ports.ts': "import type { open } from './platform.ts'\nexport type Ports = typeof open\n",
    },
  },
  {
    broken: 'a file of 301 lines',
    rule: 'budgets',
    at: 'src/kernel/ports.ts',
    changes: { 'src/kernel/ports.ts': `${lines(301)}\n` },
  },
  {
    broken: 'a test of 501 lines',
    rule: 'budgets',
    at: diary('diary.test.ts'),
    changes: { [diary('diary.test.ts')]: `${lines(501)}\n` },
  },
  {
    broken: 'a front door of 81 lines',
    rule: 'budgets',
    at: 'src/main.ts',
    changes: { 'src/main.ts': `${lines(81)}\n` },
  },
  {
    broken: 'a function of 62 lines',
    rule: 'budgets',
    at: 'src/kernel/ports.ts',
    changes: { 'src/kernel/ports.ts': longFunction('long') },
  },
  {
    broken: 'a helper of 62 lines in a test',
    rule: 'budgets',
    at: diary('diary.test.ts'),
    changes: { [diary('diary.test.ts')]: longFunction('long') },
  },
  {
    broken: 'an index file',
    rule: 'barrels',
    at: 'src/shared/index.ts',
    changes: { 'src/shared/index.ts': 'export const a = 1\n' },
  },
  {
    broken: 'a file of re-exports',
    rule: 'barrels',
    at: 'src/shared/all.ts',
    changes: { 'src/shared/all.ts': "export * from './words.ts'\n" },
  },
  {
    broken: 'a default export',
    rule: 'barrels',
    at: 'src/shared/a.ts',
    changes: { 'src/shared/a.ts': 'export default 1\n' },
  },
  {
    broken: 'a kernel function without docstring',
    rule: 'docstrings',
    at: 'src/kernel/ports.ts',
    changes: { 'src/kernel/ports.ts': '// What it does.\nexport function a() {}\n' },
  },
  {
    broken: 'a domain constant that is a function',
    rule: 'docstrings',
    at: diary('domain.ts'),
    changes: { [diary('domain.ts')]: 'export const doubled = (value: number) => value * 2\n' },
  },
  {
    broken: 'an adapter function exported below',
    rule: 'docstrings',
    at: 'src/adapters/mail/a.ts',
    changes: { 'src/adapters/mail/a.ts': 'function send() {}\nexport { send }\n' },
  },
  {
    broken: 'a migration without number',
    rule: 'migrations',
    at: diary('migrations/add.sql'),
    changes: { [diary('migrations/add.sql')]: 'select 1;\n' },
  },
  {
    broken: 'a gap between migrations',
    rule: 'migrations',
    at: diary('migrations'),
    changes: { [diary('migrations/0003_more.sql')]: 'select 1;\n' },
  },
  {
    broken: 'two migrations of one number',
    rule: 'migrations',
    at: diary('migrations'),
    changes: { [diary('migrations/0001_more.sql')]: 'select 1;\n' },
  },
  {
    broken: 'a comment that leaves work',
    rule: 'leftovers',
    at: 'src/kernel/ports.ts',
    changes: { 'src/kernel/ports.ts': '// TODO: later\n' },
  },
  {
    broken: 'a migration that leaves work',
    rule: 'leftovers',
    at: diary('migrations/0001_init.sql'),
    changes: plus(diary('migrations/0001_init.sql'), '-- FIXME'),
  },
  {
    broken: 'the path of this very tree',
    rule: 'leftovers',
    at: 'docs/guide.md',
    changes: { 'docs/guide.md': 'See <root>/src.\n' },
  },
  {
    broken: 'a home folder',
    rule: 'leftovers',
    at: 'deploy/run.sh',
    changes: { 'deploy/run.sh': `cd /${'home'}/ana/salus\n` },
  },
  {
    broken: 'a file that cannot be read',
    rule: 'syntax',
    at: 'src/kernel/ports.ts',
    changes: { 'src/kernel/ports.ts': 'export const = 1\n' },
  },
]

describe('check-layout', () => {
  test('a sound tree has no problems', () => {
    assert.deepEqual(problemsWith({}).map(problemText), [])
  })

  const cases = [...entryCases, ...importCases, ...purityCases, ...sqlCases, ...needsCases, ...shapeCases]
  for (const { broken, rule, at, changes } of cases) {
    test(`finds ${broken}`, () => {
      const found = problemsWith(changes)
      const problem = found.find((one) => one.rule === rule && one.path === at)
      assert.ok(problem, `not found among:\n${found.map(problemText).join('\n')}`)
      assert.match(problemText(problem), /\n {4}fix: \S.{8,}$/)
    })
  }

  test('every rule has a case', () => {
    assert.deepEqual([...new Set(cases.map(({ rule }) => rule))].sort(), [...RULES].sort())
  })

  test('prints every problem with its fix, a count, and ends with 1', () => {
    const tree = writeTree({ [diary('README.md')]: undefined, 'src/shared/index.ts': 'export const a = 1\n' })
    const run = spawnSync(process.execPath, [TOOL, tree.root], { encoding: 'utf8' })
    tree.remove()
    assert.equal(run.status, 1, run.stderr)
    assert.match(run.stdout, /src\/services\/diary {2}README\.md is missing\n {4}fix: add it/)
    assert.match(run.stdout, /2 services: 2 problems \(entries 1, barrels 1\)\.\n$/)
  })
})

describe('check-layout on this repository', () => {
  test('tools and documents keep the rules; the sources are for `npm run check` to judge', () => {
    const { problems, summary } = checkLayout(ROOT)
    const ours = problems.filter((one) => /^(tools|docs)\//.test(one.path) || !one.path.includes('/'))
    assert.deepEqual(ours.map(problemText), [])
    assert.match(summary, /^\d+ files, \d+ modules, \d+ services: /)
  })
})

describe('check-layout lets pass', () => {
  for (const [what, changes] of Object.entries<Files>({
    'tests that are long as a whole': {
      [diary('diary.test.ts')]:
        `describe('a', () => {\n${lines(70)}\n})\nfunction suite() {\n  test('b', () => {\n${lines(70)}\n  })\n}\n`,
    },
    'handlers as a folder': {
      [diary('handlers.ts')]: undefined,
      [diary('handlers/one.ts')]: "import { auth } from '../../auth/contract.ts'\nexport const handlers = { auth }\n",
      ...manifest('auth', "import { auth } from '../auth/contract.ts'\nimport { handlers } from './handlers/one.ts'\n"),
    },
    'a date made from an argument': plus(diary('domain.ts'), 'const at = (time: number) => new Date(time)'),
    'words that only look like SQL': plus(diary('handlers.ts'), "const more = 'Select a day from the list.'"),
    'a rule about the event of another service': {
      [diary('domain/event.ts')]: "import type { auth } from '../../auth/contract.ts'\nexport type A = typeof auth\n",
    },
    'functions that the frame offers to SQL, and columns of a table named like a schema': plus(
      diary('store.ts'),
      'const more = sql`select kernel.write_right(auth.id), auth.id from diary.thing as auth where auth.id = kernel.person()`',
    ),
    'settings declared in the domain': {
      'src/kernel/config.ts': '/** Text. */\nexport const textSetting = () => 1\n',
      [diary('domain/settings.ts')]:
        "import { textSetting } from '../../../kernel/config.ts'\nexport const a = textSetting()\n",
    },
    "a provider's own library": {
      [diary('providers/foods.ts')]: "import { Pool } from 'undici'\nexport const a = Pool\n",
    },
    'a docstring on the first of overloads': {
      'src/kernel/ports.ts':
        '/** One. */\nexport function a(x: string): void\nexport function a(x: number): void\nexport function a() {}\n',
    },
  })) {
    test(what, () => assert.deepEqual(problemsWith(changes).map(problemText), []))
  }
})
