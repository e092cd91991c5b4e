import type { FormatAnswers } from '../../domain/formats/reading.ts'
import type { Checkpoint, EntryReport } from './checkpoint.ts'
import type { Batch } from './collector.ts'
import type { ArchiveLimits } from './unzip.ts'

export interface PipelineOutcome {
  readonly entries: readonly EntryReport[]
  /** Entries beyond those that are listed. */
  readonly unlisted: number
  /** Why reading of the whole ended early. */
  readonly fault?: string
}

export interface PipelineInput {
  /** The file from the given byte; asked for again where a file must be looked over first. */
  open(from: number): AsyncIterable<Uint8Array>
  readonly name: string
  /** IANA zone of times that name none. */
  readonly zone: string
  readonly answers: FormatAnswers
  /** So many batches are stored already. */
  readonly skipBatches: number
  /** The last place to go on from that was stored with one of them. */
  readonly checkpoint?: Checkpoint | undefined
  readonly limits: ArchiveLimits
  /** Findings that make a batch, unless said otherwise 20 000. */
  readonly batchReadings?: number
  emit(batch: Batch): Promise<void>
}
