import type { Principal } from '../../../kernel/principal.ts'

const LIFETIME_MS = 5000
const MAXIMUM_ENTRIES = 10_000

interface Entry {
  readonly principal: Principal
  readonly untilMs: number
}

/**
 * Principals of credentials that were just checked, so that a request costs no round trip. Entries live for seconds, and
 * are dropped at once when anything about their account changes in this process, the only one that resolves credentials.
 */
export class SessionCache {
  private readonly entries = new Map<string, Entry>()
  private changes = 0

  /** The principal under `key`; undefined when it must be looked up. */
  get(key: string, nowMs: number): Principal | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined || entry.untilMs <= nowMs) return undefined
    return entry.principal
  }

  /** Looks the principal up and keeps it, unless an account changed while the look-up ran. */
  async lookUp(
    key: string,
    nowMs: number,
    look: () => Promise<{ readonly principal: Principal; readonly expiresMs: number }>,
  ): Promise<Principal> {
    const before = this.changes
    const { principal, expiresMs } = await look()
    if (before === this.changes) {
      this.entries.delete(key)
      this.entries.set(key, { principal, untilMs: Math.min(nowMs + LIFETIME_MS, expiresMs) })
      if (this.entries.size > MAXIMUM_ENTRIES) this.entries.delete(this.entries.keys().next().value as string)
    }
    return principal
  }

  /** Drops everything kept of the account. */
  forget(accountId: string): void {
    this.changes += 1
    for (const [key, { principal }] of this.entries) if (principal.accountId === accountId) this.entries.delete(key)
  }
}

const caches = new WeakMap<object, SessionCache>()
const living = new Set<WeakRef<SessionCache>>()

/** The cache of the platform whose ports these are. */
export function sessionCacheOf(ports: object): SessionCache {
  let cache = caches.get(ports)
  if (cache === undefined) {
    cache = new SessionCache()
    caches.set(ports, cache)
    living.add(new WeakRef(cache))
  }
  return cache
}

/** Drops what any platform of this process keeps of the account: for erasure, which knows no platform. */
export function forgetEverywhere(accountId: string): void {
  for (const reference of living) {
    const cache = reference.deref()
    if (cache === undefined) living.delete(reference)
    else cache.forget(accountId)
  }
}
