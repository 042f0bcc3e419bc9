import type { Slot } from '@stateward/contract'
import { Chunk, type Entry } from './chunk.ts'
import { columnLength } from './key-column.ts'
import type { Key, KeyOrder } from './key-order.ts'
import type { SlotIds } from './slot-ids.ts'

/** A chunk with fewer entries joins a neighbour, if both together leave some room. */
const fewEntries = columnLength / 4
const joinedEntries = (columnLength / 4) * 3
/** So many equal entries are looked at one by one before a search for the first of them. */
const stepsBack = 8

/** A place between the entries of a list: before entry `at` of a chunk, or `{ chunk: number of chunks, at: 0 }` at the end. */
export interface Place {
  readonly chunk: number
  readonly at: number
}

/** Which side of the entries with a given group and key a place is on. */
export type Side = 'before' | 'after'

/**
 * Entries in the order of group, key, id. They stand in chunks of up to 512, so that finding, inserting and removing take
 * O(log n) comparisons and move at most 6 KiB; chunks filled in order end up full.
 */
export class OrderedList {
  readonly #order: KeyOrder
  readonly #ids: SlotIds
  #chunks: Chunk[] = []
  #size = 0

  /** @param ids must know the id of every slot in the list, and of one that is being inserted or removed */
  constructor(order: KeyOrder, ids: SlotIds) {
    this.#order = order
    this.#ids = ids
  }

  get size(): number {
    return this.#size
  }

  get start(): Place {
    return { chunk: 0, at: 0 }
  }

  get end(): Place {
    return { chunk: this.#chunks.length, at: 0 }
  }

  insert(entry: Entry): void {
    this.#size++
    const last = this.#chunks.at(-1)
    if (last === undefined) {
      this.#chunks.push(new Chunk(this.#order, [entry]))
    } else if (this.#isBefore(last, last.length - 1, entry)) {
      this.#insertAt(this.#chunks.length - 1, last.length, entry)
    } else {
      const { chunk, at } = this.#placeOf(entry)
      // The end of the chunk before is the same place, and where entries that come in order belong.
      const former = at === 0 ? this.#chunks[chunk - 1] : undefined
      if (former !== undefined && former.expected === former.length) this.#insertAt(chunk - 1, former.length, entry)
      else this.#insertAt(chunk, at, entry)
    }
  }

  /** Whether the entry was there. */
  remove(entry: Entry): boolean {
    const place = this.#placeOf(entry)
    const chunk = this.#chunks[place.chunk]
    if (chunk === undefined || chunk.slot(place.at) !== entry.slot) return false
    this.#size--
    if (chunk.length === 1) {
      this.#chunks.splice(place.chunk, 1)
      return true
    }
    chunk.remove(place.at)
    if (chunk.length < fewEntries) this.#join(place.chunk)
    return true
  }

  clear(): void {
    this.#chunks = []
    this.#size = 0
  }

  /** The place before, or after, all entries of this group and key. */
  place(group: number, key: Key, side: Side): Place {
    return this.#search((chunk, at) => {
      const order = chunk.compare(at, group, key)
      return side === 'before' ? order < 0 : order <= 0
    })
  }

  /** The place before, or after, an id, in a list where all entries share one group and key. */
  placeOfId(id: string, side: Side): Place {
    return this.#search((chunk, at) => {
      const order = this.#ids.compareText(chunk.slot(at), id)
      return side === 'before' ? order < 0 : order <= 0
    })
  }

  /** How many entries stand between two places; 0 if `to` is not behind `from`. O(chunks between), not O(entries). */
  count(from: Place, to: Place): number {
    if (!isBehind(to, from)) return 0
    let count = to.at - from.at
    for (let chunk = from.chunk; chunk < to.chunk; chunk++) count += this.#chunks[chunk]?.length ?? 0
    return count
  }

  *ascending(from: Place, to: Place): IterableIterator<Slot> {
    for (let { chunk: number, at } = from; number <= to.chunk; number++, at = 0) {
      const chunk = this.#chunks[number]
      if (chunk === undefined) return
      const end = number === to.chunk ? to.at : chunk.length
      for (; at < end; at++) yield chunk.slot(at)
    }
  }

  /** From `to` back to `from`, both at the borders of groups or keys; those with one group and key by id ascending. */
  *descending(from: Place, to: Place): IterableIterator<Slot> {
    let end = to
    while (isBehind(end, from)) {
      const start = this.#startOfRun(end)
      yield* this.ascending(start, end)
      end = start
    }
  }

  /** From `to` back to `from`, each entry behind the one that follows it. */
  *backward(from: Place, to: Place): IterableIterator<Slot> {
    for (let end = to; isBehind(end, from); ) {
      end = this.#former(end)
      yield this.#chunks[end.chunk]?.slot(end.at) ?? 0
    }
  }

  /** The place before the first entry that shares group and key with the one before `end`. */
  #startOfRun(end: Place): Place {
    let start = this.#former(end)
    const chunk = this.#chunks[start.chunk]
    if (chunk === undefined) return this.start
    const group = Number(chunk.groups.get(start.at))
    const key = chunk.keys.get(start.at)
    for (let step = 0; step < stepsBack; step++) {
      if (start.chunk === 0 && start.at === 0) return start
      const former = this.#former(start)
      if (this.#chunks[former.chunk]?.compare(former.at, group, key) !== 0) return start
      start = former
    }
    return this.place(group, key, 'before')
  }

  /** The place of the entry before this one. */
  #former({ chunk, at }: Place): Place {
    return at > 0 ? { chunk, at: at - 1 } : { chunk: chunk - 1, at: (this.#chunks[chunk - 1]?.length ?? 1) - 1 }
  }

  #placeOf(entry: Entry): Place {
    return this.#search((chunk, at) => this.#isBefore(chunk, at, entry))
  }

  #isBefore(chunk: Chunk, at: number, { group, key, slot }: Entry): boolean {
    const order = chunk.compare(at, group, key)
    return order === 0 ? this.#ids.compare(chunk.slot(at), slot) < 0 : order < 0
  }

  /** The first place whose entry is not before what is sought. */
  #search(isBefore: (chunk: Chunk, at: number) => boolean): Place {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const chunk = this.#chunks[middle]
      if (chunk !== undefined && isBefore(chunk, chunk.length - 1)) low = middle + 1
      else high = middle
    }
    const chunk = this.#chunks[low]
    if (chunk === undefined) return this.end
    let from = 0
    let to = chunk.length - 1
    while (from < to) {
      const middle = (from + to) >>> 1
      if (isBefore(chunk, middle)) from = middle + 1
      else to = middle
    }
    return { chunk: low, at: from }
  }

  #insertAt(number: number, at: number, entry: Entry): void {
    const chunk = this.#chunks[number]
    if (chunk === undefined) return
    if (!chunk.isFull) chunk.insert(at, entry)
    else if (at === chunk.length) this.#chunks.splice(number + 1, 0, new Chunk(this.#order, [entry]))
    else this.#split(number, at, entry)
  }

  /** Entries that come in order leave full chunks behind; others leave halves with room for what comes between. */
  #split(number: number, at: number, entry: Entry): void {
    const chunk = this.#chunks[number]
    if (chunk === undefined) return
    const cut = at > 0 && at === chunk.expected ? at : chunk.length >>> 1
    const left = new Chunk(this.#order, chunk.entries(0, cut))
    const right = new Chunk(this.#order, chunk.entries(cut))
    if (at <= cut) left.insert(at, entry)
    else right.insert(at - cut, entry)
    this.#chunks.splice(number, 1, left, right)
  }

  #join(number: number): void {
    for (const left of [number - 1, number]) {
      const chunk = this.#chunks[left]
      const right = this.#chunks[left + 1]
      if (chunk === undefined || right === undefined || chunk.length + right.length > joinedEntries) continue
      this.#chunks.splice(left, 2, new Chunk(this.#order, [...chunk.entries(), ...right.entries()]))
      return
    }
  }
}

function isBehind(place: Place, other: Place): boolean {
  return place.chunk > other.chunk || (place.chunk === other.chunk && place.at > other.at)
}
