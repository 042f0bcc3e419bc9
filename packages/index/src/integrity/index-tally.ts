import type { Slot, StoredRecord } from '@stateward/contract'
import type { KeptIndex } from '../indexes/field-index.ts'
import { checkEntry, type EntryCheck, mostLooked } from './check-entry.ts'
import type { EntryPlace } from './entry-place.ts'

/** What the records say that stands at one place: how many, and a sum of their slots that does not depend on their order. */
interface Tally extends EntryPlace {
  count: number
  digest: number
}

const slotsPerStep = 1_024
/** So often a place is gone through again because something was written meanwhile; then it is left out. */
const mostTries = 4
const digestModulus = 2 ** 48

/**
 * Compares an index with the records a few at a time, while both change: how many entries it must hold, each of them where
 * few records share its place, and a digest of every place that many share. Takes memory for one place in 64 records at most.
 * An index of a domain's own may give more than it must, and its entries are its own matter: of that only what is missing counts.
 */
export class IndexTally {
  readonly index: KeptIndex
  readonly #crowded = new Map<string, Tally>()
  #owed = 0
  #isLying = false
  #changes = 0

  constructor(index: KeptIndex) {
    this.index = index
  }

  /** Counts a record that the index must hold by now. */
  count(slot: Slot, record: StoredRecord): void {
    this.#take(slot, record, 1)
  }

  /** A record was changed, which the index has taken in: what was counted of it before, and what is to be counted now. */
  change(slot: Slot, before: StoredRecord | undefined, after: StoredRecord | undefined): void {
    this.#changes++
    if (before !== undefined) this.#take(slot, before, -1)
    if (after !== undefined) this.#take(slot, after, 1)
  }

  /**
   * Whether the index holds all that was counted, which is every record, and nothing else. What has more records than one
   * look is gone through in steps, between which records may change, if `change` is told.
   */
  *verdict(): Generator<void, boolean> {
    try {
      if (this.#isLying || !this.#isOfSize()) return false
      for (const tally of this.#crowded.values()) if (!(yield* this.#holds(tally))) return false
      return !this.#isLying && this.#isOfSize()
    } catch {
      return false
    }
  }

  #isOfSize(): boolean {
    return this.index.isCustom === true || this.index.size() === this.#owed
  }

  #take(slot: Slot, record: StoredRecord, sign: 1 | -1): void {
    const { entries, ok, crowded } = this.#checked(slot, record)
    this.#owed += sign * entries
    // What a change has taken away is not there any more.
    if (sign === 1 && !ok) this.#isLying = true
    for (const { key, probe } of crowded) {
      const tally = this.#crowded.get(key) ?? { key, probe, count: 0, digest: 0 }
      this.#crowded.set(key, tally)
      tally.count += sign
      tally.digest = (tally.digest + sign * digestOf(slot) + digestModulus) % digestModulus
    }
  }

  /** One that is damaged may throw as well as lie. */
  #checked(slot: Slot, record: StoredRecord): EntryCheck {
    try {
      return checkEntry(this.index, slot, record)
    } catch {
      this.#isLying = true
      return { entries: 0, ok: false, crowded: [] }
    }
  }

  *#holds(tally: Tally): Generator<void, boolean> {
    for (let tries = 0; tries < mostTries; tries++) {
      // One that had few records at some time since was not counted from the beginning.
      if (this.index.estimate(tally.probe) <= mostLooked + this.#changes) return true
      const found = yield* this.#counted(tally)
      if (found === undefined) continue
      if (this.index.isCustom === true && found.count > tally.count) return true
      return found.count === tally.count && found.digest === tally.digest
    }
    return true
  }

  /** What the index gives for this place; `undefined` where something was written before all of it was seen. */
  *#counted({ probe }: EntryPlace): Generator<void, Pick<Tally, 'count' | 'digest'> | undefined> {
    const changes = this.#changes
    let count = 0
    let digest = 0
    for (const slot of this.index.lookup(probe)) {
      count++
      digest = (digest + digestOf(slot)) % digestModulus
      if (count % slotsPerStep !== 0) continue
      yield
      if (changes !== this.#changes) return undefined
    }
    return { count, digest }
  }
}

/** Spreads a slot over 32 bits. Source: the finalizer of MurmurHash3, Appleby 2011. */
function digestOf(slot: Slot): number {
  let mixed = slot + 1
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
