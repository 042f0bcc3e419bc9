import type { Clock, Timers } from '@stateward/contract'

/** A clock that stands still until it is moved. */
export class SimClock implements Clock, Timers {
  #now = 0
  #dayOffset = Date.parse('2026-01-01T00:00:00.000Z')
  #timers: { at: number; action: () => void }[] = []

  now(): number {
    return this.#dayOffset + this.#now
  }

  monotonicMs(): number {
    return this.#now
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Sets the system's time forward, or back when `ms` is below 0; the time that only grows, and timers, do not notice. */
  step(ms: number): void {
    this.#dayOffset += ms
  }

  /** Lets time pass and calls what is due. */
  pass(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter(({ at }) => at <= this.#now)
    this.#timers = this.#timers.filter(({ at }) => at > this.#now)
    for (const { action } of due) action()
  }
}
