import { DatabaseUnavailable } from '../port.ts'
import { rotateLog } from './logFile.ts'
import { processTreeBytes } from './memory.ts'
import { type Postmaster, type PostmasterOptions, signalPostmaster, startPostmaster } from './postmaster.ts'
import { waitUntilGone } from './processes.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
const HEALTHY_AFTER_MS = 60_000
const ROTATE_EVERY_MS = 600_000
// Together below the 8 s that stop() promises.
const FAST_STOP_MS = 6_000
const QUICK_STOP_MS = 1_000

/** Keeps one database running until told to stop. */
export class Supervisor {
  readonly #options: PostmasterOptions
  #postmaster: Postmaster | undefined
  #stopping = false
  #stopped: Promise<void> | undefined
  #restart: NodeJS.Timeout | undefined
  #rotation: NodeJS.Timeout | undefined
  #pauseMs = FIRST_PAUSE_MS
  // A process that ends without stop(), by process.exit or an uncaught error, must not leave the database behind.
  readonly #onExit = (): void => {
    if (this.#postmaster) signalPostmaster(this.#postmaster.pid, 'INT', this.#options.binaries)
  }

  constructor(options: PostmasterOptions) {
    this.#options = options
  }

  /**
   * Starts the database and from then on restarts it when it dies.
   * @throws DatabaseUnavailable when the first start fails; later failures are logged and tried again.
   */
  async start(): Promise<void> {
    this.#rotate()
    process.on('exit', this.#onExit)
    try {
      await this.#run()
    } catch (error) {
      process.off('exit', this.#onExit)
      throw error
    }
    this.#rotation = setInterval(() => this.#rotate(), ROTATE_EVERY_MS)
    this.#rotation.unref()
  }

  /** Memory of all processes of the database in bytes; undefined while it is down or where it can't be read. */
  async memoryBytes(): Promise<number | undefined> {
    return this.#postmaster ? processTreeBytes(this.#postmaster.pid) : undefined
  }

  /** Ends the sessions and stops the database within 8 s: first cleanly, then at once (the next start recovers). */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #run(): Promise<void> {
    const launchedAt = performance.now()
    const postmaster = await startPostmaster(this.#options, (launched) => {
      this.#postmaster = launched
      if (this.#stopping) signalPostmaster(launched.pid, 'INT', this.#options.binaries)
    }).catch((error) => {
      this.#postmaster = undefined
      throw error
    })
    void postmaster.ended.then((how) => this.#onEnd(how, performance.now() - launchedAt))
  }

  #onEnd(how: string, ranMs: number): void {
    this.#postmaster = undefined
    if (this.#stopping) return
    if (ranMs > HEALTHY_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS
    this.#options.log.error(
      { how, ranMs: Math.round(ranMs), restartInMs: this.#pauseMs },
      'the database ended; it is started again',
    )
    this.#restartLater()
  }

  #restartLater(): void {
    this.#restart = setTimeout(() => {
      void this.#tryAgain()
    }, this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
  }

  async #tryAgain(): Promise<void> {
    try {
      await this.#run()
      this.#options.log.info({}, 'the database is back')
    } catch (error) {
      if (this.#stopping) return
      const reason = error instanceof DatabaseUnavailable ? error.message : String(error)
      this.#options.log.error({ reason, nextTryInMs: this.#pauseMs }, 'the database could not be started again')
      this.#restartLater()
    }
  }

  async #stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#rotation)
    clearTimeout(this.#restart)
    const postmaster = this.#postmaster
    if (postmaster) await this.#end(postmaster)
    process.off('exit', this.#onExit)
  }

  async #end({ pid }: Postmaster): Promise<void> {
    const { binaries, log } = this.#options
    signalPostmaster(pid, 'INT', binaries)
    if (await waitUntilGone(pid, FAST_STOP_MS)) return
    log.warn({ pid }, 'the database does not stop in time and is stopped at once; its next start recovers')
    signalPostmaster(pid, 'QUIT', binaries)
    if (await waitUntilGone(pid, QUICK_STOP_MS)) return
    signalPostmaster(pid, 'KILL', binaries)
    await waitUntilGone(pid, QUICK_STOP_MS)
  }

  #rotate(): void {
    try {
      rotateLog(this.#options.logFile)
    } catch (error) {
      this.#options.log.warn({ reason: String(error) }, 'the database log could not be rotated')
    }
  }
}
