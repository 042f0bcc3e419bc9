import { type Clock, Histogram, type MessageStats } from '@stateward/contract'
import { Sampling } from './sampling.ts'
import { codeOf } from './traced.ts'

/** The finest difference of durations that matters, in milliseconds. */
export const durationUnit = 0.0001

/** Counts the messages of one kind, and measures how long some of them take: a clock costs more than many a read. */
export class MessageMeter {
  readonly sampling: Sampling
  readonly #clock: Clock
  readonly #latency = new Histogram(durationUnit)
  readonly #failures = new Map<string, number>()

  constructor(every: number, clock: Clock) {
    this.sampling = new Sampling(every)
    this.#clock = clock
  }

  /** Settles as `run` does, and takes its duration in, as that of so many. */
  measured<T>(times: number, run: () => Promise<T>): Promise<T> {
    const start = this.#clock.monotonicMs()
    const ended = (): void => this.#latency.record(this.#clock.monotonicMs() - start, times)
    return run().then(
      (value) => {
        ended()
        return value
      },
      (reason: unknown) => {
        ended()
        const code = codeOf(reason)
        this.#failures.set(code, (this.#failures.get(code) ?? 0) + times)
        throw reason
      },
    )
  }

  get stats(): MessageStats {
    const { seen } = this.sampling
    return { asked: seen, failed: Object.fromEntries(this.#failures), latencyMs: this.#latency.distribution() }
  }
}
