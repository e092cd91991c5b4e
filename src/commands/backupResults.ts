import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { BackupResult, RunningBackupWork } from '../kernel/desk/backups.ts'
import { errorFields, type Log } from '../kernel/log.ts'

const KEPT = 20
const CUT = 'The platform ended before this did'

/** What stands in the file: times as text, otherwise as it is told. */
interface Written {
  readonly running?: RunningBackupWork
  readonly results: readonly BackupResult[]
}

/** What came of work on backups, in a file beside them: whoever starts the platform again finds it as it was. */
export class BackupResults {
  private readonly file: string
  private readonly log: Log
  private kept: readonly BackupResult[] | undefined

  constructor(folder: string, log: Log) {
    this.file = path.join(folder, 'results.json')
    this.log = log
  }

  /** The newest first, at most twenty. Work that was running when the platform ended is among them, as failed. */
  list(): readonly BackupResult[] {
    this.kept ??= this.read()
    return this.kept
  }

  /** Notes that this work begins. */
  begin(running: RunningBackupWork): void {
    this.write({ running, results: this.list() })
  }

  /** Notes what came of it. */
  end(result: BackupResult): void {
    this.kept = [result, ...this.list()].slice(0, KEPT)
    this.write({ results: this.kept })
  }

  private read(): BackupResult[] {
    const { running, results } = this.written()
    const cut = running === undefined ? [] : [{ ...running, endedAt: running.startedAt, found: undefined, fault: CUT }]
    return [...cut, ...results].slice(0, KEPT).map(({ found, fault, ...one }) => ({
      ...one,
      startedAt: new Date(one.startedAt),
      endedAt: new Date(one.endedAt),
      found,
      fault,
    }))
  }

  /** Nothing where there is no file yet, or one that cannot be read: the backups themselves do not need it. */
  private written(): Written {
    try {
      const { running, results } = JSON.parse(readFileSync(this.file, 'utf8')) as Written
      return { ...(running === undefined ? {} : { running }), results: [...results] }
    } catch {
      return { results: [] }
    }
  }

  /** A new file takes the place of the old one: whenever the process ends, one of both is whole. Throws nothing. */
  private write(written: Written): void {
    try {
      mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 })
      writeFileSync(`${this.file}.new`, JSON.stringify(written), { mode: 0o600 })
      renameSync(`${this.file}.new`, this.file)
    } catch (error) {
      this.log.warn(errorFields(error), 'what came of a backup could not be noted beside it')
    }
  }
}
