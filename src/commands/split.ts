import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Environment } from '../kernel/config.ts'
import type { Log } from '../kernel/log.ts'
import { keptSecret } from '../kernel/settings.ts'
import { board } from '../services.ts'
import { startHere, stopSignal } from './here.ts'
import { openRuntime, openRuntimeDatabase } from './opening.ts'
import { forgetRunning, noteRunning } from './runtime.ts'

/**
 * Runs every service as a process of its own on 127.0.0.1:8001 and up, behind the one public port. A service that dies
 * is started again; meanwhile the door answers 503 for it.
 */
export async function startSplit(environment: Environment): Promise<number> {
  const runtime = openRuntime(environment)
  const { dataFolder, settings, log } = runtime
  // From here on a signal ends the start in order, also while services are still starting.
  void stopSignal()
  const database = await openRuntimeDatabase(runtime)
  noteRunning(dataFolder, database.url)
  const firstPort = settings.splitFirstPort
  const origins = board.map((entry, index) => [entry.name, `http://127.0.0.1:${firstPort + index}`] as const)
  const shared = {
    ...environment,
    DATABASE_URL: database.url,
    DATABASE_CONNECTIONS: String(Math.min(settings.databaseConnections, 4)),
    SALUS_INTERNAL_KEY: keptSecret(dataFolder, 'internal', settings.internalKey),
    SECRET_KEY: keptSecret(dataFolder, 'token', settings.secretKey),
  }
  const services = board.map((entry, index) => {
    const peers = origins.filter(([name]) => name !== entry.name).map(([name, origin]) => `${name}=${origin}`)
    const own = {
      SALUS_CHILD: '1',
      SERVICES: entry.name,
      HOST: '127.0.0.1',
      PORT: String(firstPort + index),
      PEERS: peers.join(','),
    }
    return new SupervisedService(entry.name, { ...shared, ...own }, log)
  })
  try {
    // One after another: each finds the schemas of those it needs.
    for (const service of services) await service.start()
    process.stdout.write(`${origins.map(([name, origin]) => `  ${name.padEnd(18)} ${origin}`).join('\n')}\n`)
    const peers = origins.map(([name, origin]) => `${name}=${origin}`).join(',')
    return await startHere({ ...shared, SERVICES: 'gateway', PEERS: peers })
  } finally {
    await Promise.all(services.map((service) => service.stop()))
    await database.stop()
    forgetRunning(dataFolder)
  }
}

const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 10_000

/** A service in a process of its own, started again when it dies. */
class SupervisedService {
  private child: ChildProcess | undefined
  private isStopping = false
  private waitMs = FIRST_WAIT_MS
  private readonly name: string
  private readonly environment: Environment
  private readonly log: Log

  constructor(name: string, environment: Environment, log: Log) {
    this.name = name
    this.environment = environment
    this.log = log
  }

  /** Starts the process and waits until it listens. Throws when it ends before. */
  start(): Promise<void> {
    const entry = process.argv[1] ?? fileURLToPath(import.meta.url)
    const child = spawn(process.execPath, [...process.execArgv, entry, 'start'], {
      env: this.environment as NodeJS.ProcessEnv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // The terminal's Ctrl-C goes to the door alone, which lets the services finish what it still asks them.
      detached: true,
    })
    this.child = child
    return new Promise((resolve, reject) => {
      child.once('message', () => {
        this.waitMs = FIRST_WAIT_MS
        resolve()
      })
      child.once('exit', (code) => {
        reject(new Error(`${this.name} ended with code ${code} before it was ready`))
        this.restart(code)
      })
    })
  }

  /** Tells the process to stop and waits for its end. */
  async stop(): Promise<void> {
    this.isStopping = true
    const { child } = this
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }

  private restart(code: number | null): void {
    if (this.isStopping) return
    this.log.error({ service: this.name, code, waitMs: this.waitMs }, 'a service ended; it is started again')
    const timer = setTimeout(() => {
      // Ending again before it is ready comes back here through the exit handler.
      if (!this.isStopping) this.start().catch(() => undefined)
    }, this.waitMs)
    timer.unref()
    this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 2)
  }
}
