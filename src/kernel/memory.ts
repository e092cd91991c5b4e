import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'

/** The memory this process may use, in bytes: the setting, else the container's limit, else the machine's memory. */
export function memoryLimitBytes(settingMb: number): number {
  if (settingMb > 0) return settingMb * 1024 * 1024
  const limits = limitFiles().flatMap((file) => readNumber(file) ?? [])
  return Math.min(totalmem(), ...limits)
}

/** The limit of this process's control group and of every group around it: the smallest one counts. */
function limitFiles(): string[] {
  return readText('/proc/self/cgroup')
    .split('\n')
    .flatMap((line) => {
      const [, controllers = '', group = ''] = line.split(':')
      if (line.startsWith('0::')) return upwards('/sys/fs/cgroup', group, 'memory.max')
      const isMemory = controllers.split(',').includes('memory')
      return isMemory ? upwards('/sys/fs/cgroup/memory', group, 'memory.limit_in_bytes') : []
    })
}

function upwards(root: string, group: string, file: string): string[] {
  const parts = group.split('/').filter((part) => part !== '')
  return Array.from({ length: parts.length + 1 }, (_unused, depth) => [root, ...parts.slice(0, depth), file].join('/'))
}

function readNumber(file: string): number | undefined {
  const value = Number(readText(file) || Number.NaN)
  return Number.isFinite(value) && value > 0 ? value : undefined
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    // Not a Linux with that kind of control group.
    return ''
  }
}

/** `137 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`
}
