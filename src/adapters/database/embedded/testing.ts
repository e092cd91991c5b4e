import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import type { DatabaseLog, DatabaseServer } from '../port.ts'

/** A log that keeps its messages, so that a test can wait for one. */
export interface RecordedLog extends DatabaseLog {
  readonly messages: string[]
}

/** Makes a log that writes nothing and remembers every message. */
export function recordedLog(): RecordedLog {
  const messages: string[] = []
  const record = (_details: object, message: string): void => {
    messages.push(message)
  }
  return { messages, info: record, warn: record, error: record }
}

/**
 * Waits until `condition` holds and returns what it returned.
 * @throws Error naming `what` when it does not hold within `limitMs`.
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 20_000,
): Promise<T> {
  const end = performance.now() + limitMs
  while (performance.now() < end) {
    const value = await condition()
    if (value) return value
    await delay(10)
  }
  throw new Error(`not within ${limitMs} ms: ${what}`)
}

/** Runs one statement on a connection of its own and returns its rows. */
export async function query(server: DatabaseServer, sql: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client(server.connection)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** The process id of the postmaster that serves `dataFolder`. */
export function postmasterPid(dataFolder: string): number {
  return Number(readFileSync(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0])
}

/**
 * Starts the database in a Node process of its own, which then runs `afterwards` (JavaScript; `server` is in scope) and
 * stays. Resolves with what it first prints, and rejects when it ends before printing anything.
 */
export async function startElsewhere(
  dataFolder: string,
  afterwards = "console.log('ready'); setInterval(() => {}, 1000)",
): Promise<{ child: ChildProcess; line: string }> {
  const module = new URL('../embedded.ts', import.meta.url).href
  const script = `
    import { startEmbedded } from ${JSON.stringify(module)}
    const log = { info() {}, warn() {}, error() {} }
    try {
      const server = await startEmbedded({ dataFolder: process.argv[1], log })
      ${afterwards}
    } catch (error) {
      console.log(error.message)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve)
    child.once('exit', () => reject(new Error('the process ended without a word')))
  })
  return { child, line }
}

/** Ends a process as kill -9 does and waits until it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
