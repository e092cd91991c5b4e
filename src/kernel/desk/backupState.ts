import type { OutputOf } from '../contract.ts'
import type { BackupDesk } from './backups.ts'
import type { desk } from './contract.ts'

/** The backups of this platform as the desk shows them; nothing where the process has no data folder. */
export async function backupState(
  backups: BackupDesk | undefined,
): Promise<OutputOf<(typeof desk)['operations']['backups']>> {
  if (backups === undefined) return { folder: null, is_sealed: false, items: [], running: null, results: [] }
  const { running } = backups
  return {
    folder: backups.folder,
    is_sealed: backups.isSealed,
    items: (await backups.list()).map((one) => ({ ...one, at: one.at.toISOString() })),
    running:
      running === undefined
        ? null
        : { kind: running.kind, name: running.name, started_at: running.startedAt.toISOString() },
    results: backups.results.map(({ kind, name, startedAt, endedAt, found, fault }) => ({
      kind,
      name,
      started_at: startedAt.toISOString(),
      ended_at: endedAt.toISOString(),
      found: found === undefined ? null : { tables: found.tables, files: found.files, bytes: found.bytes },
      fault: fault ?? null,
    })),
  }
}
