import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DatabaseUnavailable } from '../port.ts'
import { codeOf } from './account.ts'

/** Holds a data folder for this process until released or until the process ends, however it ends. */
export interface FolderLock {
  release(): void
}

const SQLITE_BUSY = 5

/**
 * Takes the folder for this process alone.
 *
 * The lock is an exclusive transaction on an empty SQLite file, because that is the one lock Node gives us that the
 * kernel itself holds: it cannot go stale after kill -9, it is taken atomically, and it holds between containers that
 * share a volume, where process ids mean nothing.
 * @throws DatabaseUnavailable naming the process that holds the folder, or why the folder cannot be locked.
 */
export function lockFolder(folder: string): FolderLock {
  const holderFile = join(folder, 'lock.json')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(join(folder, 'lock'))
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    writeFileSync(holderFile, `${JSON.stringify({ pid: process.pid, since: new Date().toISOString() })}\n`)
  } catch (error) {
    database?.close()
    throw new DatabaseUnavailable(sentenceFor(error, folder, holderFile), { cause: error })
  }
  const held = database
  return { release: () => held.close() }
}

function sentenceFor(error: unknown, folder: string, holderFile: string): string {
  if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
    return `The data folder ${folder} is in use by ${readHolder(holderFile)}: stop that one first, or choose another folder.`
  }
  return `The data folder ${folder} cannot be locked (${error instanceof Error ? error.message : codeOf(error)}): it must be writable.`
}

function readHolder(holderFile: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(holderFile, 'utf8'))
    return `process ${pid} (since ${since})`
  } catch {
    return 'another process'
  }
}
