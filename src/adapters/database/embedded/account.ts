import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseUnavailable } from '../port.ts'

/** The unprivileged account under which the database runs when the platform runs as root. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

// PostgreSQL refuses to run as root; `nobody` exists wherever a password file does, so no account must be made.
const NOBODY: Account = { uid: 65534, gid: 65534 }

/**
 * Chooses the account for the database: undefined means "the one we run under". As root it is the owner of an existing
 * cluster (so that a later start without root still works) and otherwise `nobody`.
 * @throws DatabaseUnavailable when the cluster belongs to another account and we are not root.
 */
export function chooseAccount(clusterFolder: string): Account | undefined {
  const own = process.getuid?.()
  if (own === undefined) return undefined
  const owner = lstatSync(clusterFolder, { throwIfNoEntry: false })
  if (own === 0) return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY
  if (owner && owner.uid !== own) {
    throw new DatabaseUnavailable(
      `The database in ${clusterFolder} belongs to user id ${owner.uid}, and this process runs as ${own}: ` +
        'start it as that user or as root, or change the owner of the folder.',
    )
  }
  return undefined
}

/**
 * Gives a folder or file to the account; does nothing without one.
 * @throws DatabaseUnavailable where the system forbids it (a root without CAP_CHOWN, some network drives).
 */
export function giveTo(account: Account | undefined, path: string): void {
  if (!account) return
  try {
    chownSync(path, account.uid, account.gid)
  } catch (error) {
    throw new DatabaseUnavailable(
      `${path} cannot be given to user id ${account.uid} (${codeOf(error)}), and PostgreSQL does not run as root: ` +
        'start the platform as an ordinary user, or set DATABASE_URL.',
      { cause: error },
    )
  }
}

/** Gives a whole folder to the account unless it has it: a backup that root unpacked belongs to root, open to all. */
export function giveTreeTo(account: Account | undefined, folder: string): void {
  if (!account || lstatSync(folder).uid === account.uid) return
  giveTo(account, folder)
  spawnSync('chown', ['-R', '-P', `${account.uid}:${account.gid}`, folder])
  chmodSync(folder, 0o700)
}

/** True when the account may enter every folder on the way to `path` and read `path` itself, by the mode bits. */
export function canRead(account: Account | undefined, path: string): boolean {
  return canReach(account, path) && allows(account, statSync(path), 4)
}

/** True when the account may enter every folder above `path`, by the mode bits. */
export function canReach(account: Account | undefined, path: string): boolean {
  if (!account) return true
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!allows(account, statSync(folder), 1)) return false
    if (folder === dirname(folder)) return true
  }
}

function allows(account: Account | undefined, stats: Stats, bit: 1 | 4): boolean {
  if (!account) return true
  if (stats.uid === account.uid) return (stats.mode & (bit << 6)) !== 0
  if (stats.gid === account.gid) return (stats.mode & (bit << 3)) !== 0
  return (stats.mode & bit) !== 0
}

/** The `code` of a system error ('EACCES'), or its message. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : String(error)
}
