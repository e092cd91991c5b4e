import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'src', 'main.ts')

/** A platform that runs in a process of its own, as an operator starts it. */
export interface PlatformProcess {
  readonly child: ChildProcess
  /** Origin of the public door, as the platform printed it. */
  readonly origin: string
  /** Everything printed on the standard output so far. */
  printed(): string
  /** Sends the signal and resolves with the exit code (or the signal that ended the process). */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/** Runs a command of the platform to its end. */
export function runCommand(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawnMain(args, environment)
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += String(chunk)
  })
  child.stderr?.on('data', (chunk) => {
    output += String(chunk)
  })
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, output })))
}

/** Starts the platform on a free port and waits until it says that it runs. Throws with its words when it ends first. */
export async function startPlatform(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<PlatformProcess> {
  const child = spawnMain(['start', ...args], {
    PORT: '0',
    HOST: '127.0.0.1',
    RATE_LIMIT_PER_MINUTE: '0',
    ...environment,
  })
  let printed = ''
  let complaints = ''
  child.stderr?.on('data', (chunk) => {
    complaints += String(chunk)
  })
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      printed += String(chunk)
      const port = /Salus is running: http:\/\/localhost:(\d+)/.exec(printed)?.[1]
      // The services line is the last of the banner.
      if (port !== undefined && printed.includes('Services ')) resolve(`http://127.0.0.1:${port}`)
    })
    child.once('exit', (code) => reject(new Error(`the platform ended with ${code}: ${complaints}${printed}`)))
  })
  return {
    child,
    origin,
    printed: () => printed,
    end: (signal) =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode ?? child.signalCode)
        child.once('exit', (code, by) => resolve(code ?? by))
        child.kill(signal)
      }),
  }
}

function spawnMain(args: readonly string[], environment: Record<string, string>): ChildProcess {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return spawn(process.execPath, [MAIN, ...args], {
    env: { PATH, NODE_COMPILE_CACHE, LOG_LEVEL: 'error', ENVIRONMENT: 'test', ...environment } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Asks until the answer satisfies, or throws at the deadline with the last answer. Waits between asks for the event loop only. */
export async function until<Result>(
  ask: () => Promise<Result>,
  fits: (answer: Result) => boolean,
  what: string,
): Promise<Result> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
    if (Date.now() > deadline) throw new Error(`${what}: still ${JSON.stringify(answer)?.slice(0, 300)}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A JSON request over a real socket. `status` is 0 when there was no answer. */
export async function ask(
  origin: string,
  method: string,
  url: string,
  options: { body?: unknown; token?: string } = {},
  // biome-ignore lint/suspicious/noExplicitAny: tests read any member and compare it.
): Promise<{ status: number; body: any }> {
  const headers: Record<string, string> = {}
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  try {
    const answer = await fetch(`${origin}${url}`, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await answer.text()
    return { status: answer.status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text }
  } catch {
    return { status: 0, body: undefined }
  }
}
