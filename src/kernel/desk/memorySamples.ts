import type { Clock } from '../clock.ts'

const MINUTE_MS = 60_000
const KEPT = 60

interface MemorySample {
  readonly at: string
  readonly rss_bytes: number
  readonly heap_bytes: number
}

/** Memory of this process, once a minute for the last hour. In memory only. */
export class MemorySamples {
  private readonly clock: Clock
  private readonly samples: MemorySample[] = []
  private readonly timer: NodeJS.Timeout

  constructor(clock: Clock) {
    this.clock = clock
    this.timer = setInterval(() => this.take(), MINUTE_MS)
    this.timer.unref()
    this.take()
  }

  /** The oldest first. */
  read(): readonly MemorySample[] {
    return this.samples
  }

  close(): void {
    clearInterval(this.timer)
  }

  private take(): void {
    const { rss, heapUsed } = process.memoryUsage()
    this.samples.push({ at: this.clock.now().toISOString(), rss_bytes: rss, heap_bytes: heapUsed })
    if (this.samples.length > KEPT) this.samples.shift()
  }
}
