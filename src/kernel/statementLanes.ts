import type pg from 'pg'
import { SharedConnections } from './sharedConnections.ts'

/** A statement that took so long goes to the slow lane from then on, until it is quick again. */
const SLOW_MS = 100
const MAXIMUM_SLOW = 500
/** A smaller pool has no connection to spare. */
const LEAST_FOR_TWO_LANES = 4

export interface LaneOptions {
  readonly idleMs?: number
  readonly nowMs?: () => number
}

/**
 * Two lanes of shared connections: statements that are known to take long line up behind each other, and everybody else
 * behind nobody who does. A statement is judged by how long it took the last time; the first time, those that were sent
 * right behind it wait with it, and no others.
 */
export class StatementLanes {
  private readonly quick: SharedConnections
  private readonly slow: SharedConnections | undefined
  private readonly slowTexts = new Set<string>()

  constructor(pool: pg.Pool, connections: number, onLost: (error: Error) => void, options: LaneOptions = {}) {
    const hasTwo = connections >= LEAST_FOR_TWO_LANES
    const share = hasTwo ? 1 / 2 : 2 / 3
    this.quick = new SharedConnections(pool, Math.max(1, Math.floor(connections * share)), onLost, options)
    this.slow = hasTwo
      ? new SharedConnections(pool, Math.max(1, Math.floor(connections / 5)), onLost, options)
      : undefined
  }

  /** Runs `work`, which sends the one complete statement `text`. */
  run<Result>(text: string, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const lane = this.slowTexts.has(text) ? (this.slow ?? this.quick) : this.quick
    return lane.run(work, (tookMs) => this.judge(text, tookMs))
  }

  /** Gives all connections back to the pool. */
  close(): void {
    this.quick.close()
    this.slow?.close()
  }

  private judge(text: string, tookMs: number): void {
    if (tookMs < SLOW_MS) this.slowTexts.delete(text)
    else if (this.slowTexts.size < MAXIMUM_SLOW) this.slowTexts.add(text)
  }
}
