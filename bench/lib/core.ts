import { accessSync, constants, readFileSync } from 'node:fs'
import path from 'node:path'

function findTaskset(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return folders.map((folder) => path.join(folder, 'taskset')).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const taskset = findTaskset()
const firstCore = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'

/** Whether servers can be held on one core here. */
export const canPin = taskset !== undefined

/**
 * The command held on one core, the same for every server: rates are then rates per core, and Python's threads do not pay for
 * handing their lock from core to core (measured: 1.6x more CPU time a request).
 */
export function onOneCore(
  command: string,
  args: readonly string[],
): readonly [command: string, args: readonly string[]] {
  return taskset === undefined ? [command, args] : [taskset, ['-c', firstCore, command, ...args]]
}
