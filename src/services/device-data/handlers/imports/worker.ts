import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { FormatAnswers } from '../../domain/formats/reading.ts'
import type { Batch } from '../../providers/imports/collector.ts'
import { type PipelineOutcome, runPipeline } from '../../providers/imports/pipeline.ts'
import type { ArchiveLimits } from '../../providers/imports/unzip.ts'
import { readHealthConnect } from '../../store/healthConnectFile.ts'

/** This very file, also in a bundle: the thread starts with it. */
export const workerUrl = import.meta.url
const MARK = 'device-data import'

/** What the thread is given at its start. */
export interface WorkerPlan {
  readonly mark: typeof MARK
  readonly name: string
  readonly zone: string
  readonly answers: FormatAnswers
  readonly skipBatches: number
  readonly limits: ArchiveLimits
}

/** A plan for a thread. */
export function planOf(plan: Omit<WorkerPlan, 'mark'>): WorkerPlan {
  return { mark: MARK, ...plan }
}

export type FromWorker =
  | { readonly kind: 'open' }
  | { readonly kind: 'pull' }
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'done'; readonly outcome: PipelineOutcome }
export type ToWorker = { readonly kind: 'bytes'; readonly bytes: Uint8Array | undefined } | { readonly kind: 'stored' }

if (!isMainThread && parentPort !== null && (workerData as WorkerPlan | null)?.mark === MARK) {
  await work(parentPort, workerData as WorkerPlan)
}

async function work(port: MessagePort, plan: WorkerPlan): Promise<void> {
  let answered: ((message: ToWorker) => void) | undefined
  port.on('message', (message: ToWorker) => answered?.(message))
  const ask = (message: FromWorker) =>
    new Promise<ToWorker>((resolve) => {
      answered = resolve
      port.postMessage(message)
    })
  async function* open(): AsyncGenerator<Uint8Array, void> {
    await ask({ kind: 'open' })
    for (;;) {
      const answer = await ask({ kind: 'pull' })
      if (answer.kind !== 'bytes' || answer.bytes === undefined) return
      yield answer.bytes
    }
  }
  const emit = async (batch: Batch) => void (await ask({ kind: 'batch', batch }))
  const outcome = await runPipeline({ ...plan, open, emit, readDatabase: readHealthConnect })
  port.postMessage({ kind: 'done', outcome } satisfies FromWorker)
  port.close()
}
