import { compose } from '../compose.ts'
import type { Environment } from '../kernel/config.ts'
import { migrate } from '../kernel/migrate.ts'
import { openRuntime, openRuntimeDatabase } from './opening.ts'
import { runningDatabase } from './runtime.ts'

/** Brings the database up to date; prints what was done, or why the schema stays as it was. */
export async function migrateCommand(environment: Environment): Promise<number> {
  const runtime = openRuntime(environment)
  const running = runtime.settings.databaseUrl ?? runningDatabase(runtime.dataFolder)
  const database = running === undefined ? await openRuntimeDatabase(runtime) : undefined
  try {
    const { migrations } = await compose(runtime.settings.services)
    const done = await migrate(running ?? (database?.url as string), migrations, runtime.log)
    const applied = done.flatMap(({ service, applied: names }) => names.map((name) => `  ${service}/${name}`))
    process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied:\n${applied.join('\n')}\n`)
    return 0
  } finally {
    await database?.stop()
  }
}
