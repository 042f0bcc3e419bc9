import type { Slot } from '@stateward/contract'
import type { Key } from '../keys/key-order.ts'
import type { Chunk } from './chunk.ts'
import type { ChunkList } from './chunk-list.ts'
import { chunkOf, offsetOf, type Place, placeAt } from './place.ts'

// Iterators by hand, not generators: 20 rows took 2.8 µs with those, and the first 20 rows are the commonest question.

/** So many equal entries are looked at one by one before a search for the first of them. */
const stepsBack = 8
/** So many slots are looked for at once; 64 bytes are allocated as cheaply as an object. */
const readAhead = 16
const none = new Uint32Array(0)

/** Slots from one place to another. */
export class AscendingScan implements IterableIterator<Slot> {
  readonly #chunks: ChunkList
  readonly #to: Place
  #slots: Uint32Array = none
  #number: number
  #at = 0
  #end = 0

  constructor(chunks: ChunkList, from: Place, to: Place) {
    this.#chunks = chunks
    // Nothing is before the first place.
    this.#to = from < to ? to : 0
    this.#number = chunkOf(from) - 1
    this.#enterNext(offsetOf(from))
  }

  [Symbol.iterator](): IterableIterator<Slot> {
    return this
  }

  next(): IteratorResult<Slot, undefined> {
    while (this.#at >= this.#end) if (!this.#enterNext(0)) return { done: true, value: undefined }
    return { done: false, value: this.#slots[this.#at++] ?? 0 }
  }

  /** Whether there was a chunk to go on with. */
  #enterNext(at: number): boolean {
    const number = this.#number + 1
    const chunk = this.#chunks.get(number)
    if (chunk === undefined || placeAt(number, at) >= this.#to) return false
    this.#number = number
    this.#slots = chunk.slots
    this.#at = at
    this.#end = number === chunkOf(this.#to) ? offsetOf(this.#to) : chunk.length
    return true
  }
}

/** Finds the place before all entries of a group and key. */
export type FindStart = (group: number, key: Key) => Place

/** Slots from one place back to another, run by run: those that share group and key in ascending order. */
export class DescendingScan implements IterableIterator<Slot> {
  readonly #chunks: ChunkList
  readonly #from: Place
  readonly #findStart: FindStart
  /** The run being given. What is before its start is still to come. */
  #runStart: Place
  #runEnd: Place
  /** The chunk in which the run starts, where in it, and the first of its entries that is to be given at all. */
  #startChunk: Chunk | undefined
  #startAt = 0
  #lowest = 0
  readonly #ahead = new Uint32Array(readAhead)
  /** What is being read: the part of the run that is in one chunk, or slots read ahead. */
  #slots: Uint32Array = none
  #number: number
  #at = 0
  #end = 0

  constructor(chunks: ChunkList, from: Place, to: Place, findStart: FindStart) {
    this.#chunks = chunks
    this.#from = from
    this.#findStart = findStart
    this.#runStart = to
    this.#runEnd = to
    this.#number = chunkOf(to)
  }

  [Symbol.iterator](): IterableIterator<Slot> {
    return this
  }

  next(): IteratorResult<Slot, undefined> {
    while (this.#at >= this.#end) {
      if (!this.#readBack() && !this.#enterNext()) return { done: true, value: undefined }
    }
    return { done: false, value: this.#slots[this.#at++] ?? 0 }
  }

  /** Goes on with entries before the run that are plainly runs by themselves, as most are where keys differ. */
  #readBack(): boolean {
    const chunk = this.#startChunk
    if (chunk === undefined || this.#isRunUnread) return false
    let at = this.#startAt - 1
    let count = 0
    while (count < readAhead && at > this.#lowest && !chunk.isAsBefore(at)) this.#ahead[count++] = chunk.slot(at--)
    this.#startAt -= count
    this.#runStart -= count
    this.#slots = this.#ahead
    this.#at = 0
    this.#end = count
    return count > 0
  }

  get #isRunUnread(): boolean {
    return this.#number < chunkOf(this.#runEnd)
  }

  /** Whether there was a further chunk of this run, or a run before it. */
  #enterNext(): boolean {
    if (this.#isRunUnread) {
      this.#enter(this.#number + 1, 0)
      return true
    }
    if (this.#runStart <= this.#from) return false
    this.#runEnd = this.#runStart
    this.#runStart = this.#startOfRun(this.#runEnd)
    const number = chunkOf(this.#runStart)
    this.#startChunk = this.#chunks.get(number)
    this.#startAt = offsetOf(this.#runStart)
    this.#lowest = number === chunkOf(this.#from) ? offsetOf(this.#from) : 0
    this.#enter(number, this.#startAt)
    return true
  }

  #enter(number: number, at: number): void {
    const chunk = this.#chunks.get(number)
    this.#number = number
    this.#slots = chunk?.slots ?? none
    this.#at = at
    this.#end = number === chunkOf(this.#runEnd) ? offsetOf(this.#runEnd) : (chunk?.length ?? 0)
  }

  /** The place before the first entry that has group and key of the entry before `end`. */
  #startOfRun(end: Place): Place {
    const number = offsetOf(end) > 0 ? chunkOf(end) : chunkOf(end) - 1
    const chunk = this.#chunks.get(number)
    if (chunk === undefined) return 0
    let at = (offsetOf(end) > 0 ? offsetOf(end) : chunk.length) - 1
    const group = chunk.groups.get(at)
    const lowest = Math.max(0, at - stepsBack)
    while (at > lowest && chunk.isAsBefore(at)) at--
    if (at > lowest) return placeAt(number, at)
    const key = chunk.keys.get(at)
    const former = this.#chunks.get(number - 1)
    if (at === 0 && former?.compare(former.length - 1, group, key) !== 0) return placeAt(number, 0)
    return this.#findStart(group, key)
  }
}
