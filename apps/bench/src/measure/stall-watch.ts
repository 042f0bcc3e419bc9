import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'

const nanosecondsPerMs = 1_000_000

/** Watches for how long the event loop does not turn; idle it reads a little over 1 ms, its own resolution. */
export class StallWatch {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 })

  start(): void {
    this.#histogram.enable()
  }

  /** The longest stall since `start`, milliseconds; 0 when the loop never turned long enough to tell. */
  stop(): number {
    this.#histogram.disable()
    return this.#histogram.max / nanosecondsPerMs
  }
}
