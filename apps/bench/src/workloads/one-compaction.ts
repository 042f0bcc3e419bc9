import { performance } from 'node:perf_hooks'
import type { Store } from '../contender.ts'

/** One compaction of a store, beside whatever else is asked of it. */
export class OneCompaction {
  readonly #store: Store
  #running: Promise<void> | undefined
  #tookMs: number | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /** Whether nobody need wait for it any more; one that has failed is over, too. */
  isOver = false

  /** Does nothing but the first time. A store may do all of it within this call. */
  begin(): void {
    if (this.#running !== undefined) return
    this.#running = this.#run()
    // Told by `ended`.
    this.#running.catch(() => undefined)
  }

  /** How many milliseconds it took. Rejects with what it has failed with, and where it was never begun. */
  async ended(): Promise<number> {
    await this.#running
    if (this.#tookMs === undefined) throw new Error('expected a compaction to have been begun, found none')
    return this.#tookMs
  }

  async #run(): Promise<void> {
    const begun = performance.now()
    try {
      await this.#store.compact?.(new AbortController().signal)
      this.#tookMs = performance.now() - begun
    } finally {
      this.isOver = true
    }
  }
}
