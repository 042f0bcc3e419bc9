import type { Environment } from './environment.ts'
import type { Term } from './term.ts'

export interface MemoryKeeperOptions {
  readonly term: () => Term
  readonly setTimer: Environment['setTimer']
  /** An index is to be built again. */
  readonly restored: () => void
}

const everyMs = 10_000

/** Looks now and then how much memory a state takes, also where nobody writes, and whether a dropped index may come back. */
export class MemoryKeeper {
  readonly #options: MemoryKeeperOptions
  #cancel: () => void = () => undefined

  constructor(options: MemoryKeeperOptions) {
    this.#options = options
  }

  start(): void {
    this.#cancel = this.#options.setTimer(() => {
      this.#look()
      this.start()
    }, everyMs)
  }

  /** Looks no more until the next `start`. */
  rest(): void {
    this.#cancel()
  }

  #look(): void {
    const { budget, live } = this.#options.term()
    budget.keep(live)
    if (live.whole.isReached && budget.restore(live)) this.#options.restored()
  }
}
