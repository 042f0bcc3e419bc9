import type { Seq } from '@stateward/contract'
import { type Call, ModelStore, type Outcome } from '../../../core/test/model-store.ts'

export interface Predicted {
  readonly outcome: Outcome
  /** The commit that the call makes; `undefined` when it makes none. */
  readonly seq: Seq | undefined
}

/** The model of a store that also knows what it was told of safety, and can go back to any prefix of its commits. */
export class TrackedModel {
  #store = new ModelStore()
  /** The call of each commit, in the order of `seq`. */
  readonly #commits: { readonly call: Call; readonly now: string }[] = []
  /** What no kill may take. */
  acknowledged: Seq = 0
  /** What no power cut may take. */
  durable: Seq = 0

  get store(): ModelStore {
    return this.#store
  }

  get lastSeq(): Seq {
    return this.#store.lastSeq
  }

  predict(call: Call, now: string): Predicted {
    const before = this.lastSeq
    const outcome = this.#store.write(call, now)
    if (this.lastSeq === before) return { outcome, seq: undefined }
    this.#commits.push({ call, now })
    return { outcome, seq: this.lastSeq }
  }

  /** Forgets every commit behind `seq`. */
  rewind(seq: Seq): void {
    if (seq === this.lastSeq) return
    const kept = this.#commits.splice(0).slice(0, seq)
    this.#store = new ModelStore()
    for (const { call, now } of kept) this.predict(call, now)
  }

  /** Everything is on the disk. */
  allDurable(): void {
    this.acknowledged = this.lastSeq
    this.durable = this.lastSeq
  }
}
