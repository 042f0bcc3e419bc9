import type { Clock } from '@stateward/contract'

/** Work that others wait for goes on for so long before they have a turn. */
const sliceMs = 0.25
/** A look at the clock costs a part of what is done in between. */
const looksEvery = 4

/** Says of work in little steps when it has gone on for long enough. */
export class TimeSlice {
  readonly #clock: Clock
  #endMs = 0
  #left = looksEvery

  constructor(clock: Clock) {
    this.#clock = clock
    this.begin()
  }

  begin(): void {
    this.#endMs = this.#clock.monotonicMs() + sliceMs
    this.#left = looksEvery
  }

  /** To be asked before each step. */
  isOver(): boolean {
    if (--this.#left > 0) return false
    this.#left = looksEvery
    return this.#clock.monotonicMs() >= this.#endMs
  }
}
