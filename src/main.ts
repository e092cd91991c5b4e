import { stderr } from 'node:process'

/** Commands by name; each is loaded when it is used. */
const commands: Readonly<Record<string, { readonly help: string; run(args: readonly string[]): Promise<number> }>> = {
  start: {
    help: 'run the platform (--split: every service in a process of its own)',
    run: async (args) => (await import('./commands/start.ts')).start(args, process.env),
  },
  migrate: {
    help: 'bring the database up to date and say what was done',
    run: async () => (await import('./commands/migrate.ts')).migrateCommand(process.env),
  },
  init: {
    help: 'create the administrator: init --email you@example.org (prints a generated password once)',
    run: async (args) => (await import('./commands/init.ts')).init(args, process.env),
  },
  demo: {
    help: 'create the demo household; demo --remove takes it away with a receipt',
    run: async (args) => (await import('./commands/demo.ts')).demo(args, process.env),
  },
  doctor: {
    help: 'show every setting, where it comes from and what it does; find what is wrong',
    run: async () => (await import('./commands/doctor.ts')).doctor(process.env),
  },
  export: {
    help: 'write everything about one person as JSON: export --person <id>',
    run: async (args) => (await import('./commands/person.ts')).exportCommand(args, process.env),
  },
  erase: {
    help: 'remove everything about one person: erase --person <id> --confirm',
    run: async (args) => (await import('./commands/person.ts')).eraseCommand(args, process.env),
  },
  audit: {
    help: 'audit verify finds any altered, dropped or moved row; audit checkpoint prints the signed head',
    run: async (args) => (await import('./commands/audit.ts')).auditCommand(args, process.env),
  },
  keys: {
    help: 'show the ids of the master keys; keys rotate makes a new one and wraps everything with it',
    run: async (args) => (await import('./commands/keys.ts')).keysCommand(args, process.env),
  },
  backup: {
    help: 'write everything into one encrypted file; backup --check <file> reads one to its end',
    run: async (args) => (await import('./commands/backup.ts')).backupCommand(args, process.env),
  },
  restore: {
    help: 'bring a backup back into an empty data folder: restore <file>',
    run: async (args) => (await import('./commands/backup.ts')).restoreCommand(args, process.env),
  },
  openapi: {
    help: 'print the OpenAPI document',
    run: async () => (await import('./commands/openapi.ts')).openapi(),
  },
}

async function main(): Promise<number> {
  const [name = 'start', ...args] = process.argv.slice(2)
  const command = commands[name]
  if (command !== undefined) return command.run(args)
  const lines = Object.entries(commands).map(([one, { help }]) => `  ${one.padEnd(9)} ${help}`)
  stderr.write(`Usage: npm run salus -- <command>\n\n${lines.join('\n')}\n`)
  return ['help', '--help', '-h'].includes(name) ? 0 : 2
}

try {
  process.exitCode = await main()
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (process.env.LOG_LEVEL === 'debug' && error instanceof Error) stderr.write(`${error.stack}\n`)
  process.exitCode = 1
}
