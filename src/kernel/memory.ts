import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'

/** The memory this process may use, in bytes: the setting, else the container's limit, else the machine's memory. */
export function memoryLimitBytes(settingMb: number): number {
  if (settingMb > 0) return settingMb * 1024 * 1024
  for (const file of ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']) {
    const limit = readNumber(file)
    if (limit !== undefined && limit < totalmem()) return limit
  }
  return totalmem()
}

function readNumber(file: string): number | undefined {
  try {
    const value = Number(readFileSync(file, 'utf8').trim())
    return Number.isFinite(value) && value > 0 ? value : undefined
  } catch {
    // Not a Linux with that kind of control group.
    return undefined
  }
}

/** `137 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`
}
