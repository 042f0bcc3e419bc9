import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

const nanosecondsPerMs = 1_000_000
// The watch compares the moments at which its own timer comes around: one before, and one after what is watched.
const roundMs = 3

/** For how long the event loop did not turn, in milliseconds, each time that it was looked at. */
export interface Stalls {
  readonly stallMs: number
  readonly stallP99Ms: number
}

/** Watches for how long the event loop does not turn; idle it reads a little over 1 ms, its own resolution. */
export class StallWatch {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 })

  /** Resolves when it watches. */
  async start(): Promise<void> {
    this.#histogram.enable()
    await delay(roundMs)
  }

  /** The longest stall since `start`, and below what ninety-nine of a hundred were. */
  async stop(): Promise<Stalls> {
    await delay(roundMs)
    this.#histogram.disable()
    const stallMs = this.#histogram.max / nanosecondsPerMs
    return { stallMs, stallP99Ms: Math.min(stallMs, this.#histogram.percentile(99) / nanosecondsPerMs) }
  }
}
