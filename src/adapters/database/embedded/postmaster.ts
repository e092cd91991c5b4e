import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type DatabaseLog, DatabaseUnavailable } from '../port.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { clusterPath, programEnvironment, spawnFailure } from './cluster.ts'
import { failureIn, logSize } from './logFile.ts'
import { isPostmasterOf, waitUntilGone } from './processes.ts'

/** What one start of the database needs. */
export interface PostmasterOptions {
  readonly binaries: Binaries
  readonly account: Account | undefined
  readonly clusterFolder: string
  readonly logFile: string
  readonly settings: Readonly<Record<string, string>>
  readonly log: DatabaseLog
}

/** A launched postmaster, the parent of all processes of the database. */
export interface Postmaster {
  readonly pid: number
  /** Settles when it has ended, with a few words on how. */
  readonly ended: Promise<string>
}

/** The shutdowns of PostgreSQL: `INT` ends sessions and stops cleanly, `QUIT` stops at once and recovers at the next start. */
export type StopSignal = 'INT' | 'QUIT' | 'KILL'

// Crash recovery at a tenth of a processor takes minutes; only a start that will never end should reach this.
const START_LIMIT_MS = 180_000
const READY_POLL_MS = 5
const ORPHAN_FAST_LIMIT_MS = 8_000
const ORPHAN_QUIT_LIMIT_MS = 4_000
// Above the highest process id of any system, so that PostgreSQL finds nobody there.
const NOBODYS_PID = 2_147_483_646

/**
 * Launches the database and waits until it accepts connections.
 * @param onLaunch receives the postmaster as soon as it runs, so that it can be stopped while it still recovers.
 * @throws DatabaseUnavailable with the last words of its log when it ends before that, or after 180 s.
 */
export async function startPostmaster(
  options: PostmasterOptions,
  onLaunch: (postmaster: Postmaster) => void,
): Promise<Postmaster> {
  await clearPredecessor(options)
  const offset = logSize(options.logFile)
  const child = launch(options)
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', (error) => reject(spawnFailure(options.binaries.postgres, error)))
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `code ${code}`))
  })
  const postmaster = { pid: child.pid ?? 0, ended }
  if (child.pid) onLaunch(postmaster)
  const waiting = new AbortController()
  const endedEarly = ended.then((how) => {
    if (waiting.signal.aborted) return
    const words = failureIn(options.logFile, offset) || `see ${options.logFile}`
    throw new DatabaseUnavailable(`The database did not start (${how}): ${words}`)
  })
  try {
    await Promise.race([endedEarly, waitUntilReady(child, options, waiting.signal)])
  } finally {
    waiting.abort()
  }
  return postmaster
}

function launch({ binaries, account, clusterFolder, logFile, settings }: PostmasterOptions): ChildProcess {
  const { argument, cwd } = clusterPath(clusterFolder, account)
  const args = ['-D', argument, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const out = openSync(logFile, 'a', 0o600)
  try {
    // A session of its own: Ctrl-C in the terminal reaches us alone, and requests keep the database while they drain.
    const child = spawn(binaries.postgres, args, {
      ...account,
      cwd,
      env: programEnvironment(),
      detached: true,
      windowsHide: true,
      stdio: ['ignore', out, out],
    })
    child.unref()
    return child
  } finally {
    closeSync(out)
  }
}

async function waitUntilReady(child: ChildProcess, options: PostmasterOptions, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  let nextReportMs = 10_000
  while (!signal.aborted) {
    const file = readPidFile(options.clusterFolder)
    if (file && file.pid === child.pid && file.status === 'ready') return
    const waitedMs = performance.now() - startedAt
    if (waitedMs > START_LIMIT_MS) {
      if (child.pid) signalPostmaster(child.pid, 'QUIT', options.binaries)
      throw new DatabaseUnavailable(
        `The database is not ready after ${START_LIMIT_MS / 1000} s: see ${options.logFile}`,
      )
    }
    if (waitedMs > nextReportMs) {
      options.log.info({ waitedMs: Math.round(waitedMs) }, 'the database is still starting (recovery after a crash)')
      nextReportMs += 10_000
    }
    await delay(READY_POLL_MS)
  }
}

interface PidFile {
  readonly pid: number
  readonly startedAt: number
  readonly status: string | undefined
}

function readPidFile(clusterFolder: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    return pid > 0 ? { pid, startedAt: Number(lines[2]), status: lines[7]?.trim() } : undefined
  } catch {
    return undefined
  }
}

/**
 * Makes way for a start: a postmaster left behind by a killed supervisor is stopped cleanly; a pid file left by
 * a crash is made harmless, for in a new container its number soon belongs to a stranger, or to the new postmaster.
 */
async function clearPredecessor({ clusterFolder, binaries, log }: PostmasterOptions): Promise<void> {
  const file = readPidFile(clusterFolder)
  if (!file) return
  if (isPostmasterOf(file.pid, clusterFolder, file.startedAt)) {
    log.warn({ pid: file.pid }, 'stopping the database that a killed process left running')
    signalPostmaster(file.pid, 'INT', binaries)
    if (await waitUntilGone(file.pid, ORPHAN_FAST_LIMIT_MS)) return
    signalPostmaster(file.pid, 'QUIT', binaries)
    if (await waitUntilGone(file.pid, ORPHAN_QUIT_LIMIT_MS)) return
    throw new DatabaseUnavailable(
      `A database process of ${clusterFolder} (${file.pid}) is still running and does not stop: end it, then start again.`,
    )
  }
  disownPidFile(clusterFolder)
  rmSync(join(clusterFolder, '.s.PGSQL.5432.lock'), { force: true })
}

/** Replaces the process id only: the rest lets PostgreSQL see sessions that outlived their postmaster. */
function disownPidFile(clusterFolder: string): void {
  const path = join(clusterFolder, 'postmaster.pid')
  const [, ...rest] = readFileSync(path, 'utf8').split('\n')
  const replacement = `${path}.${process.pid}`
  writeFileSync(replacement, [NOBODYS_PID, ...rest].join('\n'), { flag: 'wx', mode: 0o600 })
  const { uid, gid } = statSync(clusterFolder)
  if (process.getuid?.() === 0) chownSync(replacement, uid, gid)
  renameSync(replacement, path)
}

/** Sends a shutdown signal; does nothing when the process is gone. */
export function signalPostmaster(pid: number, signal: StopSignal, binaries: Binaries): void {
  if (process.platform === 'win32' && signal !== 'KILL') {
    // Windows has no signals; PostgreSQL listens on a pipe that pg_ctl knows.
    spawnSync(binaries.pgCtl, ['kill', signal, String(pid)], { windowsHide: true })
    return
  }
  try {
    process.kill(pid, `SIG${signal}`)
  } catch {
    // It has ended meanwhile, which is what was wanted.
  }
}
