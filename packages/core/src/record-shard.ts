import type { Slot, StoredRecord } from '@stateward/contract'

/** A key is the slot times this, plus the number of the type, plus one: 0 is a free place. */
export const typesPerStore = 4_096
const smallest = 8
/** It grows when more than this part of its places is taken. */
const fullest = 0.75

export const nowhere = -1

export interface CacheEntry {
  readonly key: number
  readonly record: StoredRecord | undefined
  readonly size: number
  readonly mark: number
}

/** Records by key in one table, with linear probing and backward-shift deletion. */
export class RecordShard {
  keys: Float64Array = new Float64Array(smallest)
  sizes: Uint32Array = new Uint32Array(smallest)
  marks: Uint8Array = new Uint8Array(smallest)
  records: (StoredRecord | undefined)[] = new Array(smallest).fill(undefined)
  #count = 0

  find(key: number, hash: number): number {
    const { keys } = this
    const mask = keys.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const there = keys[at]
      if (there === key) return at
      if (there === 0) return nowhere
    }
  }

  /** A key that it does not have. */
  add(entry: CacheEntry, hash: number): void {
    if (++this.#count > this.keys.length * fullest) this.#resize(this.keys.length * 2)
    this.#put(entry, hash)
  }

  replace(at: number, record: StoredRecord, size: number): void {
    this.records[at] = record
    this.sizes[at] = size
  }

  *entries(): Generator<CacheEntry> {
    for (let at = 0; at < this.keys.length; at++) if (this.keys[at] !== 0) yield this.#entryAt(at)
  }

  /** Moves back what would not be reached any more from where it belongs. */
  removeAt(from: number): void {
    this.#count--
    const { keys } = this
    const mask = keys.length - 1
    let gap = from
    for (let at = (gap + 1) & mask; keys[at] !== 0; at = (at + 1) & mask) {
      const home = hashOfKey(keys[at] ?? 0) & mask
      if (((at - home) & mask) < ((at - gap) & mask)) continue
      this.#setAt(gap, this.#entryAt(at))
      gap = at
    }
    this.#setAt(gap, { key: 0, record: undefined, size: 0, mark: 0 })
  }

  clear(): void {
    this.#count = 0
    this.#resize(smallest, [])
  }

  /** Takes as few places as hold what there is. */
  fit(): void {
    let places = smallest
    while (this.#count > places * fullest) places *= 2
    if (places < this.keys.length) this.#resize(places)
  }

  #resize(places: number, former: readonly CacheEntry[] = [...this.entries()]): void {
    this.keys = new Float64Array(places)
    this.sizes = new Uint32Array(places)
    this.marks = new Uint8Array(places)
    this.records = new Array(places).fill(undefined)
    for (const entry of former) this.#put(entry, hashOfKey(entry.key))
  }

  #put(entry: CacheEntry, hash: number): void {
    const mask = this.keys.length - 1
    let at = hash & mask
    while (this.keys[at] !== 0) at = (at + 1) & mask
    this.#setAt(at, entry)
  }

  #entryAt(at: number): CacheEntry {
    const { keys, records, sizes, marks } = this
    return { key: keys[at] ?? 0, record: records[at], size: sizes[at] ?? 0, mark: marks[at] ?? 0 }
  }

  #setAt(at: number, { key, record, size, mark }: CacheEntry): void {
    this.keys[at] = key
    this.records[at] = record
    this.sizes[at] = size
    this.marks[at] = mark
  }
}

export function keyOf(type: number, slot: Slot): number {
  return slot * typesPerStore + type + 1
}

export function hashOfKey(key: number): number {
  const type = (key - 1) % typesPerStore
  return hashOf(type, (key - 1 - type) / typesPerStore)
}

/** The end is that of MurmurHash3 (public domain). */
export function hashOf(type: number, slot: Slot): number {
  let hash = Math.imul(slot, 0x9e3779b1) ^ Math.imul(type, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}
