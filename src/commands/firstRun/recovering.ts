import { existsSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'

/** What of the data folder a backup replaces, the database last. */
export const PARTS = ['keys', 'files', 'postgres']
/** Where a restore puts what was there before it. */
export const ASIDE = 'before-restore'
/** The same once the restored data counts. */
export const FINISHED = 'before-restore.finished'
export const UPLOADS = 'restore'

/**
 * Puts the data folder in order after a restore that was cut (power, kill): what it had moved aside comes back, and an
 * upload is forgotten. To be called before anything of the folder is opened, by the process that runs on it.
 */
export function recoverRestore(dataFolder: string): void {
  if (existsSync(path.join(dataFolder, ASIDE))) putBack(dataFolder)
  for (const folder of [FINISHED, UPLOADS]) rmSync(path.join(dataFolder, folder), { recursive: true, force: true })
}

/**
 * Undoes a restore. The database is moved last: once it is aside, what stands here was made by the restore; before, it was only not moved
 * yet and stays.
 */
export function putBack(dataFolder: string): void {
  const isAside = existsSync(path.join(dataFolder, ASIDE, 'postgres'))
  for (const part of PARTS) {
    const aside = path.join(dataFolder, ASIDE, part)
    const here = path.join(dataFolder, part)
    if (isAside || existsSync(aside)) rmSync(here, { recursive: true, force: true })
    if (existsSync(aside)) renameSync(aside, here)
  }
  rmSync(path.join(dataFolder, ASIDE), { recursive: true, force: true })
}
