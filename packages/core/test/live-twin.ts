import type { LiveUpdate } from '@stateward/contract'
import { applyLive } from '@stateward/query'
import { expect } from 'vitest'
import { turns } from './turns.ts'

/** Takes in what is told of a result, and asks for the same by hand. */
export class LiveTwin<R> {
  rows: readonly R[] | undefined
  readonly kinds: string[] = []
  readonly #poll: () => Promise<readonly R[]>
  readonly #abort = new AbortController()
  readonly #ended: Promise<void>
  /** How many differences were told. */
  told = 0

  constructor(live: (signal: AbortSignal) => AsyncIterable<LiveUpdate<R>>, poll: () => Promise<readonly R[]>) {
    this.#poll = poll
    this.#ended = this.#watch(live(this.#abort.signal))
  }

  async #watch(updates: AsyncIterable<LiveUpdate<R>>): Promise<void> {
    let seq = 0
    for await (const update of updates) {
      expect(update.seq).toBeGreaterThanOrEqual(seq)
      seq = update.seq
      this.kinds.push(update.kind)
      if (update.kind === 'changes') this.told += update.changes.length
      this.rows = applyLive(this.rows ?? [], update)
    }
  }

  /** Looks that it is, within so many turns, what polling gives. */
  async settle(patience: number): Promise<void> {
    const polled = await this.#poll()
    const wanted = JSON.stringify(polled)
    for (let turn = 0; turn < patience && JSON.stringify(this.rows) !== wanted; turn++) await turns(1)
    if (JSON.stringify(this.rows) !== wanted) expect(this.rows).toEqual(polled)
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }
}
