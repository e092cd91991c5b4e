import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type DatabaseLog, DatabaseUnavailable } from '../port.ts'
import { type Account, canReach, codeOf, giveTo, giveTreeTo } from './account.ts'
import type { Binaries } from './binaries.ts'

/** The name of the owner account and of the platform's own database. */
export const OWNER = 'salus'
const MARKER = 'salus-cluster.json'
const ENGINE = 'postgresql'
const MAKING = '.making-'

/** How the programs name the cluster's folder, and the folder they run in. */
export interface ClusterPath {
  readonly argument: string
  readonly cwd: string
}

/**
 * Where a parent folder is closed to the database's account (a home of root), the programs start inside the cluster's
 * folder and name it through /proc, which asks for no right on the parents.
 * @throws DatabaseUnavailable where a parent is closed and the system has no /proc.
 */
export function clusterPath(clusterFolder: string, account: Account | undefined): ClusterPath {
  if (canReach(account, clusterFolder)) return { argument: clusterFolder, cwd: clusterFolder }
  if (existsSync('/proc/self/cwd')) return { argument: '/proc/self/cwd', cwd: clusterFolder }
  throw new DatabaseUnavailable(
    `User id ${account?.uid}, under which PostgreSQL runs, may not enter ${dirname(clusterFolder)}: ` +
      'choose another data folder, start the platform as an ordinary user, or set DATABASE_URL.',
  )
}

/**
 * Makes the cluster unless it is there (true when it did), and checks that this PostgreSQL can open it.
 *
 * A new cluster is made under a name of its own, its marker written last, and then renamed: a folder of the final name
 * is therefore always whole, a half-made one is recognised by its name and made again, and an initdb that outlived its
 * killed parent writes to a place nobody looks at.
 * @throws DatabaseUnavailable when the cluster is another version's, not ours, or cannot be made.
 */
export async function ensureCluster(
  clusterFolder: string,
  options: { binaries: Binaries; account: Account | undefined; passwordFile?: string; log: DatabaseLog },
): Promise<boolean> {
  const halfMade = findHalfMade(clusterFolder)
  removeHalfMade(halfMade, options.log)
  if (existsSync(clusterFolder)) {
    checkMarker(clusterFolder, options.binaries)
    giveTreeTo(options.account, clusterFolder)
    return false
  }
  const startedAt = performance.now()
  const making = mkdtempSync(clusterFolder + MAKING)
  giveTo(options.account, making)
  await runInitdb(making, options)
  writeMarker(making, options.binaries)
  renameSync(making, clusterFolder)
  syncFolder(dirname(clusterFolder))
  // An initdb that outlived its parent may have written to its folder once more; by now it has failed.
  removeHalfMade(halfMade, options.log)
  const tookMs = Math.round(performance.now() - startedAt)
  options.log.info({ folder: clusterFolder, version: options.binaries.packageName, tookMs }, 'database created')
  return true
}

function findHalfMade(clusterFolder: string): string[] {
  const [parent, prefix] = [dirname(clusterFolder), basename(clusterFolder) + MAKING]
  return readdirSync(parent)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(parent, name))
}

function removeHalfMade(folders: readonly string[], log: DatabaseLog): void {
  for (const folder of folders.filter((path) => existsSync(path))) {
    try {
      rmSync(folder, { recursive: true, force: true })
      log.warn({ folder }, 'a database that was never finished is removed')
    } catch (error) {
      log.warn({ folder, reason: codeOf(error) }, 'a database that was never finished could not be removed yet')
    }
  }
}

function checkMarker(clusterFolder: string, binaries: Binaries): void {
  const path = join(clusterFolder, MARKER)
  if (!existsSync(path)) {
    throw new DatabaseUnavailable(
      `${clusterFolder} was not made by this platform (it lacks ${MARKER}): move it away, or choose another data folder.`,
    )
  }
  const marker: { engine?: unknown; major?: unknown } = JSON.parse(readFileSync(path, 'utf8'))
  if (marker.engine === ENGINE && marker.major === binaries.major) return
  throw new DatabaseUnavailable(
    `The data in ${clusterFolder} was written by ${marker.engine} ${marker.major}, and this release brings ` +
      `${ENGINE} ${binaries.major}, which cannot read it: export with the release that wrote it and import here, ` +
      'or set DATABASE_URL.',
  )
}

function writeMarker(folder: string, binaries: Binaries): void {
  const marker = { engine: ENGINE, major: binaries.major, madeBy: binaries.packageName, at: new Date().toISOString() }
  // 'wx' never follows a link: the folder belongs to an account with fewer rights than ours.
  const file = openSync(join(folder, MARKER), 'wx', 0o644)
  try {
    writeFileSync(file, `${JSON.stringify(marker)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

async function runInitdb(
  folder: string,
  options: { binaries: Binaries; account: Account | undefined; passwordFile?: string },
): Promise<void> {
  const { argument, cwd } = clusterPath(folder, options.account)
  const trust = options.passwordFile ? ['-A', 'scram-sha-256', '--pwfile', options.passwordFile] : ['-A', 'trust']
  const base = ['-D', argument, '-U', OWNER, ...trust, '--encoding', 'UTF8', '--no-instructions']
  const run = (locale: string[]): Promise<{ status: number | null; output: string }> =>
    runProgram(options.binaries.initdb, [...base, ...locale], { ...options.account, cwd })
  let result = await run(['--locale=C.UTF-8'])
  // A system without that locale (some macOS, Windows) still gets code point order from PostgreSQL itself.
  if (result.status !== 0 && /locale/.test(result.output)) {
    result = await run(['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'])
  }
  if (result.status === 0) return
  rmSync(folder, { recursive: true, force: true })
  const reason = result.output.split('\n').filter((line) => /error|fatal|could not|cannot|hint/i.test(line))
  throw new DatabaseUnavailable(
    `The database could not be created in ${dirname(folder)}: ${reason.slice(0, 3).join(' | ') || 'interrupted'}`,
  )
}

function runProgram(
  program: string,
  args: string[],
  options: { uid?: number; gid?: number; cwd: string },
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, env: programEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8')
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', (error) => reject(spawnFailure(program, error)))
    child.once('close', (status) => resolve({ status, output }))
  })
}

/** The environment of the database's programs: nothing of ours, which may hold keys of other services. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP } = process.env
  return { PATH, TZ: 'UTC', ...(SystemRoot && { SystemRoot, TEMP }) }
}

/** Words a failure to start a program at all. */
export function spawnFailure(program: string, error: unknown): DatabaseUnavailable {
  const code = codeOf(error)
  let why = `cannot be started (${code})`
  if (code === 'ENOENT' && existsSync(program))
    why = 'does not run on this system (it needs glibc, and Alpine uses musl)'
  if (code === 'EPERM') why = 'cannot be started under another user, and this root may not switch users'
  return new DatabaseUnavailable(`The built-in PostgreSQL ${why}: set DATABASE_URL to a PostgreSQL 15 or newer.`, {
    cause: error,
  })
}

/**
 * Reads the owner's password for systems without unix sockets, and makes it on first use (32 random bytes, hex).
 * The file is readable by this account alone.
 */
export function ensurePassword(path: string): string {
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
  return readFileSync(path, 'utf8').trim()
}
