import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { memoryOf, type SeriesColumns } from '../../domain/columns.ts'
import type { FormatAnswers } from '../../domain/formats/reading.ts'
import { seriesColumnsOf } from '../../domain/intakeColumns.ts'
import type { Recording } from '../../domain/recording.ts'
import type { Checkpoint } from '../../providers/imports/checkpoint.ts'
import type { Batch, SkipCount } from '../../providers/imports/collector.ts'
import { runPipeline } from '../../providers/imports/pipeline.ts'
import type { PipelineOutcome } from '../../providers/imports/plan.ts'
import type { ArchiveLimits } from '../../providers/imports/unzip.ts'

/** This very file, also in a bundle: the thread starts with it. */
export const workerUrl = import.meta.url
const MARK = 'device-data import'
const MOST_PLACES = 3

/** What the thread is given at its start. */
export interface WorkerPlan {
  readonly mark: typeof MARK
  readonly name: string
  readonly zone: string
  readonly answers: FormatAnswers
  readonly skipBatches: number
  readonly checkpoint: Checkpoint | undefined
  readonly limits: ArchiveLimits
  /** The time of the import: what lies behind it is in the future. */
  readonly nowMs: number
}

/** A plan for a thread. */
export function planOf(plan: Omit<WorkerPlan, 'mark'>): WorkerPlan {
  return { mark: MARK, ...plan }
}

/** A batch as it goes from thread to thread: columns instead of objects, so that nothing is copied. */
export interface SentBatch {
  readonly index: number
  readonly series: readonly SeriesColumns[]
  readonly recordings: readonly Recording[]
  /** What was not taken, also for its value or time. */
  readonly skips: readonly SkipCount[]
  readonly checkpoint: Checkpoint | undefined
}

export type FromWorker =
  | { readonly kind: 'open'; readonly from: number }
  | { readonly kind: 'pull' }
  | { readonly kind: 'batch'; readonly batch: SentBatch }
  | { readonly kind: 'done'; readonly outcome: PipelineOutcome }
export type ToWorker =
  | { readonly kind: 'opened' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'stored' }

if (!isMainThread && parentPort !== null && (workerData as WorkerPlan | null)?.mark === MARK) {
  await work(parentPort, workerData as WorkerPlan)
}

async function work(port: MessagePort, plan: WorkerPlan): Promise<void> {
  const answered: Partial<Record<ToWorker['kind'], (message: ToWorker) => void>> = {}
  port.on('message', (message: ToWorker) => answered[message.kind]?.(message))
  const ask = (message: FromWorker, answer: ToWorker['kind'], transfer: ArrayBuffer[] = []) =>
    new Promise<ToWorker>((resolve) => {
      answered[answer] = resolve
      port.postMessage(message, transfer)
    })
  async function* open(from: number): AsyncGenerator<Uint8Array, void> {
    await ask({ kind: 'open', from }, 'opened')
    for (;;) {
      const answer = await ask({ kind: 'pull' }, 'bytes')
      if (answer.kind !== 'bytes' || answer.bytes === undefined) return
      yield answer.bytes
    }
  }
  // One batch is stored while the next one is read.
  let storing: Promise<unknown> = Promise.resolve()
  const emit = async (batch: Batch) => {
    const sent = sentBatch(batch, plan.nowMs)
    await storing
    storing = ask({ kind: 'batch', batch: sent }, 'stored', buffersOf(sent))
  }
  const outcome = await runPipeline({ ...plan, open, emit })
  await storing
  port.postMessage({ kind: 'done', outcome } satisfies FromWorker)
  port.close()
}

function sentBatch({ index, samples, recordings: given, skips, checkpoint }: Batch, nowMs: number): SentBatch {
  const { series, refused } = seriesColumnsOf(samples, nowMs)
  const all = new Map(skips.map((skip) => [`${skip.reason}\n${skip.what}`, skip as SentSkip]))
  const recordings = given.filter((one) => one.startMs <= nowMs)
  const ahead = {
    reason: 'in-the-future',
    what: 'electrocardiogram',
    count: given.length - recordings.length,
    places: [],
  }
  if (ahead.count > 0) all.set(`${ahead.reason}\n${ahead.what}`, ahead)
  for (const { index: place, reason, sourceKey } of refused) {
    const what = (samples[place] as { metric: string }).metric
    const key = `${reason}\n${what}`
    const known = all.get(key) ?? { reason, what, count: 0, places: [] }
    all.set(key, known)
    known.count += 1
    if (known.places.length < MOST_PLACES && sourceKey !== undefined) known.places.push(sourceKey)
  }
  return { index, series, recordings, skips: [...all.values()] as SkipCount[], checkpoint }
}

interface SentSkip {
  readonly reason: string
  readonly what: string
  count: number
  readonly places: string[]
}

function buffersOf({ series }: SentBatch): ArrayBuffer[] {
  return series.flatMap(({ columns }) => memoryOf(columns))
}
