import { createReadStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { type BackupCount, checkBackup } from '../../kernel/backup/read.ts'
import { unsealed } from '../../kernel/backup/seal.ts'
import type { Environment } from '../../kernel/config.ts'
import { restoreFrom } from '../backup.ts'
import { openRuntime } from '../opening.ts'
import { ASIDE, FINISHED, PARTS, putBack, recoverRestore, UPLOADS } from './recovering.ts'

/** A backup that was uploaded and found whole. */
export interface RestoreRequest {
  readonly file: string
  /** Kept in memory only. */
  readonly passphrase: string | undefined
}

/** How a restore ended. */
export type RestoreEnd = { readonly createdAt: string } | { readonly fault: string }

/** Where an upload is written; the folder is made. */
export function uploadFile(dataFolder: string): string {
  const folder = path.join(dataFolder, UPLOADS)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return path.join(folder, 'upload.backup')
}

/** Reads the backup to its end. Throws a sentence for the operator when it can't be brought back whole. */
export function checkUpload({ file, passphrase }: RestoreRequest): Promise<BackupCount> {
  return checkBackup(unsealed(createReadStream(file), passphrase))
}

/**
 * Puts a backup in the place of everything in the data folder of a platform that has just been stopped, on which nobody
 * has an account. When it fails, everything is as it was before. `onBytes` hears how much of the file was read.
 */
export async function restoreInstead(
  environment: Environment,
  { file, passphrase }: RestoreRequest,
  onBytes: (done: number, total: number) => void,
): Promise<RestoreEnd> {
  const runtime = openRuntime({ ...environment, SERVICES: '', PEERS: '' })
  const { dataFolder } = runtime
  const { size } = await stat(file)
  moveAside(dataFolder)
  try {
    const { createdAt } = await restoreFrom(runtime, unsealed(counted(file, size, onBytes), passphrase))
    // From here on the restored data counts: one rename decides.
    renameSync(path.join(dataFolder, ASIDE), path.join(dataFolder, FINISHED))
    return { createdAt }
  } catch (error) {
    putBack(dataFolder)
    runtime.log.error({ reason: (error as Error).message }, 'a restore failed; everything is as before')
    return { fault: (error as Error).message }
  } finally {
    recoverRestore(dataFolder)
  }
}

async function* counted(file: string, total: number, onBytes: (done: number, total: number) => void) {
  let done = 0
  for await (const chunk of createReadStream(file)) {
    done += (chunk as Buffer).length
    onBytes(done, total)
    yield chunk as Buffer
  }
}

function moveAside(dataFolder: string): void {
  mkdirSync(path.join(dataFolder, ASIDE), { mode: 0o711 })
  for (const part of PARTS) {
    const from = path.join(dataFolder, part)
    if (existsSync(from)) renameSync(from, path.join(dataFolder, ASIDE, part))
  }
}
