import type { Slot, StoredRecord } from '@stateward/contract'
import { IndexTally } from '@stateward/index'
import type { LiveType } from '../state/live.ts'
import type { Follower, Versions } from '../state/type-indexes.ts'

/** Compares the indexes of one type with its records, slots in their order and a few in a turn, while records change. */
export class IndexCensus implements Follower {
  readonly indexes: LiveType['indexes']
  readonly #tallies: readonly IndexTally[]
  upTo: Slot = 0
  /** Records that were counted. */
  records = 0

  constructor(indexes: LiveType['indexes']) {
    this.indexes = indexes
    this.#tallies = indexes.map((index) => new IndexTally(index))
  }

  /** Counts the records of the slots from `upTo` to `end`, which are those of this very turn. */
  take(rows: ReadonlyMap<Slot, StoredRecord>, end: Slot): void {
    for (const [slot, record] of rows) for (const tally of this.#tallies) tally.count(slot, record)
    this.records += rows.size
    this.upTo = end
  }

  follow(slot: Slot, { before, after }: Versions): void {
    for (const tally of this.#tallies) tally.change(slot, before, after)
  }

  /** In steps: those that do not hold what the records say. To be begun in the turn in which the last slot was counted. */
  *lying(): Generator<void, LiveType['indexes']> {
    this.upTo = Number.POSITIVE_INFINITY
    const lying: LiveType['indexes'][number][] = []
    for (const tally of this.#tallies) if (!(yield* tally.verdict())) lying.push(tally.index)
    return lying
  }
}
