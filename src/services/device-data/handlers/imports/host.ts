import { Worker } from 'node:worker_threads'
import type { PipelineOutcome } from '../../providers/imports/plan.ts'
import { behind } from '../../providers/imports/streams.ts'
import type { FromWorker, SentBatch, ToWorker, WorkerPlan } from './worker.ts'

export interface ImportWork {
  readonly plan: Omit<WorkerPlan, 'mark'>
  /** The file from its first byte. */
  open(): Promise<AsyncIterable<Uint8Array>>
  /** Stores a batch; false ends the work. */
  store(batch: SentBatch): Promise<boolean>
  /** Says how much of the file was handed over. */
  progress(bytes: number): Promise<void>
}

/** Bytes that go to the thread at once. */
const PIECE_BYTES = 262_144
/** What a thread may hold: two batches, a piece, and one record of four megabytes several times over. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16 }
/** A thread that says nothing for so long will not come to an end. */
const SILENCE_MS = 300_000

/**
 * Reads a file in a thread of its own: no parsing happens on the event loop, and a thread that needs too much memory ends
 * alone. Undefined when `store` ended the work; throws what `open` and `store` throw, and when the thread broke.
 */
export async function readInThread(work: ImportWork): Promise<PipelineOutcome | undefined> {
  const { planOf, workerUrl } = await import('./worker.ts')
  const worker = new Worker(new URL(workerUrl), {
    workerData: planOf(work.plan),
    env: {},
    execArgv: [],
    resourceLimits: THREAD_LIMITS,
  })
  const bytes = new Pieces(work)
  try {
    return await new Promise<PipelineOutcome | undefined>((resolve, reject) => {
      const answer = async (message: FromWorker): Promise<ToWorker | undefined> => {
        if (message.kind === 'open') {
          await bytes.restart(message.from)
          return { kind: 'opened' }
        }
        if (message.kind === 'pull') return { kind: 'bytes', bytes: await bytes.next() }
        if (message.kind === 'batch' && (await work.store(message.batch))) return { kind: 'stored' }
        resolve(message.kind === 'done' ? message.outcome : undefined)
        return undefined
      }
      const silence = setTimeout(() => reject(new ThreadEnded()), SILENCE_MS).unref()
      worker.on('message', (message: FromWorker) => {
        silence.refresh()
        answer(message).then((reply) => reply !== undefined && send(worker, reply), reject)
      })
      worker.once('error', reject)
      worker.once('exit', () => {
        clearTimeout(silence)
        reject(new ThreadEnded())
      })
    })
  } finally {
    await bytes.close()
    await worker.terminate()
  }
}

/** The thread ended, or went silent, before it was done. */
export class ThreadEnded extends Error {}

/** Bytes change their owner: they are copied nowhere. */
function send(worker: Worker, message: ToWorker): void {
  const isBytes = message.kind === 'bytes' && message.bytes !== undefined
  worker.postMessage(message, isBytes ? [(message.bytes as Uint8Array<ArrayBuffer>).buffer] : [])
}

/** The file in pieces of a quarter of a megabyte. */
class Pieces {
  private readonly work: ImportWork
  private iterator: AsyncIterator<Uint8Array> | undefined
  private sent = 0

  constructor(work: ImportWork) {
    this.work = work
  }

  /** The bytes before `from` are opened and dropped: the cipher of the file knows no other way to a place inside it. */
  async restart(from: number): Promise<void> {
    await this.close()
    this.sent = from
    this.iterator = behind(await this.work.open(), from)[Symbol.asyncIterator]()
  }

  async next(): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = []
    let length = 0
    while (length < PIECE_BYTES) {
      const { value, done } = (await this.iterator?.next()) ?? { value: undefined, done: true }
      if (done === true) break
      parts.push(value)
      length += value.length
    }
    this.sent += length
    await this.work.progress(this.sent)
    if (length === 0) return undefined
    const piece = new Uint8Array(length)
    let at = 0
    for (const part of parts) {
      piece.set(part, at)
      at += part.length
    }
    return piece
  }

  async close(): Promise<void> {
    await this.iterator?.return?.()
    this.iterator = undefined
  }
}
