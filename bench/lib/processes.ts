import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEnd } from './cleanup.ts'

/** The kernel counts CPU time towards user space in hundredths of a second on every Linux. */
const MICROS_PER_TICK = 10_000

interface ProcessLine {
  readonly pid: number
  readonly parent: number
  readonly cpuUs: number
}

async function processLine(pid: number): Promise<ProcessLine | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  // The name in brackets may hold spaces; what follows the last bracket does not.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { pid, parent: Number(fields[1]), cpuUs: ticks * MICROS_PER_TICK }
}

async function allProcesses(): Promise<ProcessLine[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  return (await Promise.all(pids.map(processLine))).filter((line) => line !== undefined)
}

/** The process and everything it started that still lives. */
export async function familyOf(pid: number): Promise<number[]> {
  return (await familyLines(pid)).map((line) => line.pid)
}

async function familyLines(root: number): Promise<ProcessLine[]> {
  const all = await allProcesses()
  const family = all.filter((line) => line.pid === root)
  for (const member of family) family.push(...all.filter((line) => line.parent === member.pid))
  return family
}

/** CPU time of the process and its children, living and ended, since they started. */
export async function familyCpuUsOf(pid: number): Promise<number> {
  return (await familyLines(pid)).reduce((sum, line) => sum + line.cpuUs, 0)
}

/** CPU time of exactly these processes and their ended children. */
export async function cpuUsOf(pids: readonly number[]): Promise<number> {
  return (await Promise.all(pids.map(processLine))).reduce((sum, line) => sum + (line?.cpuUs ?? 0), 0)
}

/** CPU time the whole machine spent on anything since it started. */
export async function machineCpuUs(): Promise<number> {
  const fields =
    (await readFile('/proc/stat', 'utf8')).split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number) ?? []
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields
  return (user + nice + system + irq + softirq) * MICROS_PER_TICK
}

export interface Memory {
  readonly rssMb: number
  /** Shared pages divided by who shares them: the honest sum over several processes. */
  readonly pssMb: number
}

/** Resident memory of the processes together. A process that ended in between counts nothing. */
export async function memoryOf(pids: readonly number[]): Promise<Memory> {
  let [rssKb, pssKb] = [0, 0]
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    rssKb += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0)
    pssKb += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0)
  }
  return { rssMb: rssKb / 1024, pssMb: pssKb / 1024 }
}

/** Processes whose working folder lies in `folder`: a database server works in its data folder. */
export async function processesIn(folder: string): Promise<number[]> {
  const inside = await Promise.all(
    (await allProcesses()).map(async ({ pid }) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      return cwd === folder || cwd.startsWith(folder + path.sep) ? pid : undefined
    }),
  )
  return inside.filter((pid) => pid !== undefined)
}

/** A port of 127.0.0.1 nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

export interface Server {
  readonly name: string
  readonly pid: number
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  hasEnded(): boolean
  /** The last lines it wrote. */
  lastLines(): string
}

export interface ServerOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> {
  readonly logFile: string
  /** Signal of an orderly stop. */
  readonly stopSignal?: NodeJS.Signals
}

/** Starts a server process whose output goes to a file; it is stopped at the end. */
export function startServer(name: string, command: string, args: readonly string[], options: ServerOptions): Server {
  const log = openSync(options.logFile, 'a')
  const { cwd, env, uid, gid } = options
  const child = spawn(command, args, { cwd, env, uid, gid, stdio: ['ignore', log, log] })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const server: Server = {
    name,
    pid: child.pid ?? -1,
    ended,
    hasEnded: () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null,
    lastLines: () => readFileSync(options.logFile, 'utf8').split('\n').slice(-30).join('\n'),
  }
  atEnd(() => stopServer(server, options.stopSignal))
  killAtExit(child, server)
  return server
}

/** The last resort when this process dies without its clean-up. */
function killAtExit(child: ChildProcess, server: Server): void {
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  void server.ended.then(() => process.off('exit', kill))
}

/** Stops a server in order; one that does not follow within 15 s is killed with what it started. */
export async function stopServer(server: Server, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (server.hasEnded()) return
  const family = await familyOf(server.pid)
  process.kill(server.pid, signal)
  const patience = new AbortController()
  const inTime = await Promise.race([
    server.ended.then(() => true),
    sleep(15_000, false, { signal: patience.signal }).catch(() => true),
  ])
  patience.abort()
  if (inTime) return
  console.error(`${server.name} did not stop within 15 s: killed`)
  for (const pid of family) killQuietly(pid)
  await server.ended
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended in between.
  }
}
