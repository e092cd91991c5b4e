import { mkdtempSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

type Step = () => Promise<void> | void

const steps: Step[] = []
let running: Promise<void> | undefined

/** Runs `step` when the bench ends, in the reverse order of registration; also on Ctrl-C and after an error. */
export function atEnd(step: Step): void {
  steps.push(step)
}

/** Runs what was registered, once. A step that fails is named and the others still run. */
export function cleanUp(): Promise<void> {
  running ??= (async () => {
    for (const step of steps.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        console.error(`clean-up: ${(error as Error).message}`)
      }
    }
  })()
  return running
}

/** A folder that is removed at the end. Other users may enter it: a server may have to run under another uid than root. */
export async function temporaryFolder(): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'salus-bench-'))
  await chmod(folder, 0o755)
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * Runs a bench to its end: cleans up however it ends, stops it at `limitSeconds`, and sets the exit code
 * (0 = ran and every answer was right, 1 = not, 130 = stopped by a signal).
 */
export async function runBench(limitSeconds: number, bench: () => Promise<boolean>): Promise<void> {
  const stop = (code: number, why: string) => {
    if (running !== undefined) return
    console.error(`\n${why}: cleaning up`)
    void cleanUp().then(() => process.exit(code))
  }
  process.once('SIGINT', () => stop(130, 'Interrupted'))
  process.once('SIGTERM', () => stop(130, 'Terminated'))
  process.once('uncaughtException', (error) => stop(1, error.message))
  // A reader that has seen enough (`| head`) closes the pipe.
  process.stdout.on('error', () => stop(1, 'Nobody reads'))
  setTimeout(() => stop(1, `Not done within ${limitSeconds} s`), limitSeconds * 1000).unref()
  let isRight = false
  try {
    isRight = await bench()
  } catch (error) {
    // While the clean-up runs, what it takes away fails: that is not news.
    if (running === undefined) console.error(error instanceof Error ? `\n${error.message}` : error)
  }
  await cleanUp()
  process.exit(isRight ? 0 : 1)
}
