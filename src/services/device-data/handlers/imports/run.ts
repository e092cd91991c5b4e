import { decryptedText, encryptedText } from '../../../../kernel/encryption.ts'
import { PlatformError } from '../../../../kernel/errors.ts'
import type { Ports } from '../../../../kernel/ports.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import type { FormatAnswers } from '../../domain/formats/reading.ts'
import { importSettings } from '../../domain/importSettings.ts'
import type { Sealer } from '../../domain/sealing.ts'
import type { Checkpoint } from '../../providers/imports/checkpoint.ts'
import type { PipelineOutcome } from '../../providers/imports/plan.ts'
import { openSealer } from '../../providers/sealing/thread.ts'
import {
  addCounts,
  beat,
  beginRun,
  type CountRow,
  endRun,
  findImport,
  forgetFile,
  type ImportEnd,
  type ImportRow,
  noteBatch,
  releaseRun,
} from '../../store/imports.ts'
import { insertRecordings, sealRecordings } from '../../store/recordings.ts'
import { storeColumns } from '../../store/samples.ts'
import { announceColumns } from '../announcing.ts'
import { announceRecordings } from '../recordings.ts'
import { AREA, IMPORT_JOB, READER_VERSION } from './constants.ts'
import { endOf } from './endings.ts'
import { readInThread, ThreadEnded } from './host.ts'
import type { SentBatch } from './worker.ts'

const CHECKPOINT = 'device_data.import.checkpoint'
const STALE_MS = 120_000
const LOOK_AGAIN_MS = 150_000
/** Well below the time after which a run counts as dead. */
const BEAT_MS = 30_000
const TURN_MS = 10_000
const MEGABYTE = 1_048_576
const MOST_ENTRIES = 50_000
const BOMB_RATIO = 200
const BOMB_FROM_BYTES = 134_217_728

/** Platforms of this process that read a file at the moment: one at a time, so that other jobs have their turn. */
const busy = new WeakSet<Ports>()

/** Runs an import, by job, from where the run before it ended. */
export async function runImport(context: Context, id: string): Promise<void> {
  if (busy.has(context.ports)) return later(context, id, TURN_MS)
  busy.add(context.ports)
  const sealer = openSealer()
  try {
    await new ImportRun(context, id, sealer.seal).run()
  } finally {
    await sealer.close()
    busy.delete(context.ports)
  }
}

async function later(context: Context, id: string, waitMs: number): Promise<void> {
  const runAt = new Date(context.now().getTime() + waitMs)
  await context.transact((transaction) => transaction.enqueue(IMPORT_JOB, { import_id: id }, { runAt }))
}

class ImportRun {
  private readonly context: Context
  private readonly id: string
  private readonly runId: string
  private readonly seal: Sealer
  private bytesRead = 0
  private beatenAt: number

  constructor(context: Context, id: string, seal: Sealer) {
    this.seal = seal
    this.context = context
    this.id = id
    this.runId = context.newId()
    this.beatenAt = context.now().getTime()
  }

  async run(): Promise<void> {
    const { context, id, runId } = this
    const now = context.now()
    const staleBefore = new Date(now.getTime() - STALE_MS)
    const row = await context.transact((transaction) =>
      beginRun(transaction, context.personId, id, { id: runId, now, staleBefore, readerVersion: READER_VERSION }),
    )
    if (row === undefined) return this.lookAgain()
    try {
      const outcome = await this.read(row)
      if (outcome !== undefined) await this.end(row, endOf(outcome), outcome)
    } catch (error) {
      if (isOfTheFile(error)) return this.end(row, { state: 'failed', question: null, failure: 'file-unreadable' })
      // Whoever tries again need not wait for this run to be given up.
      await releaseRun(context.db, id, runId)
      throw error
    }
  }

  /** Another run may be at it: should that one die, somebody has to come back. */
  private async lookAgain(): Promise<void> {
    const { context, id } = this
    const isOpen = await stillRuns(context, id)
    if (isOpen) await later(context, id, LOOK_AGAIN_MS)
  }

  private async read(row: ImportRow): Promise<PipelineOutcome | undefined> {
    const { context } = this
    const owner = { personId: context.personId, area: AREA }
    const told = await decryptedText(context, 'device_data.import.answers', row.answers, row.id)
    const name = await decryptedText(context, 'device_data.import.file_name', row.file_name, row.id)
    const place = await decryptedText(context, CHECKPOINT, row.checkpoint, row.id)
    return readInThread({
      plan: {
        name: name ?? '',
        zone: row.zone,
        answers: told === null ? {} : (JSON.parse(told) as FormatAnswers),
        skipBatches: row.batches,
        checkpoint: place === null ? undefined : (JSON.parse(place) as Checkpoint),
        nowMs: context.now().getTime(),
        limits: {
          entries: MOST_ENTRIES,
          totalBytes: settingsOf(context, importSettings).importMaximumUnpackedMb * MEGABYTE,
          ratio: BOMB_RATIO,
          ratioFromBytes: BOMB_FROM_BYTES,
        },
      },
      open: async () => (await context.ports.files.open(owner, row.file_address ?? '')).content,
      store: (batch) => this.store(row, batch),
      progress: (bytes) => {
        this.bytesRead = bytes
        return this.beat()
      },
    })
  }

  private async beat(): Promise<void> {
    const now = this.context.now()
    if (now.getTime() - this.beatenAt < BEAT_MS) return
    this.beatenAt = now.getTime()
    await beat(this.context.db, this.id, { id: this.runId, now })
  }

  /** A batch and the place behind it become true together; false when the run was ended or taken over. */
  private async store(row: ImportRow, batch: SentBatch): Promise<boolean> {
    const { context, id, runId, seal } = this
    const now = context.now()
    const { personId } = context
    const place = batch.checkpoint === undefined ? null : JSON.stringify(batch.checkpoint)
    const checkpoint = await encryptedText(context, CHECKPOINT, place, id)
    const intake = { personId, now, zone: row.zone, importId: id, seal }
    const recordings = await sealRecordings(context, batch.recordings)
    return context
      .transact(async (transaction) => {
        const counts = await storeColumns(transaction, intake, batch.series)
        const total = (key: 'taken' | 'duplicates') => counts.reduce((sum, one) => sum + one[key], 0)
        // What was refused stands in the report of the import.
        const delivered = { taken: total('taken'), duplicates: total('duplicates'), refused: [] }
        await announceColumns(transaction, { personId, now, way: 'file-import' }, batch.series, delivered)
        const kept = await insertRecordings(transaction, personId, recordings, now)
        await announceRecordings(
          transaction,
          personId,
          kept.map((one) => one.id),
        )
        const bytesRead = Math.min(this.bytesRead, row.size_bytes)
        const all = [...counts, ...recordingCounts(recordings, kept)]
        const result = { index: batch.index, bytesRead, counts: all, skips: batch.skips, checkpoint }
        if (!(await noteBatch(transaction, id, { id: runId, now }, result))) throw new TakenOver()
        await addCounts(transaction, personId, id, result)
        return true
      })
      .catch((error: unknown) => {
        if (error instanceof TakenOver) return false
        throw error
      })
  }

  private async end(
    row: ImportRow,
    end: Pick<ImportEnd, 'state' | 'question' | 'failure'>,
    outcome?: PipelineOutcome,
  ): Promise<void> {
    const { context, id, runId } = this
    const listed =
      outcome === undefined ? null : JSON.stringify({ entries: outcome.entries, unlisted: outcome.unlisted })
    const entries = await encryptedText(context, 'device_data.import.entries', listed, id)
    const format = outcome?.entries.find((entry) => entry.format !== undefined)?.format ?? null
    if (!(await endRun(context.db, id, runId, { ...end, entries, format }, context.now()))) return
    if (end.state !== 'asking') await removeFile(context, row)
  }
}

/** How the report names traces among metrics. */
const ECG = 'electrocardiogram'

function recordingCounts(given: readonly { source: string }[], kept: readonly { source: string }[]): CountRow[] {
  const of = (rows: readonly { source: string }[], source: string) => rows.filter((one) => one.source === source).length
  return [...new Set(given.map((one) => one.source))].map((source) => {
    const taken = of(kept, source)
    return { metric: ECG, source, taken, duplicates: of(given, source) - taken }
  })
}

/** The run goes on elsewhere, or was stopped: nothing of the batch is kept. */
class TakenOver extends Error {}

/** Removes the file of an import that has ended. */
export async function removeFile(context: Context, row: Pick<ImportRow, 'id' | 'file_address'>): Promise<void> {
  if (row.file_address === null) return
  await context.ports.files.delete({ personId: context.personId, area: AREA }, row.file_address)
  await forgetFile(context.db, row.id)
}

async function stillRuns(context: Context, id: string): Promise<boolean> {
  const row = await findImport(context.db, context.personId, id)
  return row !== undefined && (row.state === 'running' || row.state === 'waiting')
}

/** Faults that trying again does not mend: the file is gone or altered, or its reading broke the thread. */
function isOfTheFile(error: unknown): boolean {
  if (error instanceof PlatformError) return ['not_found', 'gone', 'internal'].includes(error.code)
  return error instanceof ThreadEnded || (error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
