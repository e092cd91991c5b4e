import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { BackupCount } from '../kernel/backup/read.ts'
import { unsealed } from '../kernel/backup/seal.ts'
import { settingValues } from '../kernel/config.ts'
import type { BackupDesk, BackupWork, RunningBackupWork } from '../kernel/desk/backups.ts'
import { notFound, PlatformError } from '../kernel/errors.ts'
import { backupSettings, defaultFile, readCount, restoreFrom, SHORTEST_PASSPHRASE, writeBackup } from './backup.ts'
import { BackupResults } from './backupResults.ts'
import type { Runtime } from './opening.ts'

const SHOWN = 100
const NAME = /^[\w.-]{1,200}\.backup$/

/** The backups of a running platform, for whoever runs it: written, read to their end, and brought back for practice. */
export function openBackupDesk(runtime: Runtime): BackupDesk {
  return new FolderBackups(runtime)
}

class FolderBackups implements BackupDesk {
  readonly folder: string
  readonly isSealed: boolean
  running: RunningBackupWork | undefined
  private readonly runtime: Runtime
  private readonly kept: BackupResults
  private readonly passphrase: string | undefined

  constructor(runtime: Runtime) {
    this.runtime = runtime
    this.folder = path.join(runtime.dataFolder, 'backups')
    this.kept = new BackupResults(this.folder, runtime.log)
    this.passphrase = settingValues(backupSettings, runtime.environment).passphrase
    this.isSealed = (this.passphrase ?? '').length >= SHORTEST_PASSPHRASE
  }

  get results() {
    return this.kept.list()
  }

  async list() {
    const names = (await this.names()).filter((name) => NAME.test(name)).sort()
    return Promise.all(
      names
        .slice(-SHOWN)
        .reverse()
        .map(async (name) => {
          const { size, mtime } = await stat(path.join(this.folder, name))
          return { name, bytes: size, at: mtime }
        }),
    )
  }

  async begin(kind: BackupWork, given?: string): Promise<RunningBackupWork> {
    if (!this.isSealed) {
      const least = `at least ${SHORTEST_PASSPHRASE} characters`
      throw new PlatformError('conflict', `Set SALUS_BACKUP_PASSPHRASE (${least}) and start the platform again`)
    }
    if (given !== undefined && !(await this.has(given))) throw notFound('Backup')
    const name = given ?? path.basename(await defaultFile(this.runtime))
    if (this.running !== undefined) throw new PlatformError('conflict', 'Another backup, check or practice is at work')
    const work = { kind, name, startedAt: new Date() }
    this.running = work
    this.kept.begin(work)
    void this.run(work)
    return work
  }

  private async has(name: string): Promise<boolean> {
    return NAME.test(name) && (await this.names()).includes(name)
  }

  /** What is in the folder; nothing while there is none. */
  private names(): Promise<string[]> {
    return readdir(this.folder).catch((): string[] => [])
  }

  private async run(work: RunningBackupWork): Promise<void> {
    let found: BackupCount | undefined
    let fault: string | undefined
    try {
      found = await this.perform(work)
    } catch (error) {
      fault = (error as Error).message
      this.runtime.log.error({ kind: work.kind, reason: fault }, 'work on a backup failed')
    }
    this.kept.end({ ...work, endedAt: new Date(), found, fault })
    this.running = undefined
  }

  private async perform({ kind, name }: RunningBackupWork): Promise<BackupCount> {
    const file = path.join(this.folder, name)
    if (kind === 'drill') return this.practise(file)
    if (kind === 'backup') await writeBackup(this.runtime, file, { passphrase: this.passphrase as string })
    // A backup counts when it was read to its end.
    return readCount(file, this.passphrase)
  }

  /** Brings the backup back into a folder and a database of its own, which are removed afterwards. */
  private async practise(file: string): Promise<BackupCount> {
    const dataFolder = path.join(this.folder, 'practice')
    await rm(dataFolder, { recursive: true, force: true })
    await mkdir(dataFolder, { mode: 0o711 })
    try {
      // Never the server that the platform itself may run on.
      const practice = { ...this.runtime, dataFolder, settings: { ...this.runtime.settings, databaseUrl: undefined } }
      return await restoreFrom(practice, unsealed(createReadStream(file), this.passphrase))
    } finally {
      await rm(dataFolder, { recursive: true, force: true })
    }
  }
}
