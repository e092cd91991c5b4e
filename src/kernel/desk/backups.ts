/** What an operator can do with backups. */
export type BackupWork = 'backup' | 'check' | 'drill'

export interface RunningBackupWork {
  readonly kind: BackupWork
  /** The file it is about. */
  readonly name: string
  readonly startedAt: Date
}

export interface BackupResult extends RunningBackupWork {
  readonly endedAt: Date
  /** What was read to its end; undefined when it failed. */
  readonly found: { readonly tables: number; readonly files: number; readonly bytes: number } | undefined
  /** Why it failed, in a sentence for the operator. */
  readonly fault: string | undefined
}

/** Backups of this platform in its data folder. One piece of work at a time. */
export interface BackupDesk {
  readonly folder: string
  /** Whether a passphrase is set, without which none is written. */
  readonly isSealed: boolean
  readonly running: RunningBackupWork | undefined
  /** What came of the last work, the newest first, also before the platform started. */
  readonly results: readonly BackupResult[]
  /** The backups in the folder, the newest first. */
  list(): Promise<readonly { readonly name: string; readonly bytes: number; readonly at: Date }[]>
  /**
   * Begins a piece of work and returns at once. Throws `conflict` while another runs or without a passphrase, `not_found` for
   * a name that is not in the folder.
   */
  begin(kind: BackupWork, name?: string): Promise<RunningBackupWork>
}
