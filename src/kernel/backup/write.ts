import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { SYSTEM_ROLE } from '../migrate.ts'
import { entryBytes } from './frames.ts'
import { type BackupSeal, sealed } from './seal.ts'
import { type BackupTable, backupTables, sequenceValues } from './tables.ts'

/** What a backup says of itself, first. */
export interface BackupManifest {
  readonly version: 1
  readonly createdAt: string
  /** Migrations that had run, by service: the tables are as these made them. */
  readonly migrations: readonly { readonly service: string; readonly name: string; readonly checksum: string }[]
}

export interface BackupSource {
  /** A connection of the database's owner; used for nothing else meanwhile. */
  readonly client: pg.Client
  /** The data folder: its `keys` and `files` belong to the backup. */
  readonly dataFolder: string
  readonly createdAt: Date
}

/**
 * Everything of the platform as it was at one moment: tables in one snapshot, then the files, which are never changed, and
 * the secrets of the data folder without which neither opens. Compressed, and sealed by `seal`. Holds little in memory.
 */
export async function* backupBytes(source: BackupSource, seal: BackupSeal): AsyncGenerator<Uint8Array, void> {
  // In object mode the stream would count entries; it is bytes that must not pile up.
  const entries = Readable.from(allEntries(source), { objectMode: false })
  const packed = pipeline(entries, createGzip({ level: 6 }), () => undefined)
  try {
    yield* sealed(packed, seal)
  } finally {
    packed.destroy()
  }
}

async function* allEntries(source: BackupSource): AsyncGenerator<Uint8Array, void> {
  const { client, dataFolder, createdAt } = source
  await client.query('set statement_timeout = 0')
  await client.query('begin isolation level repeatable read read only')
  try {
    const { rows } = await client.query('select service, name, checksum from kernel.migration order by service, name')
    const manifest: BackupManifest = { version: 1, createdAt: createdAt.toISOString(), migrations: rows }
    yield* entryBytes({ kind: 'manifest', name: 'manifest' }, [jsonBytes(manifest)])
    yield* secretEntries(path.join(dataFolder, 'keys'))
    for (const table of await backupTables(client)) yield* tableEntry(client, table)
    yield* entryBytes({ kind: 'sequences', name: 'sequences' }, [jsonBytes(await sequenceValues(client))])
  } finally {
    await client.query('rollback')
  }
  yield* fileEntries(path.join(dataFolder, 'files'))
  yield* entryBytes({ kind: 'end', name: 'end' })
}

const jsonBytes = (value: unknown) => Buffer.from(JSON.stringify(value))

async function* tableEntry(client: pg.Client, { name, columns, isForced }: BackupTable) {
  // A table that is closed by person shows all rows to this role only, also where the owner is no superuser.
  await client.query(isForced ? `set local role ${SYSTEM_ROLE}` : 'reset role')
  try {
    const rows = client.query(copyTo(`copy ${name} (${columns.join(', ')}) to stdout`))
    yield* entryBytes({ kind: 'table', name, columns }, rows)
  } finally {
    await client.query('reset role').catch(() => undefined)
  }
}

async function* secretEntries(folder: string) {
  for (const name of await filesIn(folder)) {
    if (name.endsWith('.key')) yield* entryBytes({ kind: 'secret', name }, createReadStream(path.join(folder, name)))
  }
}

async function* fileEntries(folder: string) {
  for (const name of await filesIn(folder)) {
    if (!name.startsWith('unfinished/')) yield* presentFile(folder, name)
  }
}

/** A file that was removed since the snapshot has no entry: its row says where it was, and reading it says it is gone. */
async function* presentFile(folder: string, name: string) {
  const stream = createReadStream(path.join(folder, name))
  const isOpen = await new Promise<boolean>((resolve, reject) => {
    stream.once('open', () => resolve(true))
    stream.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(false) : reject(error)))
  })
  if (isOpen) yield* entryBytes({ kind: 'file', name }, stream)
}

/** Names of all files below the folder, with slashes. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort()
}
