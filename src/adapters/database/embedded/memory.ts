import { readFile } from 'node:fs/promises'

/**
 * Memory of a process and its direct children in bytes, shared pages counted once. Undefined without Linux's /proc.
 *
 * Proportional sizes need the right to inspect the process, which root inside a container often lacks for another
 * user's; private pages plus the largest shared part, readable by everyone, then stand in.
 */
export async function processTreeBytes(pid: number): Promise<number | undefined> {
  try {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
    const pids = [pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)]
    const proportional = await Promise.all(pids.map((one) => readKib(one, 'smaps_rollup', ['Pss'])))
    // A process that ended meanwhile reads as nothing; the supervised one always has a size.
    if (proportional[0]) return proportional.reduce<number>((sum, values) => sum + (values?.[0] ?? 0), 0) * 1024
    const resident = await Promise.all(pids.map((one) => readKib(one, 'status', ['RssAnon', 'RssFile', 'RssShmem'])))
    const known = resident.filter((values) => values !== undefined)
    if (known.length === 0) return undefined
    const largest = (index: number): number => Math.max(...known.map((values) => values[index] ?? 0))
    return (known.reduce((sum, values) => sum + (values[0] ?? 0), 0) + largest(1) + largest(2)) * 1024
  } catch {
    return undefined
  }
}

async function readKib(pid: number, file: string, fields: string[]): Promise<number[] | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/${file}`, 'utf8')
    return fields.map((field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0))
  } catch {
    return undefined
  }
}
