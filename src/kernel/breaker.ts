/** Keeps callers from waiting for a peer that is down: opens after failures in a row, tries again after a while. */
export class CircuitBreaker {
  private failures = 0
  private openUntilMs = 0
  private probing = false
  private readonly threshold: number
  private readonly coolDownMs: number

  constructor(threshold = 5, coolDownMs = 2000) {
    this.threshold = threshold
    this.coolDownMs = coolDownMs
  }

  /** `closed` lets calls pass, `open` refuses them, `half-open` lets one try. */
  state(nowMs: number): 'closed' | 'open' | 'half-open' {
    if (this.openUntilMs === 0) return 'closed'
    return nowMs < this.openUntilMs ? 'open' : 'half-open'
  }

  /** Asks to pass; false means: refuse at once. */
  enter(nowMs: number): boolean {
    const state = this.state(nowMs)
    if (state === 'closed') return true
    if (state === 'open' || this.probing) return false
    this.probing = true
    return true
  }

  /** The call reached the peer. */
  succeeded(): void {
    this.failures = 0
    this.openUntilMs = 0
    this.probing = false
  }

  /** The call ended without saying anything about the peer. */
  left(): void {
    this.probing = false
  }

  /** The peer could not be reached or was too slow. */
  failed(nowMs: number): void {
    this.probing = false
    this.failures += 1
    if (this.failures >= this.threshold) this.openUntilMs = nowMs + this.coolDownMs
  }
}
