import { IdEndings, idTable } from '@stateward/index'

const idsPerStep = 1_024

/** The ids of deleted records in the order of their ends. Empty, and told nothing, until it is filled. */
export class BuriedIds {
  readonly #ids = idTable()
  readonly #tombstones: () => Iterable<string>
  #isBegun = false
  readonly endings: IdEndings = new IdEndings(this.#ids)

  constructor(tombstones: () => Iterable<string>) {
    this.#tombstones = tombstones
  }

  buried(id: string): void {
    if (this.#isBegun) this.#add(id)
  }

  risen(id: string): void {
    const slot = this.#isBegun ? this.#ids.slotOf(id) : undefined
    if (slot === undefined) return
    this.endings.removing(slot)
    this.#ids.remove(id)
  }

  /** Takes in every tombstone; between two steps they may come and go. O(n), once. */
  *fill(): Generator<void, void> {
    this.#isBegun = true
    let taken = 0
    // A map that changes while it is gone through tells of what comes, and not of what has gone.
    for (const id of this.#tombstones()) {
      this.#add(id)
      if (++taken % idsPerStep === 0) yield
    }
    yield* this.endings.fill()
  }

  #add(id: string): void {
    if (this.#ids.slotOf(id) === undefined) this.endings.added(this.#ids.insert(id), id)
  }
}
