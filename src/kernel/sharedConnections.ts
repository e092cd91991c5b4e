import type pg from 'pg'
import { connected } from './connect.ts'

interface SharedConnection {
  readonly client: pg.PoolClient & { readonly connection?: { readonly stream: Corkable } }
  waiting: number
  /** Since when the statement that is at work has been so. */
  headSinceMs: number
  isLost: boolean
  /** Takes its listeners away and gives the connection back to the pool. */
  giveBack(): void
}

interface Corkable {
  cork(): void
  uncork(): void
}

const IDLE_MS = 10_000
/** Behind a statement that has been at work for so long, nobody lines up who can go elsewhere. */
const HELD_MS = 30

/**
 * Connections that many statements use at once. A scoped statement is complete in itself, so that it may follow another
 * one before that is answered: the database is woken once for what would be several wake-ups, the costliest part of a
 * small statement. Transactions, which hold a connection to themselves, take theirs from the pool.
 */
export class SharedConnections {
  private readonly pool: pg.Pool
  private readonly maximum: number
  private readonly onLost: (error: Error) => void
  private readonly idleMs: number
  private readonly nowMs: () => number
  private connections: SharedConnection[] = []
  private opening: Promise<SharedConnection> | undefined
  private idleTimer: NodeJS.Timeout | undefined
  private isClosed = false

  constructor(
    pool: pg.Pool,
    maximum: number,
    onLost: (error: Error) => void,
    {
      idleMs = IDLE_MS,
      nowMs = () => performance.now(),
    }: { readonly idleMs?: number; readonly nowMs?: () => number } = {},
  ) {
    this.pool = pool
    this.maximum = maximum
    this.onLost = onLost
    this.idleMs = idleMs
    this.nowMs = nowMs
  }

  /**
   * Runs `work`, which sends one complete statement, on the connection with the fewest statements under way, and not behind
   * one that takes long where another connection is free or can be opened. `onTaken` hears how many milliseconds the statement
   * itself took, without what was before it.
   */
  async run<Result>(
    work: (client: pg.PoolClient) => Promise<Result>,
    onTaken?: (tookMs: number) => void,
  ): Promise<Result> {
    const mayOpen = this.connections.length < this.maximum
    const moving = this.leastBusy(true)
    const canOpenNow = mayOpen && (this.pool.idleCount > 0 || this.pool.totalCount < this.pool.options.max)
    const connection = moving ?? (canOpenNow ? undefined : this.leastBusy(false)) ?? (await this.open())
    if (connection.waiting > 0 && mayOpen) this.openMore()
    if (connection.waiting === 0) connection.headSinceMs = this.nowMs()
    connection.waiting += 1
    try {
      const stream = connection.client.connection?.stream
      // What requests of one turn of the event loop send, goes out in one write.
      stream?.cork()
      const result = work(connection.client)
      if (stream !== undefined) process.nextTick(() => stream.uncork())
      return await result
    } finally {
      const nowMs = this.nowMs()
      onTaken?.(nowMs - connection.headSinceMs)
      connection.headSinceMs = nowMs
      connection.waiting -= 1
      if (connection.waiting === 0) this.giveBackLater()
    }
  }

  /** Gives all connections back to the pool; statements under way are waited for by the pool. */
  close(): void {
    this.isClosed = true
    clearTimeout(this.idleTimer)
    for (const connection of this.connections) connection.giveBack()
    this.connections = []
  }

  /** The connection with the fewest statements; `isMoving` leaves out those that wait for a statement that takes long. */
  private leastBusy(isMoving: boolean): SharedConnection | undefined {
    const heldSinceMs = this.nowMs() - HELD_MS
    let least: SharedConnection | undefined
    for (const connection of this.connections) {
      if (isMoving && connection.waiting > 0 && connection.headSinceMs < heldSinceMs) continue
      if (least === undefined || connection.waiting < least.waiting) least = connection
    }
    return least
  }

  private openMore(): void {
    // The statement that asked goes on where it is; a connection that can't be opened is missed by nobody.
    this.open().catch(() => undefined)
  }

  private open(): Promise<SharedConnection> {
    this.opening ??= this.connect().finally(() => {
      this.opening = undefined
    })
    return this.opening
  }

  private async connect(): Promise<SharedConnection> {
    const client = await connected(this.pool)
    const lose = (error?: Error) => {
      this.onLost(error ?? new Error('the connection ended'))
      connection.isLost = true
      this.connections = this.connections.filter((one) => one !== connection)
      connection.giveBack()
    }
    const end = () => lose()
    const connection: SharedConnection = {
      client,
      waiting: 0,
      headSinceMs: 0,
      isLost: false,
      giveBack: () => {
        client.off('error', lose)
        client.off('end', end)
        client.release(connection.isLost)
      },
    }
    client.once('error', lose)
    client.once('end', end)
    // One that was still being opened at the close would be nobody's, and the pool would wait for it without end.
    if (this.isClosed) {
      connection.giveBack()
      throw new Error('The connections are closed')
    }
    this.connections.push(connection)
    return connection
  }

  /** Connections that nobody uses go back to the pool, which closes them in its time. */
  private giveBackLater(): void {
    if (this.idleTimer !== undefined) return
    this.idleTimer = setTimeout(() => {
      this.idleTimer = undefined
      const idle = this.connections.filter((connection) => connection.waiting === 0)
      this.connections = this.connections.filter((connection) => connection.waiting > 0)
      for (const connection of idle) connection.giveBack()
    }, this.idleMs)
    this.idleTimer.unref()
  }
}
