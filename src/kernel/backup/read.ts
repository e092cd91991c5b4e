import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Migration } from '../migrate.ts'
import { type Entry, readEntries } from './frames.ts'
import { type BackupTable, backupTables } from './tables.ts'
import type { BackupManifest } from './write.ts'

/** What a backup holds, counted while it was read. */
export interface BackupCount {
  readonly createdAt: string
  readonly tables: number
  readonly files: number
  readonly bytes: number
}

type MigrationsOf = readonly { readonly service: string; readonly migrations: readonly Migration[] }[]

export interface RestoreTarget {
  /** A data folder without keys and files; both come from the backup. */
  readonly dataFolder: string
  /** The migrations of this version. */
  readonly migrations: MigrationsOf
  /**
   * Opens the database once the manifest and the secrets are there, with the schema as the given migrations make it. The
   * owner's connection is used for nothing else meanwhile.
   */
  openDatabase(migrations: MigrationsOf): Promise<pg.Client>
}

/** Reads a backup to its end and changes nothing. Throws a sentence when it can't be brought back whole. */
export async function checkBackup(entries: AsyncIterable<Uint8Array>): Promise<BackupCount> {
  const count = { createdAt: '', tables: 0, files: 0, bytes: 0 }
  for await (const entry of readEntries(entries)) {
    if (entry.head.kind === 'manifest') count.createdAt = (await manifestOf(entry)).createdAt
    else for await (const piece of entry.content) count.bytes += piece.length
    note(count, entry)
  }
  return count
}

function note(count: { tables: number; files: number }, { head }: Entry): void {
  if (head.kind === 'table') count.tables += 1
  if (head.kind === 'file') count.files += 1
}

/**
 * Brings back everything of a backup: secrets, rows in one transaction, files. Throws a sentence, with the database empty
 * and no secret and no file left, when the backup is damaged or was made by a newer version.
 */
export async function restoreBackup(entries: AsyncIterable<Uint8Array>, target: RestoreTarget): Promise<BackupCount> {
  const count = { createdAt: '', tables: 0, files: 0, bytes: 0 }
  const restoring = new Restoring(target)
  try {
    for await (const entry of readEntries(entries)) {
      if (entry.head.kind === 'manifest') count.createdAt = (await restoring.begin(entry)).createdAt
      else count.bytes += await restoring.take(entry)
      note(count, entry)
    }
    await restoring.finish()
    return count
  } catch (error) {
    await restoring.undo()
    throw error
  }
}

class Restoring {
  private readonly target: RestoreTarget
  private manifest: BackupManifest | undefined
  private client: pg.Client | undefined
  private tables: readonly BackupTable[] = []

  constructor(target: RestoreTarget) {
    this.target = target
  }

  async begin(entry: Entry): Promise<BackupManifest> {
    this.manifest = await manifestOf(entry)
    const known = new Set(this.target.migrations.flatMap((one) => one.migrations.map(keyOf)))
    const stranger = this.manifest.migrations.find((one) => !known.has(keyOf(one)))
    if (stranger !== undefined) {
      throw new Error(`The backup knows ${stranger.service}/${stranger.name}, which this version doesn't: update first`)
    }
    return this.manifest
  }

  /** Returns the bytes of the entry's content. */
  async take(entry: Entry): Promise<number> {
    const { kind, name } = entry.head
    switch (kind) {
      case 'secret':
        return this.writeFile('keys', name, entry)
      case 'file':
        return this.writeFile('files', name, entry)
      case 'table':
        return this.copyRows(await this.openedDatabase(), entry)
      case 'sequences':
        return this.setSequences(await this.openedDatabase(), entry)
      default:
        return 0
    }
  }

  async finish(): Promise<void> {
    const client = await this.openedDatabase()
    for (const { name, isForced } of this.tables) {
      if (isForced) await client.query(`alter table ${name} force row level security`)
      await client.query(`alter table ${name} enable trigger user`)
    }
    await client.query('commit')
  }

  async undo(): Promise<void> {
    await this.client?.query('rollback').catch(() => undefined)
    for (const part of ['keys', 'files']) {
      await rm(path.join(this.target.dataFolder, part), { recursive: true, force: true })
    }
  }

  /** The database as the backup's version made it, empty and open to be filled; later migrations run at the next start. */
  private async openedDatabase(): Promise<pg.Client> {
    if (this.client !== undefined) return this.client
    const ran = new Set((this.manifest?.migrations ?? []).map(keyOf))
    const migrations = this.target.migrations.map(({ service, migrations: all }) => ({
      service,
      migrations: all.filter((one) => ran.has(keyOf(one))),
    }))
    const client = await this.target.openDatabase(migrations.filter((one) => one.migrations.length > 0))
    this.client = client
    await client.query('set statement_timeout = 0')
    await client.query('begin')
    this.tables = await backupTables(client)
    for (const { name, isForced } of [...this.tables].reverse()) {
      // Whoever owns the table and is no superuser may fill it only while it isn't closed to its owner.
      if (isForced) await client.query(`alter table ${name} no force row level security`)
      await client.query(`alter table ${name} disable trigger user`)
      // What migrations put into tables is in the backup too.
      await client.query(`delete from ${name}`)
    }
    return client
  }

  private async copyRows(client: pg.Client, { head, content }: Entry): Promise<number> {
    const table = this.tables.find(({ name }) => name === head.name)
    const columns = head.columns ?? []
    if (table === undefined || columns.some((column) => !table.columns.includes(column))) {
      throw new Error(`The backup has ${head.name}, which its own version would not have made`)
    }
    const stream = client.query(copyFrom(`copy ${table.name} (${columns.join(', ')}) from stdin`))
    let bytes = 0
    await pipeline(async function* counted() {
      for await (const piece of content) {
        bytes += piece.length
        yield piece
      }
    }, stream)
    return bytes
  }

  private async setSequences(client: pg.Client, entry: Entry): Promise<number> {
    const bytes = await contentOf(entry)
    for (const { name, value } of JSON.parse(bytes.toString('utf8')) as { name: string; value: string | null }[]) {
      if (value !== null) await client.query('select setval($1::regclass, $2)', [name, value])
    }
    return bytes.length
  }

  private async writeFile(part: 'keys' | 'files', name: string, { content }: Entry): Promise<number> {
    const folder = path.join(this.target.dataFolder, part)
    const file = path.join(folder, ...safeParts(name))
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
    const draft = `${file}.draft`
    let bytes = 0
    await pipeline(
      async function* counted() {
        for await (const piece of content) {
          bytes += piece.length
          yield piece
        }
      },
      createWriteStream(draft, { mode: 0o600, flags: 'wx', flush: true }),
    )
    await rename(draft, file)
    return bytes
  }
}

/** A name in a backup never leads out of the folder it belongs in. */
function safeParts(name: string): string[] {
  const parts = name.split('/')
  if (parts.every((part) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part))) return parts
  throw new Error('The backup holds a file whose name leads elsewhere')
}

const keyOf = ({ service, name, checksum }: { service: string; name: string; checksum: string }) =>
  `${service}/${name}/${checksum}`

async function manifestOf(entry: Entry): Promise<BackupManifest> {
  const manifest = JSON.parse((await contentOf(entry)).toString('utf8')) as BackupManifest
  if (manifest.version === 1 && Array.isArray(manifest.migrations)) return manifest
  throw new Error('This backup was made by a newer Salus')
}

async function contentOf({ content }: Entry): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}
