import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { compose } from '../compose.ts'
import { type BackupCount, checkBackup, restoreBackup } from '../kernel/backup/read.ts'
import { type BackupSeal, unsealed } from '../kernel/backup/seal.ts'
import { holdsPeople } from '../kernel/backup/tables.ts'
import { backupBytes } from '../kernel/backup/write.ts'
import { type Environment, settingValues, textSetting } from '../kernel/config.ts'
import { migrate } from '../kernel/migrate.ts'
import { openRuntime, openRuntimeDatabase, type Runtime } from './opening.ts'
import { runningDatabase } from './runtime.ts'

const USAGE = `Usage: npm run salus -- backup [<file>] [--plain]
       npm run salus -- backup --check <file>
       npm run salus -- restore <file>

backup    writes everything (rows, files, keys) into one file, also beside a running platform
          --plain  leaves it unencrypted; else SALUS_BACKUP_PASSPHRASE encrypts it
          --check  reads a backup to its end and says what it holds
restore   brings a backup back into an empty data folder or an empty database
`

/** What an operator can set about backups. */
export const backupSettings = {
  passphrase: textSetting('SALUS_BACKUP_PASSPHRASE', {
    doc: 'Encrypts backups and opens them again. Whoever has a backup and this has everything; without it, nobody does.',
    isSecret: true,
    defaultValue: undefined,
  }),
}

export const SHORTEST_PASSPHRASE = 12

/** Writes a backup, or checks one. Exit code 1 when it can't be done, 2 for a wrong use. */
export async function backupCommand(args: readonly string[], environment: Environment): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { plain: { type: 'boolean' }, check: { type: 'string' } },
  })
  if (values.check !== undefined && positionals.length === 0) return check(values.check, environment)
  if (values.check !== undefined || positionals.length > 1) return misused(USAGE)
  const { passphrase } = settingValues(backupSettings, environment)
  if (values.plain !== true && (passphrase ?? '').length < SHORTEST_PASSPHRASE) {
    return misused(`Set SALUS_BACKUP_PASSPHRASE (at least ${SHORTEST_PASSPHRASE} characters), or say --plain.\n`)
  }
  const runtime = openRuntime({ ...environment, SERVICES: '', PEERS: '' })
  const file = path.resolve(positionals[0] ?? (await defaultFile(runtime)))
  await writeBackup(runtime, file, values.plain === true ? 'plain' : { passphrase: passphrase as string })
  process.stdout.write(`${countText(await readCount(file, passphrase))}${file}\n`)
  return 0
}

/** Where the next backup goes in the data folder; the folder is made. */
export async function defaultFile({ dataFolder }: Pick<Runtime, 'dataFolder'>): Promise<string> {
  const folder = path.join(dataFolder, 'backups')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return path.join(folder, `salus-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.backup`)
}

/** Writes the backup beside its place and moves it there when it is whole: a backup is never half one. */
export async function writeBackup(runtime: Runtime, file: string, seal: BackupSeal): Promise<void> {
  const running = runtime.settings.databaseUrl ?? runningDatabase(runtime.dataFolder)
  const database = running === undefined ? await openRuntimeDatabase(runtime) : undefined
  const client = new pg.Client({ connectionString: running ?? (database?.url as string) })
  const draft = `${file}.partial`
  try {
    await client.connect()
    const source = { client, dataFolder: runtime.dataFolder, createdAt: new Date() }
    await pipeline(backupBytes(source, seal), createWriteStream(draft, { mode: 0o600, flush: true }))
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await client.end().catch(() => undefined)
    await database?.stop()
  }
}

async function check(file: string, environment: Environment): Promise<number> {
  process.stdout.write(countText(await readCount(file, settingValues(backupSettings, environment).passphrase)))
  return 0
}

/** Reads a backup to its end. Throws a sentence when it is damaged or the passphrase is wrong. */
export const readCount = (file: string, passphrase: string | undefined) =>
  checkBackup(unsealed(createReadStream(file), passphrase))

function countText({ createdAt, tables, files, bytes }: BackupCount): string {
  return `A whole backup of ${createdAt}: ${tables} tables, ${files} files, ${Math.ceil(bytes / 1024)} KiB.\n`
}

/** Brings a backup back. Exit code 1 when it can't be, 2 for a wrong use. */
export async function restoreCommand(args: readonly string[], environment: Environment): Promise<number> {
  const [file, ...rest] = args
  if (file === undefined || rest.length > 0 || file.startsWith('--')) return misused(USAGE)
  const { passphrase } = settingValues(backupSettings, environment)
  const runtime = openRuntime({ ...environment, SERVICES: '', PEERS: '' })
  await assertEmptyFolder(runtime)
  process.stdout.write(countText(await restoreFrom(runtime, unsealed(createReadStream(file), passphrase))))
  process.stdout.write('It is back. Start the platform: npm start\n')
  return 0
}

/** Brings the entries of a backup into the runtime's empty data folder. Throws a sentence, leaving it empty. */
export async function restoreFrom(runtime: Runtime, entries: AsyncIterable<Uint8Array>): Promise<BackupCount> {
  const { migrations } = await compose([])
  const database = await openRuntimeDatabase(runtime)
  let client: pg.Client | undefined
  try {
    await assertEmptyDatabase(database.url)
    return await restoreBackup(entries, {
      dataFolder: runtime.dataFolder,
      migrations,
      openDatabase: async (ran) => {
        await migrate(database.url, ran, runtime.log)
        client = new pg.Client({ connectionString: database.url })
        await client.connect()
        return client
      },
    })
  } finally {
    await client?.end().catch(() => undefined)
    await database.stop()
  }
}

async function assertEmptyFolder({ dataFolder }: Runtime): Promise<void> {
  if (runningDatabase(dataFolder) !== undefined) throw new Error('Stop the platform first')
  for (const part of ['keys', 'files']) {
    const folder = path.join(dataFolder, part)
    if (existsSync(folder) && (await readdir(folder)).length > 0) {
      throw new Error(`${folder} isn't empty: bring a backup back into a new data folder (SALUS_DATA)`)
    }
  }
}

async function assertEmptyDatabase(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    if (await holdsPeople(client)) throw new Error('The database holds people already: restore into an empty one')
  } finally {
    await client.end()
  }
}

function misused(text: string): number {
  process.stderr.write(text)
  return 2
}
