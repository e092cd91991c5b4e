import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOf } from './account.ts'

const POLL_MS = 10

/** True while the process exists and has not ended; a process that ended and was not collected counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false
  }
  return statFields(pid)?.[0] !== 'Z'
}

/**
 * True when `pid` is a postmaster of the cluster in `clusterFolder`, and not a stranger to whom the system gave the
 * same number later.
 * @param startedAt the start in epoch seconds that the cluster's pid file states.
 */
export function isPostmasterOf(pid: number, clusterFolder: string, startedAt: number): boolean {
  if (!isAlive(pid)) return false
  if (process.platform === 'win32') return true
  if (!existsSync('/proc/self/stat')) return nameByPs(pid).includes('postgres')
  try {
    const [its, ours] = [statSync(`/proc/${pid}/cwd`), statSync(clusterFolder)]
    return its.dev === ours.dev && its.ino === ours.ino
  } catch {
    // Root in a container may not look into another user's process: compare the name and the time of its start.
    const started = startSeconds(pid)
    return readName(pid) === 'postgres' && started !== undefined && Math.abs(started - startedAt) < 10
  }
}

/** Waits until the process is gone; false when it is still there after `limitMs`. */
export async function waitUntilGone(pid: number, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs
  while (isAlive(pid)) {
    if (performance.now() > end) return false
    await delay(POLL_MS)
  }
  return true
}

/** The fields of /proc/<pid>/stat from the state on; undefined where it can't be read. */
function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may itself hold spaces and brackets.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function readName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

function startSeconds(pid: number): number | undefined {
  const ticks = statFields(pid)?.[19]
  const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]
  // The kernel reports to programs in hundredths of a second whatever its own clock.
  return ticks && boot ? Number(boot) + Number(ticks) / 100 : undefined
}

function nameByPs(pid: number): string {
  return spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
}
