import { PlatformError } from '../../errors.ts'
import { Tickets } from './tickets.ts'

/** An open WebSocket: served here, or passed on to another process. */
export interface Held {
  /** Says goodbye (1001); resolves when the connection is gone. */
  leave(): Promise<void>
  /** Cuts it. */
  cut(): void
  /** Looks whether it still answers and may still be open; called at every round. */
  look(): Promise<void>
}

/** So many at once for one account; for one address where nobody signed in. */
const MOST_OF_ONE = 20
const MOST_IN_ALL = 5000
const ROUND_MS = 30_000
/** So many are looked at side by side. */
const AT_ONCE = 20

/** The open WebSockets of one process, in bounds: how many there are, whether they live, and how they end at a stop. */
export class Hall {
  readonly tickets = new Tickets()
  private readonly held = new Set<Held>()
  private readonly counts = new Map<string, number>()
  private total = 0
  private isClosing = false
  private timer: NodeJS.Timeout | undefined

  /** How many are open. */
  get size(): number {
    return this.held.size
  }

  /**
   * Takes a place for a socket that is about to open; `owner` is whose it is. Returns what gives the place back. Throws 429
   * where the owner has too many, 503 where the process has, or is stopping.
   */
  enter(owner: string): () => void {
    if (this.isClosing || this.total >= MOST_IN_ALL) {
      throw new PlatformError('unavailable', 'No further connection is taken now', { retryAfterSeconds: 30 })
    }
    const count = this.counts.get(owner) ?? 0
    if (count >= MOST_OF_ONE) {
      const text = `At most ${MOST_OF_ONE} connections are open at once; close one first`
      throw new PlatformError('too_many_requests', text, { retryAfterSeconds: 30 })
    }
    this.counts.set(owner, count + 1)
    this.total += 1
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      this.total -= 1
      const left = (this.counts.get(owner) ?? 1) - 1
      if (left === 0) this.counts.delete(owner)
      else this.counts.set(owner, left)
    }
  }

  /** Holds an open socket until `remove`. */
  add(one: Held): void {
    this.held.add(one)
    this.timer ??= setInterval(() => void this.round(), ROUND_MS).unref()
  }

  remove(one: Held): void {
    this.held.delete(one)
    if (this.held.size > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** Looks at every open socket once: the silent and those that lost their right go. */
  async round(): Promise<void> {
    const all = [...this.held]
    for (let start = 0; start < all.length; start += AT_ONCE) {
      await Promise.all(all.slice(start, start + AT_ONCE).map((one) => one.look()))
    }
  }

  /** Takes no more, says goodbye to all, and cuts those that stay longer than `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.isClosing = true
    const all = [...this.held]
    if (all.length === 0) return
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs)
    })
    await Promise.race([Promise.all(all.map((one) => one.leave())), patience])
    clearTimeout(timer)
    for (const one of [...this.held]) one.cut()
  }
}
