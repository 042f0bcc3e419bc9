import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

const nanosecondsPerMs = 1_000_000
// The watch compares the moments at which its own timer comes around: one before, and one after what is watched.
const roundMs = 3

/** Watches for how long the event loop does not turn; idle it reads a little over 1 ms, its own resolution. */
export class StallWatch {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 })

  /** Resolves when it watches. */
  async start(): Promise<void> {
    this.#histogram.enable()
    await delay(roundMs)
  }

  /** The longest stall since `start`, milliseconds. */
  async stop(): Promise<number> {
    await delay(roundMs)
    this.#histogram.disable()
    return this.#histogram.max / nanosecondsPerMs
  }
}
