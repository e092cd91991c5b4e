import type { ChildProcess } from 'node:child_process'
import type { ReadingFault } from './protocol.ts'

/** What a process that ended without an answer left behind. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to its standard error: words of the engine and of libraries, never shown or logged. */
  readonly lastWords: string
}

const KEPT_WORDS = 4096
/** V8 at the limit of its heap, and buffers that could not be had. */
const OUT_OF_MEMORY = /out of memory|heap limit|allocation failed/i

/** Keeps the end of what the process writes to its standard error; the function gives how it ended, once it has. */
export function watchEnding(child: ChildProcess): () => Ending {
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (words: string) => {
    lastWords = (lastWords + words).slice(-KEPT_WORDS)
  })
  return () => ({ code: child.exitCode, signal: child.signalCode, lastWords })
}

/**
 * Why a process that nobody here ended gave no whole answer: the system (which kills without a word) or its own engine found
 * it too large; it came to its end with an answer that is no answer; or it stopped by a fault of its own.
 */
export function faultOfEnding({ code, signal, lastWords }: Ending): ReadingFault {
  if (signal === 'SIGKILL' || (code !== 0 && OUT_OF_MEMORY.test(lastWords))) return 'too_much_memory'
  return code === 0 ? 'damaged' : 'reader_stopped'
}
