import type { Clock } from '../kernel/clock.ts'

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  private current: Date

  constructor(start = '2026-06-15T12:00:00.000Z') {
    this.current = new Date(start)
  }

  now(): Date {
    return new Date(this.current)
  }

  /** Moves on by the given time. */
  advance(step: { days?: number; hours?: number; minutes?: number; seconds?: number }): void {
    const { days = 0, hours = 0, minutes = 0, seconds = 0 } = step
    this.current = new Date(this.current.getTime() + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
  }

  /** Moves to the given instant. */
  set(instant: string): void {
    this.current = new Date(instant)
  }
}
