import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process of a test that says words, line by line, and may be killed. */
export interface TalkingProcess {
  readonly child: ChildProcess
  /** Waits for the first line that starts with `word`; returns the rest of it. */
  heard(word: string): Promise<string>
  /** Ends it as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>
}

/** Starts a file of `src/testing` in a process of its own. */
export function startProcess(file: string, ...args: readonly string[]): TalkingProcess {
  const full = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [full, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  })
  const lines: string[] = []
  let wake: () => void = () => undefined
  let isGone = false
  const gone = new Promise<void>((resolve) =>
    child.once('exit', () => {
      isGone = true
      wake()
      resolve()
    }),
  )
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    wake()
  })
  return {
    child,
    heard: async (word) => {
      for (;;) {
        const line = lines.find((one) => one.startsWith(word))
        if (line !== undefined) return line.slice(word.length).trim()
        if (isGone) throw new Error(`the process ended without saying "${word}"; it said: ${lines.join(' | ')}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    kill: async () => {
      if (!isGone) child.kill('SIGKILL')
      await gone
    },
  }
}
