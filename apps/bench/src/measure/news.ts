import { performance } from 'node:perf_hooks'
import { quantile } from './quantile.ts'
import { turn } from './turn.ts'

const patienceMs = 10_000

/** When writes were due, acknowledged, and heard of by somebody who hears of all of them, in their order. Milliseconds. */
export class News {
  /** Differences that everybody was told. */
  differences = 0
  #due: number[] = []
  #acknowledged: number[] = []
  #heard: number[] = []

  /** From now on it counts. */
  begin(): void {
    this.differences = 0
    this.#due = []
    this.#acknowledged = []
    this.#heard = []
  }

  /** The number of a write that was due at this moment. */
  asked(due: number): number {
    return this.#due.push(due) - 1
  }

  acknowledged(at: number): void {
    this.#acknowledged[at] = performance.now()
  }

  /** So many of the writes that nobody had heard of yet were heard of. */
  heard(records: number): void {
    const now = performance.now()
    this.differences += 1
    for (let left = records; left > 0; left--) this.#heard.push(now)
  }

  /** Resolves when all has been heard; rejects when something never is. */
  async complete(): Promise<void> {
    const until = performance.now() + patienceMs
    while (this.#heard.length < this.#due.length) {
      if (performance.now() > until)
        throw new Error(`wrong answer: of ${this.#due.length} updates a live query was told ${this.#heard.length}`)
      await turn()
    }
    if (this.#heard.length > this.#due.length)
      throw new Error(`wrong answer: of ${this.#due.length} updates a live query was told ${this.#heard.length}`)
  }

  /** From the moment when each write was due until it was heard of. */
  get heardP99(): number | undefined {
    return quantile(
      Float64Array.from(this.#heard, (at, nth) => at - (this.#due[nth] ?? at)),
      0.99,
    )
  }

  /** From the acknowledgement of each write until it was heard of; below zero where the news came first. */
  get behindP99(): number | undefined {
    return quantile(
      Float64Array.from(this.#heard, (at, nth) => at - (this.#acknowledged[nth] ?? at)),
      0.99,
    )
  }
}
