import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEnd } from './cleanup.ts'

const ROOT = '/sys/fs/cgroup'
const PERIOD_US = 100_000
const NAME = `salus-bench-${process.pid}`

export interface GroupLimits {
  readonly memoryMb: number
  readonly cpus: number
}

export interface GroupUse {
  /** Most memory the group held at once: processes, and the file pages they touched. */
  readonly peakMb: number
  /** Processes the kernel killed for want of memory. */
  readonly kills: number
}

/** A control group whose processes share one limit of memory and CPU time, as on a small hosted instance. */
export interface Group {
  readonly how: string
  /** The command as it has to be started to live in the group from its first instruction on. */
  wrap(command: string, args: readonly string[]): readonly [command: string, args: readonly string[]]
  /** Read while the process lives. */
  use(pid: number): Promise<GroupUse>
}

/** Opens a group by the first way this machine allows; gives the reasons when there is none. */
export async function openGroup(limits: GroupLimits): Promise<Group | { readonly reasons: readonly string[] }> {
  const reasons: string[] = []
  for (const [name, way] of [
    ['cgroup v2', versionTwo],
    ['cgroup v1', versionOne],
    ['systemd-run', systemdRun],
  ] as const) {
    try {
      return await way(limits)
    } catch (error) {
      reasons.push(`${name}: ${(error as Error).message}`)
    }
  }
  return { reasons }
}

/** The group of this process: new ones are made below it, so that no limit already set on us is left. */
function ownGroup(controller: string, pid: number | 'self' = 'self'): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n')
  const line = lines.map((one) => one.split(':')).find(([, names]) => names?.split(',').includes(controller))
  if (line?.[2] === undefined) throw new Error(`no controller "${controller}"`)
  return line[2]
}

async function makeGroup(folder: string, settings: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder)
  atEnd(() => removeGroup(folder))
  for (const [file, value] of Object.entries(settings)) await writeFile(path.join(folder, file), value)
}

async function removeGroup(folder: string): Promise<void> {
  // The kernel needs a moment after the last process is gone.
  for (let tries = 0; tries < 50 && existsSync(folder); tries++) {
    await rmdir(folder).catch(() => sleep(100))
  }
  if (existsSync(folder)) throw new Error(`${folder} could not be removed`)
}

function enter(folders: readonly string[]): Group['wrap'] {
  const joins = folders.map((folder) => `echo $$ > '${folder}/cgroup.procs' && `).join('')
  return (command, args) => ['/bin/sh', ['-c', `${joins}exec "$@"`, 'sh', command, ...args]]
}

const bytes = ({ memoryMb }: GroupLimits) => String(memoryMb * 1024 * 1024)
const quota = ({ cpus }: GroupLimits) => String(Math.round(cpus * PERIOD_US))

async function versionTwo(limits: GroupLimits): Promise<Group> {
  const parent = path.join(ROOT, ownGroup(''))
  const offered = await readFile(path.join(parent, 'cgroup.controllers'), 'utf8').catch(() => '')
  const missing = ['cpu', 'memory'].filter((name) => !offered.split(/\s/).includes(name))
  if (missing.length > 0) throw new Error(`no controller ${missing.join(', ')} in the unified tree`)
  await writeFile(path.join(parent, 'cgroup.subtree_control'), '+cpu +memory')
  const folder = path.join(parent, NAME)
  await makeGroup(folder, { 'memory.max': bytes(limits), 'cpu.max': `${quota(limits)} ${PERIOD_US}` })
  return { how: 'cgroup v2', wrap: enter([folder]), use: () => useOfVersionTwo(folder) }
}

async function versionOne(limits: GroupLimits): Promise<Group> {
  const memory = path.join(ROOT, 'memory', ownGroup('memory'), NAME)
  const cpu = path.join(ROOT, 'cpu', ownGroup('cpu'), NAME)
  await makeGroup(memory, { 'memory.limit_in_bytes': bytes(limits) })
  await makeGroup(cpu, { 'cpu.cfs_period_us': String(PERIOD_US), 'cpu.cfs_quota_us': quota(limits) })
  const use = async () => ({
    peakMb: Number(await readFile(path.join(memory, 'memory.max_usage_in_bytes'), 'utf8')) / 1024 ** 2,
    kills: countOf('oom_kill', await readFile(path.join(memory, 'memory.oom_control'), 'utf8')),
  })
  return { how: 'cgroup v1', wrap: enter([memory, cpu]), use }
}

async function systemdRun(limits: GroupLimits): Promise<Group> {
  accessSync('/run/systemd/system', constants.R_OK)
  const whose = process.getuid?.() === 0 ? [] : ['--user']
  const share = `CPUQuota=${limits.cpus * 100}%`
  const scope = ['--scope', '--quiet', '-p', `MemoryMax=${limits.memoryMb}M`, '-p', 'MemorySwapMax=0', '-p', share]
  return {
    how: 'systemd-run',
    wrap: (command, args) => ['systemd-run', [...whose, ...scope, '--', command, ...args]],
    use: (pid) => useOfVersionTwo(path.join(ROOT, ownGroup('', pid))),
  }
}

async function useOfVersionTwo(folder: string): Promise<GroupUse> {
  return {
    peakMb: Number(await readFile(path.join(folder, 'memory.peak'), 'utf8')) / 1024 ** 2,
    kills: countOf('oom_kill', await readFile(path.join(folder, 'memory.events'), 'utf8')),
  }
}

function countOf(name: string, text: string): number {
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}
