import type { Term } from '../lifecycle/term.ts'
import type { Environment } from '../scheduling/environment.ts'

export interface MemoryKeeperOptions {
  readonly term: () => Term
  readonly setTimer: Environment['setTimer']
  /** An index is to be built again. */
  readonly restored: () => void
  /** Called when it has ended for a reason that it does not expect. */
  readonly failed: (error: unknown) => void
}

const everyMs = 10_000

/** Looks now and then how much memory a state takes, also where nobody writes, and whether a dropped index may come back. */
export class MemoryKeeper {
  readonly #options: MemoryKeeperOptions
  #cancel: () => void = () => undefined
  #isResting = true

  constructor(options: MemoryKeeperOptions) {
    this.#options = options
  }

  start(): void {
    this.#isResting = false
    this.#cancel = this.#options.setTimer(() => {
      try {
        this.#look()
        this.start()
      } catch (error) {
        // Thrown from a timer it would be the end of the process.
        this.#options.failed(error)
      }
    }, everyMs)
  }

  /** Looks no more until the next `start`. */
  rest(): void {
    this.#isResting = true
    this.#cancel()
  }

  #look(): void {
    const { term, restored, failed } = this.#options
    const { budget, live } = term()
    budget.keep(live)
    if (![...live.types.values()].some(({ kept }) => kept.dropped.length > 0)) return
    if (live.whole.isReached) {
      if (budget.restore(live)) restored()
      return
    }
    // What room there is for an index is not known before all else is in memory.
    live.whole.reached().catch((error: unknown) => {
      if (!this.#isResting && live === term().live) failed(error)
    })
  }
}
