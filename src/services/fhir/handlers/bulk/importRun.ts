import type { Context } from '../../../../kernel/service.ts'
import type { ImportEntry } from '../../domain/bulkImport.ts'
import type { BulkJob } from '../../store/bulk.ts'
import type { ImportOrder, ImportPosition } from './startImport.ts'

export type ImportJob = BulkJob<ImportOrder, ImportPosition>

/** One line that was read: an entry, or why it is none. */
export interface ReadLine {
  /** Across all files: what a note is told by. */
  readonly ordinal: number
  readonly entry: ImportEntry | undefined
  readonly digest: string
}

/** Where a run of an import stands; both passes move it on in the transaction of what they write. */
export interface ImportRun {
  readonly context: Context
  readonly job: ImportJob
  step: number
  done: number
  counts: Record<string, number>
}

/** Ends a run whose job was cancelled, or went on elsewhere. */
export class ImportEnded extends Error {}
