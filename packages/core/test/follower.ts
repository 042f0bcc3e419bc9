import type { Commit, Seq } from '@stateward/contract'
import type { TinyState } from './open-tiny.ts'

/** Collects what a store tells its followers. */
export class Follower {
  readonly commits: Commit[] = []
  readonly #abort = new AbortController()
  readonly #ended: Promise<void>
  #seen: (() => void) | undefined

  constructor(state: TinyState, from: Seq) {
    this.#ended = this.#collect(state, from)
  }

  async #collect(state: TinyState, from: Seq): Promise<void> {
    for await (const group of state.follow(from, this.#abort.signal)) {
      this.commits.push(...group)
      this.#seen?.()
    }
  }

  /** Settles when the commit `seq` has come. */
  async reached(seq: Seq): Promise<void> {
    while ((this.commits.at(-1)?.seq ?? 0) < seq)
      await new Promise<void>((resolve) => {
        this.#seen = resolve
      })
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }
}
