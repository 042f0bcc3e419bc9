import type { Clock, Notify, StorageEvent } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'

/**
 * Finds out when the system's time steps back, by the one that only grows. Nothing here depends on the time of day; those
 * who read timestamps may.
 */
export class ClockWatch {
  readonly #clock: Clock
  readonly #notify: Notify<StorageEvent>
  /** How far the system's time was ahead of the one that only grows, at the last look. */
  #ahead: number

  constructor(clock: Clock, notify: Notify<StorageEvent>) {
    this.#clock = clock
    this.#notify = notify
    this.#ahead = clock.now() - clock.monotonicMs()
  }

  look(): void {
    const ahead = this.#clock.now() - this.#clock.monotonicMs()
    const backMs = Math.round(this.#ahead - ahead)
    this.#ahead = ahead
    if (backMs > bounds.clockStepMs) this.#notify({ kind: 'clockBack', backMs })
  }
}
