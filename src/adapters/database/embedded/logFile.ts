import { closeSync, copyFileSync, openSync, readSync, statSync, truncateSync } from 'node:fs'

const LARGEST_LOG_BYTES = 1_000_000
const TAIL_BYTES = 4_000

/**
 * Moves the log aside to `<path>.1` when it has grown past 1 MB. The file is copied and emptied rather than renamed:
 * the running database keeps writing to the descriptor it was given.
 */
export function rotateLog(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size <= LARGEST_LOG_BYTES) return
  copyFileSync(path, `${path}.1`)
  truncateSync(path)
}

/** The size of the log in bytes, 0 when there is none. */
export function logSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** The last lines written after `offset` (bytes) that say why the database did not start, as one line of text. */
export function failureIn(path: string, offset: number): string {
  const size = logSize(path)
  const start = Math.max(offset, size - TAIL_BYTES)
  if (size <= start) return ''
  const buffer = Buffer.alloc(size - start)
  const file = openSync(path, 'r')
  try {
    readSync(file, buffer, 0, buffer.length, start)
  } finally {
    closeSync(file)
  }
  const lines = buffer.toString('utf8').trim().split('\n')
  const fatal = lines.filter((line) => /FATAL|PANIC|error while loading/.test(line))
  return (fatal.length > 0 ? fatal : lines).slice(-3).join(' | ')
}
