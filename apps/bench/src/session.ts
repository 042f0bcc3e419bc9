import type { OpenStore, Store } from './contender.ts'
import type { DataSet } from './data/data-set.ts'
import type { Timing } from './measure/timing.ts'

export interface SessionOptions {
  readonly opener: OpenStore
  readonly dir: string
  readonly data: DataSet
  readonly timing: Timing
  /** Whether its answers can be right: an adapter that does nothing has none. */
  readonly answers: boolean
  /** Whether what was written is there after closing and opening. */
  readonly reopens: boolean
}

/** One contender in one directory, with at most one open store. */
export class Session {
  readonly data: DataSet
  readonly timing: Timing
  readonly answers: boolean
  readonly reopens: boolean
  readonly #options: SessionOptions
  #store: Store | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.data = options.data
    this.timing = options.timing
    this.answers = options.answers
    this.reopens = options.reopens
  }

  /** The open store; opened when it is not. */
  async open(): Promise<Store> {
    const { opener, dir, data } = this.#options
    this.#store ??= await opener(dir, { size: data.size, seed: data.seed })
    return this.#store
  }

  async close(): Promise<void> {
    const store = this.#store
    this.#store = undefined
    await store?.close()
  }
}
