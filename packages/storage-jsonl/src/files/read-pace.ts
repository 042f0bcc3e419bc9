import type { Clock } from '@stateward/contract'

/** So much is read in one turn of the event loop: with what is done with it, a millisecond or two. */
const turnBytes = 262_144
/** A read that takes this long was not answered from memory. */
const slowMs = 0.25
/** For so many times what a slow read took no other one blocks: a hundredth of the time is lost to a slow disk, and no more. */
const restTimes = 100

/**
 * Whether a read is made within the call. What the system holds in its memory is read in a few microseconds, and handing that
 * to a thread costs ten times as much; what comes from the disk would keep everybody else waiting. Nobody can tell
 * beforehand: a read that was slow sends those after it to the threads.
 */
export class ReadPace {
  readonly #clock: Clock
  #bytes = 0
  #restUntilMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether so many bytes may be read within the call. */
  allows(bytes: number): boolean {
    return this.#bytes + bytes <= turnBytes && this.#clock.monotonicMs() >= this.#restUntilMs
  }

  /** Reads so many bytes within the call. */
  measured(bytes: number, read: () => number): number {
    const beganMs = this.#clock.monotonicMs()
    this.#bytes += bytes
    try {
      return read()
    } finally {
      const endedMs = this.#clock.monotonicMs()
      const tookMs = endedMs - beganMs
      if (tookMs > slowMs) this.#restUntilMs = endedMs + tookMs * restTimes
    }
  }

  /** Another turn of the event loop has come. */
  turned(): void {
    this.#bytes = 0
  }
}
