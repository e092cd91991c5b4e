import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Files by their path; `undefined` leaves one of the sound tree out. */
export type Files = Readonly<Record<string, string | undefined>>

const CONTRACT = (name: string, constant: string) =>
  `import { defineContract } from '../../kernel/contract.ts'\nexport const ${constant} = defineContract({ name: '${name}' })\n`

const service = (name: string, constant: string, needs: readonly string[], imports = ''): Files => {
  const folder = `src/services/${name}`
  return {
    [`${folder}/README.md`]: `# ${name}\n`,
    [`${folder}/contract.ts`]: CONTRACT(name, constant),
    [`${folder}/service.ts`]: `import { defineService } from '../../kernel/service.ts'
${imports}import { ${constant} } from './contract.ts'
import { handlers } from './handlers.ts'
export const service = defineService({ contract: ${constant}, needs: [${needs.join(', ')}], handlers })
`,
    [`${folder}/handlers.ts`]: `${imports}import { doubled } from './domain.ts'
import { findOne } from './store.ts'
export const handlers = { one: async () => doubled(await findOne()${needs.map((need) => `, ${need}`).join('')}) }
`,
    [`${folder}/domain.ts`]: '/** Twice the number. */\nexport const doubled = (value: number) => value * 2\n',
    [`${folder}/store.ts`]: `import { sql } from '../../kernel/sql.ts'
export const findOne = () => sql\`select id from ${name.replaceAll('-', '_')}.thing\`
`,
    [`${folder}/migrations/0001_init.sql`]: `create table ${name.replaceAll('-', '_')}.thing (id bigint);\n`,
    [`${folder}/${name}.test.ts`]: "import { openTestPlatform } from '../../testing.ts'\nopenTestPlatform()\n",
    [`${folder}/domain.test.ts`]: "import { doubled } from './domain.ts'\ndoubled(2)\n",
  }
}

const entry = (name: string, constant: string) => `  {
    name: '${name}',
    contract: async () => (await import('./services/${name}/contract.ts')).${constant},
    service: async () => (await import('./services/${name}/service.ts')).service,
  },
`

/** The board of services in the given order. */
export const boardOf = (...services: readonly (readonly [string, string])[]) =>
  `export const board = [\n${services.map(([name, constant]) => entry(name, constant)).join('')}]\n`

/** A small tree that keeps every rule: a kernel, an adapter, two services of which `diary` needs `auth`. */
export const soundTree: Files = {
  'src/main.ts': "export const run = () => import('./commands/start.ts')\n",
  'src/services.ts': boardOf(['auth', 'auth'], ['diary', 'diary']),
  'src/compose.ts': "import { board } from './services.ts'\nexport const compose = () => board\n",
  'src/testing.ts': "import { compose } from './compose.ts'\nexport const openTestPlatform = () => compose()\n",
  'src/commands/start.ts': "import { compose } from '../compose.ts'\nexport const start = () => compose()\n",
  'src/kernel/contract.ts': '/** A contract. */\nexport const defineContract = <C>(contract: C) => contract\n',
  'src/kernel/service.ts': '/** A service. */\nexport const defineService = <S>(service: S) => service\n',
  'src/kernel/sql.ts': '/** A statement. */\nexport const sql = (parts: TemplateStringsArray) => parts\n',
  'src/kernel/platform.ts': '/** Opens it. */\nexport function open() {}\n',
  'src/kernel/ports.ts': 'export interface Ports {}\n',
  'src/adapters/mail/port.ts': "export type { Ports } from '../../kernel/ports.ts'\nexport type Mail = string\n",
  'src/shared/words.ts': '/** Louder. */\nexport const loud = (word: string) => word.toUpperCase()\n',
  ...service('auth', 'auth', []),
  ...service('diary', 'diary', ['auth'], "import { auth } from '../auth/contract.ts'\n"),
}

/** Writes the sound tree with the given changes into a new temporary folder; `remove` takes it away. */
export function writeTree(changes: Files): { readonly root: string; remove(): void } {
  const root = mkdtempSync(path.join(tmpdir(), 'salus-layout-'))
  for (const [file, text] of Object.entries({ ...soundTree, ...changes })) {
    if (text === undefined) continue
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text.replaceAll('<root>', root))
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}
