import type { OperationLimit } from '../contract.ts'
import { PlatformError } from '../errors.ts'

/** What is left of a caller's allowance, as the RateLimit headers say it. */
export interface Allowance {
  readonly limit: number
  readonly remaining: number
  readonly resetSeconds: number
}

interface Bucket {
  tokens: number
  filledAtMs: number
}

const MAXIMUM_BUCKETS = 50_000

/**
 * Token buckets per caller: `requests` at once, refilled evenly over the window. Memory is bounded; when it is full, the
 * bucket that was used longest ago makes room.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>()
  private readonly nowMs: () => number

  constructor(nowMs: () => number) {
    this.nowMs = nowMs
  }

  /** Takes one request from the caller's bucket. Throws 429 with the wait when it is empty. */
  take(key: string, limit: OperationLimit): Allowance {
    const now = this.nowMs()
    const perMs = limit.requests / (limit.windowSeconds * 1000)
    const bucket = this.buckets.get(key) ?? { tokens: limit.requests, filledAtMs: now }
    bucket.tokens = Math.min(limit.requests, bucket.tokens + Math.max(0, now - bucket.filledAtMs) * perMs)
    bucket.filledAtMs = now
    this.buckets.delete(key)
    this.buckets.set(key, bucket)
    if (this.buckets.size > MAXIMUM_BUCKETS) this.buckets.delete(this.buckets.keys().next().value as string)
    if (bucket.tokens < 1) {
      const waitSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000))
      throw new PlatformError('too_many_requests', `Too many requests; try again in ${waitSeconds} s`, {
        retryAfterSeconds: waitSeconds,
        extra: { limit: limit.requests, window_seconds: limit.windowSeconds },
      })
    }
    bucket.tokens -= 1
    const missing = limit.requests - bucket.tokens
    return {
      limit: limit.requests,
      remaining: Math.floor(bucket.tokens),
      resetSeconds: Math.ceil(missing / perMs / 1000),
    }
  }
}
