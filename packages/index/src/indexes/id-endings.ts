import type { Slot } from '@stateward/contract'
import type { IdTable } from '../ids/id-table.ts'
import { compareFromEnd, reversedIds, sharedEnding, turned } from '../ids/reversed-ids.ts'
import { keyOrder } from '../keys/key-order.ts'
import { uuidWords } from '../keys/uuid.ts'
import { OrderedList } from '../lists/ordered-list.ts'
import { sortedByWords } from '../sorting/sorted-by.ts'
import { rowsPerStep, type Steps } from '../sorting/steps.ts'

/** Ids that end alike: some of them, and how many there are. */
export interface SameEnding {
  readonly ids: readonly string[]
  readonly count: number
}

const group = 0
const fewInserts = 256

/**
 * The ids of a table in the order of their ends: which ones end with a text, and how much of an end tells an id from all
 * others, in O(log n). Empty, and told nothing, until it is filled; from then on it takes 5 to 8 bytes an id.
 */
export class IdEndings {
  readonly #ids: IdTable
  readonly #list: OrderedList
  /** While ids are being sorted: slots whose id came or went meanwhile. */
  #touched: Set<Slot> | undefined
  /** What is still to be put in, one by one. */
  readonly #left = new Set<Slot>()
  #state: 'empty' | 'sorting' | 'inserting' | 'filled' = 'empty'

  constructor(ids: IdTable) {
    this.#ids = ids
    this.#list = new OrderedList(keyOrder('value'), reversedIds(ids))
  }

  get isFilled(): boolean {
    return this.#state === 'filled'
  }

  /** The table has this id in a slot that was free. */
  added(slot: Slot, id: string): void {
    if (this.#state === 'sorting') this.#touched?.add(slot)
    else if (this.#state !== 'empty') this.#list.insert({ group, key: undefined, slot }, id)
  }

  /** The table is about to free a slot. */
  removing(slot: Slot): void {
    if (this.#state === 'sorting') this.#touched?.add(slot)
    else if (this.#state !== 'empty' && !this.#left.delete(slot)) this.#list.remove({ group, key: undefined, slot })
  }

  /** Takes in all ids that the table holds; between two steps it may change. O(n), once. */
  *fill(): Steps {
    if (this.#state !== 'empty') return
    this.#state = 'sorting'
    const touched = new Set<Slot>()
    this.#touched = touched
    const sorted = yield* this.#sortedUuids()
    // All that was sorted by what it was then goes in within one step, and what has changed meanwhile one by one.
    const steady = touched.size === 0 ? sorted : sorted.filter((slot) => !touched.has(slot))
    for (const _ of this.#list.fill({ slots: steady, groups: undefined, keys: undefined }, this.#ids));
    for (const slot of touched) if (this.#ids.idOf(slot) !== '') this.#left.add(slot)
    this.#touched = undefined
    this.#state = 'inserting'
    let inserts = 0
    for (const slot of this.#left) {
      this.#left.delete(slot)
      this.#list.insert({ group, key: undefined, slot }, this.#ids.idOf(slot))
      if (++inserts % fewInserts === 0) yield
    }
    this.#state = 'filled'
  }

  /** The ids that end with a text, at most so many of them. O(log n), and what it answers. */
  endingWith(end: string, most: number): SameEnding {
    const [list, ids] = [this.#list, this.#ids]
    const from = list.placeOfId(end, 'before')
    const to = list.placeBehind((slot) => {
      const id = ids.idOf(slot)
      return id.endsWith(end) || compareFromEnd(id, end) < 0
    })
    const found: string[] = []
    for (const slot of list.ascending(from, to)) {
      if (found.length === most) break
      found.push(ids.idOf(slot))
    }
    return { ids: found, count: list.count(from, to) }
  }

  /** The fewest last characters of an id that no other one ends with: all of it, where another ends with the whole. O(log n). */
  shortestOf(id: string): string {
    const { before, behind } = this.#beside(id)
    const shared = Math.max(0, ...[before, behind].map((other) => (other === undefined ? 0 : sharedEnding(id, other))))
    return id.slice(-(shared + 1))
  }

  /** The ids that share the most of their ends with a text, none of which ends with it: one or two; none of an empty table. O(log n). */
  nearest(end: string): readonly string[] {
    const { before, behind } = this.#beside(end)
    const [one, other] = [before, behind].map((id) => (id === undefined ? -1 : sharedEnding(end, id)))
    const found = [(one ?? -1) >= (other ?? -1) ? before : undefined, (other ?? -1) >= (one ?? -1) ? behind : undefined]
    return found.filter((id) => id !== undefined)
  }

  get bytes(): number {
    return this.#list.bytes
  }

  /** Those before and behind a text in the order of the ends. */
  #beside(text: string): { readonly before: string | undefined; readonly behind: string | undefined } {
    const list = this.#list
    const [before] = list.backward(list.start, list.placeOfId(text, 'before'))
    const [behind] = list.ascending(list.placeOfId(text, 'after'), list.end)
    const idOf = (slot: Slot | undefined) => (slot === undefined ? undefined : this.#ids.idOf(slot))
    return { before: idOf(before), behind: idOf(behind) }
  }

  /** Those ids that are UUIDs, by the words of now; any other is left to be put in by itself. */
  *#sortedUuids(): Steps<Uint32Array> {
    const ids = this.#ids
    const slots = new Uint32Array(ids.size)
    const words = Array.from({ length: uuidWords }, () => new Uint32Array(ids.size))
    const one = new Uint32Array(uuidWords)
    let [count, seen] = [0, 0]
    for (const slot of ids.slots()) {
      if (++seen % rowsPerStep === 0) yield
      if (!ids.readUuid(slot, one)) this.#touched?.add(slot)
      else if (count < slots.length) {
        for (let word = 0; word < uuidWords; word++) (words[word] ?? one)[count] = turned(one[word] ?? 0)
        slots[count++] = slot
      } else this.#touched?.add(slot)
    }
    const used = words.map((word) => word.subarray(0, count))
    return yield* sortedByWords(slots.subarray(0, count), used)
  }
}
