import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after } from 'node:test'
import pg from 'pg'
import { openDatabase } from '../adapters/database/open.ts'
import type { DatabaseServer } from '../adapters/database/port.ts'
import { silentLog } from '../kernel/log.ts'
import { type Migration, migrate } from '../kernel/migrate.ts'

export interface TestDatabase {
  readonly url: string
  /** Connections of the owner, who sees all rows. */
  readonly owner: pg.Pool
  /** Ends all connections and lets no new ones in, until the function it gives is called. */
  cutOff(): Promise<() => Promise<void>>
  drop(): Promise<void>
}

/** SQL files that a database starts with, by service. */
export type MigrationSets = readonly { readonly service: string; readonly migrations: readonly Migration[] }[]

interface TestServer {
  readonly url: string
  readonly admin: pg.Pool
  readonly templates: Map<string, Promise<string>>
  stop(): Promise<void>
}

let server: Promise<TestServer> | undefined
let creating: Promise<unknown> = Promise.resolve()
let databaseCount = 0

/** One PostgreSQL a test run: the server of `TEST_DATABASE_URL`, else the embedded one in a folder of its own. */
function testServer(): Promise<TestServer> {
  server ??= startServer()
  return server
}

async function startServer(): Promise<TestServer> {
  const given = process.env.TEST_DATABASE_URL
  const folder = mkdtempSync(path.join(tmpdir(), 'salus-test-'))
  const opened: DatabaseServer = await openDatabase({
    ...(given === undefined ? {} : { url: given }),
    dataFolder: folder,
    log: silentLog as never,
  })
  const admin = quietPool(opened.url)
  const templates = new Map<string, Promise<string>>()
  return {
    url: opened.url,
    admin,
    templates,
    stop: async () => {
      for (const template of templates.values()) await admin.query(`drop database if exists ${await template}`)
      await admin.end()
      await opened.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function databaseUrl(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.toString()
}

/** The database that fresh ones are copied from: copying takes a fraction of migrating. */
function templateOf({ url, admin, templates }: TestServer, sets: MigrationSets): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(sets)).digest('hex').slice(0, 12)
  const name = `salus_template_${hash}_${process.pid}`
  const made = templates.get(name) ?? makeTemplate(url, admin, name, sets)
  templates.set(name, made)
  return made
}

async function makeTemplate(url: string, admin: pg.Pool, name: string, sets: MigrationSets): Promise<string> {
  await admin.query(`create database ${name}`)
  if (sets.length > 0) await migrate(databaseUrl(url, name), sets, silentLog)
  return name
}

/** A fresh database with the given SQL files already run; an empty one without any. Drop it in `after`. */
export async function createDatabase(sets: MigrationSets = []): Promise<TestDatabase> {
  const running = await testServer()
  const { url, admin } = running
  const template = await templateOf(running, sets)
  databaseCount += 1
  const name = `salus_test_${process.pid}_${databaseCount}`
  // The template may be in use by one copy at a time.
  const created = creating.then(() => admin.query(`create database ${name} template ${template}`))
  creating = created.catch(() => undefined)
  await created
  const own = databaseUrl(url, name)
  const owner = quietPool(own)
  // A test may end all connections of its database.
  return {
    url: own,
    owner,
    cutOff: async () => {
      await admin.query(`alter database ${name} allow_connections false`)
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
      return async () => void (await admin.query(`alter database ${name} allow_connections true`))
    },
    drop: async () => {
      await owner.end()
      // `with (force)` would refuse where the server cleans the database up meanwhile; a plain drop asks that to stop.
      await admin.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = current_user',
        [name],
      )
      await admin.query(`drop database if exists ${name}`)
    },
  }
}

after(async () => {
  if (server !== undefined) await (await server).stop()
})

/** A pool whose connections may be cut at any time: tests drop databases and stop servers under them. */
function quietPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 2 })
  pool.on('error', () => undefined)
  // While it is being closed, a connection is nobody's: its error would count as uncaught.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
