import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { type Sealed, type SealWork, sealDay } from '../../domain/sealing.ts'

/** This very file, also in a bundle: the thread starts with it. */
export const workerUrl = import.meta.url
/** Says to the file that it runs as this thread. */
export const MARK = 'device-data sealing'

export interface ToSealer {
  readonly number: number
  readonly works: readonly SealWork[]
}

export type FromSealer =
  | { readonly number: number; readonly sealed: readonly Sealed[] }
  | { readonly number: number; readonly fault: string }

if (!isMainThread && parentPort !== null && workerData === MARK) {
  const port = parentPort
  port.on('message', ({ number, works }: ToSealer) => {
    try {
      // The bytes of a chunk may lie in more room than they need.
      const sealed = works.map(sealDay).map((one) => ({ ...one, data: one.data?.slice() }))
      const buffers = sealed.flatMap(({ data }) => (data === undefined ? [] : [data.buffer as ArrayBuffer]))
      port.postMessage({ number, sealed } satisfies FromSealer, buffers)
    } catch (error) {
      port.postMessage({ number, fault: (error as Error).message } satisfies FromSealer)
    }
  })
}
