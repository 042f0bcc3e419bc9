import type { Slot } from '@stateward/contract'
import type { BulkRows } from '../ids/bulk-rows.ts'
import { IdRows } from '../ids/id-rows.ts'
import type { SlotIds } from '../ids/slot-ids.ts'
import type { Imaged, ImageReader, ImageWriter } from '../images/image.ts'
import type { Key, KeyOrder } from '../keys/key-order.ts'
import { rowsPerStep, type Steps } from '../sorting/steps.ts'
import { Chunk, type Entry, type Run } from './chunk.ts'
import { ChunkList } from './chunk-list.ts'
import { columnLength } from './column-room.ts'
import { chunkOf, offsetOf, type Place, placeAt } from './place.ts'
import { AscendingScan, DescendingScan } from './scans.ts'

/** A chunk with fewer entries joins a neighbour, if both together leave some room. */
const fewEntries = columnLength / 4
const joinedEntries = (columnLength / 4) * 3

/** Entries come in order if each goes within so many places of the one before: UUIDs of one millisecond come in any order. */
const nearby = 32

/** Which side of the entries that are meant a place is on. */
export type Side = 'before' | 'after'

/**
 * Entries in the order of group, key, id. They stand in chunks of up to 512, so that finding, inserting and removing take
 * O(log n) comparisons and move at most 8 KiB; chunks filled in order end up full. Places and scans hold until the next
 * change.
 */
export class OrderedList implements Imaged {
  readonly #order: KeyOrder
  readonly #ids: SlotIds
  /** The ids, where nobody else keeps them. */
  readonly #copies: IdRows | undefined
  readonly #chunks: ChunkList
  #size = 0

  /** @param ids knows the id of every slot in the list, and of one being inserted or removed; else the list keeps copies */
  constructor(order: KeyOrder, ids?: SlotIds) {
    const copies = new IdRows()
    this.#order = order
    this.#chunks = new ChunkList(order)
    this.#ids = ids ?? copies
    this.#copies = ids === undefined ? copies : undefined
  }

  get size(): number {
    return this.#size
  }

  /** How many chunks it takes; `size / 512` would be the fewest. */
  get chunkCount(): number {
    return this.#chunks.count
  }

  get start(): Place {
    return 0
  }

  get end(): Place {
    return placeAt(this.#chunks.count, 0)
  }

  /** @param id that of the entry's slot */
  insert(entry: Entry, id: string): void {
    this.#size++
    this.#copies?.set(entry.slot, id)
    const last = this.#chunks.get(this.#chunks.count - 1)
    if (last === undefined) {
      this.#chunks.push(new Chunk(this.#order, [entry]))
    } else if (this.#isBefore(last, last.length - 1, entry)) {
      this.#insertAt(this.#chunks.count - 1, last.length, entry)
    } else {
      this.#insertWithin(this.#placeOf(entry), entry)
    }
  }

  /** Whether the entry was there. */
  remove(entry: Entry): boolean {
    const place = this.#placeOf(entry)
    const number = chunkOf(place)
    if (this.#chunks.get(number)?.slot(offsetOf(place)) !== entry.slot) return false
    const chunk = this.#chunks.own(number)
    if (chunk === undefined) return false
    this.#size--
    this.#copies?.remove(entry.slot)
    chunk.remove(offsetOf(place))
    if (chunk.length === 0) this.#chunks.replace(number, 1)
    else if (chunk.length < fewEntries) this.#join(number)
    return true
  }

  /** Takes entries in that come in order. Only while it is empty. O(n). */
  *fill({ slots, groups, keys }: Run, ids: BulkRows['ids']): Steps {
    this.#size = slots.length
    for (let from = 0; from < slots.length; from += columnLength) {
      const to = from + columnLength
      const run = { slots: slots.subarray(from, to), groups: groups?.subarray(from, to), keys }
      if (from % rowsPerStep === 0) yield
      this.#chunks.push(Chunk.of(this.#order, run))
    }
    if (this.#copies === undefined) return
    for (const [at, slot] of slots.entries()) {
      if (at % rowsPerStep === 0) yield
      this.#copies.set(slot, ids.idOf(slot))
    }
  }

  clear(): void {
    this.#chunks.clear()
    this.#copies?.clear()
    this.#size = 0
  }

  get bytes(): number {
    return this.#chunks.bytes + (this.#copies?.bytes ?? 0)
  }

  release(): readonly ArrayBufferView[] {
    return [...this.#chunks.release(), ...(this.#copies?.release() ?? [])]
  }

  save(image: ImageWriter): void {
    image.numbers(this.#size)
    this.#chunks.save(image)
    this.#copies?.save(image)
  }

  load(image: ImageReader): void {
    const [size = 0] = image.numbers(1)
    this.#size = size
    this.#chunks.load(image)
    this.#copies?.load(image)
  }

  /** The place before, or after, all entries of this group and key. */
  place(group: number, key: Key, side: Side): Place {
    const isAfter = side === 'after'
    return this.#search((chunk, at) => {
      const order = chunk.compare(at, group, key)
      return order < 0 || (isAfter && order === 0)
    })
  }

  /** The place before, or after, all entries of this group. */
  placeOfGroup(group: number, side: Side): Place {
    const next = side === 'before' ? group : group + 1
    return this.#search((chunk, at) => chunk.groups.get(at) < next)
  }

  /** The place before, or after, an id, in a list where all entries share one group and key. */
  placeOfId(id: string, side: Side): Place {
    const isAfter = side === 'after'
    return this.#search((chunk, at) => {
      const order = this.#ids.compareText(chunk.slot(at), id)
      return order < 0 || (isAfter && order === 0)
    })
  }

  /** The place before the first entry of which this is not true; it must be true of all before any of which it is not. */
  placeBehind(isBefore: (slot: Slot) => boolean): Place {
    return this.#search((chunk, at) => isBefore(chunk.slot(at)))
  }

  /** How many entries stand between two places; 0 if `to` is not behind `from`. O(chunks between), not O(entries). */
  count(from: Place, to: Place): number {
    if (to <= from) return 0
    let count = offsetOf(to) - offsetOf(from)
    for (let chunk = chunkOf(from); chunk < chunkOf(to); chunk++) count += this.#chunks.lengthOf(chunk)
    return count
  }

  ascending(from: Place, to: Place): IterableIterator<Slot> {
    return new AscendingScan(this.#chunks, from, to)
  }

  /** From `to` back to `from`, both at the borders of groups or keys; those with one group and key by id ascending. */
  descending(from: Place, to: Place): IterableIterator<Slot> {
    return new DescendingScan(this.#chunks, from, to, (group, key) => this.place(group, key, 'before'))
  }

  /** From `to` back to `from`, each entry behind the one that follows it. */
  *backward(from: Place, to: Place): IterableIterator<Slot> {
    for (let number = chunkOf(to); number >= chunkOf(from); number--) {
      const chunk = this.#chunks.get(number)
      if (chunk === undefined) continue
      const end = number === chunkOf(to) ? offsetOf(to) : chunk.length
      const start = number === chunkOf(from) ? offsetOf(from) : 0
      for (let at = end - 1; at >= start; at--) yield chunk.slot(at)
    }
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
    let high = this.#chunks.count
    while (low < high) {
      const middle = (low + high) >>> 1
      const chunk = this.#chunks.get(middle)
      if (chunk !== undefined && isBefore(chunk, chunk.length - 1)) low = middle + 1
      else high = middle
    }
    const chunk = this.#chunks.get(low)
    if (chunk === undefined) return this.end
    let from = 0
    let to = chunk.length - 1
    while (from < to) {
      const middle = (from + to) >>> 1
      if (isBefore(chunk, middle)) from = middle + 1
      else to = middle
    }
    return placeAt(low, from)
  }

  #insertWithin(place: Place, entry: Entry): void {
    const number = chunkOf(place)
    const former = offsetOf(place) === 0 ? this.#chunks.get(number - 1) : undefined
    // The end of the chunk before is the same place, and where entries that come in order belong; but they share a chunk
    // with what follows rather than begin one more that is small.
    const isRoomBehind = (number < this.#chunks.count ? this.#chunks.lengthOf(number) : columnLength) < fewEntries
    if (former === undefined || former.expected !== former.length || (former.isFull && isRoomBehind)) {
      this.#insertAt(number, offsetOf(place), entry)
    } else this.#insertAt(number - 1, former.length, entry)
  }

  #insertAt(number: number, at: number, entry: Entry): void {
    const chunk = this.#chunks.get(number)
    if (chunk === undefined) return
    if (!chunk.isFull) this.#chunks.own(number)?.insert(at, entry)
    else if (at === chunk.length) this.#chunks.replace(number + 1, 0, new Chunk(this.#order, [entry]))
    else this.#split(number, at, entry)
  }

  /** Entries that come in order, or nearly so, leave full chunks behind; others leave halves with room for what comes between. */
  #split(number: number, at: number, entry: Entry): void {
    const chunk = this.#chunks.get(number)
    if (chunk === undefined) return
    const isInOrder = at > 0 && Math.abs(at - chunk.expected) <= nearby
    const cut = isInOrder ? at : chunk.length >>> 1
    const left = chunk.part(this.#order, 0, cut)
    const right = chunk.part(this.#order, cut, chunk.length)
    if (at <= cut) left.insert(at, entry)
    else right.insert(at - cut, entry)
    this.#chunks.replace(number, 1, left, right)
    if (left.length < fewEntries) this.#join(number)
    else if (right.length < fewEntries) this.#join(number + 1)
  }

  #join(number: number): void {
    for (const left of [number - 1, number]) {
      const chunk = this.#chunks.get(left)
      const right = this.#chunks.get(left + 1)
      if (chunk === undefined || right === undefined || chunk.length + right.length > joinedEntries) continue
      this.#chunks.replace(left, 2, new Chunk(this.#order, [...chunk.entries(), ...right.entries()]))
      return
    }
  }
}
