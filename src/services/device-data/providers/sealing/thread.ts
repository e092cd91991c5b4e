import { Worker } from 'node:worker_threads'
import { memoryOf } from '../../domain/columns.ts'
import type { Sealed, Sealer, SealWork } from '../../domain/sealing.ts'
import type { FromSealer } from './worker.ts'

const THREAD_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 }

interface Waiting {
  readonly resolve: (sealed: Sealed[]) => void
  readonly reject: (error: Error) => void
}

/**
 * A thread that merges and compresses days, so that the event loop does not; it starts with the first work and ends with
 * `close`. The columns of a work change their owner. A work fails when the thread ends.
 */
export function openSealer(): { readonly seal: Sealer; close(): Promise<void> } {
  let starting: Promise<Worker> | undefined
  let number = 0
  const waiting = new Map<number, Waiting>()
  const start = async () => {
    const { MARK, workerUrl } = await import('./worker.ts')
    const worker = new Worker(new URL(workerUrl), {
      workerData: MARK,
      env: {},
      execArgv: [],
      resourceLimits: THREAD_LIMITS,
    })
    worker.unref()
    worker.on('message', (message: FromSealer) => {
      const one = waiting.get(message.number)
      waiting.delete(message.number)
      if ('fault' in message) one?.reject(new RangeError(message.fault))
      else one?.resolve([...message.sealed])
    })
    const end = (error: Error) => {
      for (const one of waiting.values()) one.reject(error)
      waiting.clear()
    }
    worker.once('error', end)
    worker.once('exit', () => end(new Error('The thread that seals ended')))
    return worker
  }
  return {
    async seal(works) {
      starting ??= start()
      const worker = await starting
      const own = works.map((work) => ({
        ...work,
        chunk: work.chunk === undefined ? undefined : new Uint8Array(work.chunk),
      }))
      return new Promise<Sealed[]>((resolve, reject) => {
        number += 1
        waiting.set(number, { resolve, reject })
        worker.postMessage({ number, works: own }, own.flatMap(buffersOf))
      })
    },
    async close() {
      await (await starting)?.terminate()
    },
  }
}

function buffersOf({ chunk, rows, incoming }: SealWork): ArrayBuffer[] {
  const buffers = [rows, incoming].flatMap((one) => (one === undefined ? [] : memoryOf(one)))
  return chunk === undefined ? buffers : [...buffers, chunk.buffer as ArrayBuffer]
}
