import type { Slot } from '@stateward/contract'
import { DamagedImage } from '../images/damaged-image.ts'
import { bytesOf, type Imaged, type ImageReader, type ImageWriter } from '../images/image.ts'
import { LazyPages } from '../images/lazy-pages.ts'
import { makeWords, packWords, unpackWords } from '../images/packed-words.ts'
import { uuidWords } from '../keys/uuid.ts'
import type { IdRows } from './id-rows.ts'

/** A shard grows when more than this part of its places is taken. */
const fullest = 0.8
const growth = 1.6
const smallest = 8
const shardBits = 8
/** Of the 32 bits of a place the lower ones hold slot + 1 and the upper ones a tag: most misses need no look at an id. */
const slotBits = 26
const slotMask = (1 << slotBits) - 1

/** The most slots there may be. */
export const mostSlots: number = slotMask

const read = new Uint32Array(uuidWords)

/** 32 bits for the four words of a UUID, the same for the same words. */
export type UuidHash = (a: number, b: number, c: number, d: number) => number

/**
 * UUID → slot, for the UUIDs that `rows` holds: open addressing with linear probing and backward-shift deletion, in 256
 * small tables, so that growing one moves 1/256 of the slots and no insertion takes long. 5 to 8 bytes a slot. A bad
 * hash makes it slow, never wrong.
 */
export class UuidSlots implements Imaged {
  readonly #rows: IdRows
  readonly #hash: UuidHash
  readonly #tables = new LazyPages<Uint32Array>({
    sizeOf: ({ byteLength }) => byteLength,
    memoryOf: (table) => table,
    copyOf: (table) => table.slice(),
    bytesOf: packed,
    pageOf: (bytes, shard) => tableOf(bytes, this.#counts[shard] ?? 0),
  })
  readonly #counts = new Uint32Array(1 << shardBits)

  constructor(rows: IdRows, hash: UuidHash = mixed) {
    this.#rows = rows
    this.#hash = hash
  }

  find(words: Uint32Array): Slot | undefined {
    // A destructuring pattern would ask the array for an iterator: five times as slow.
    const a = words[0] ?? 0
    const b = words[1] ?? 0
    const c = words[2] ?? 0
    const d = words[3] ?? 0
    const hash = this.#hash(a, b, c, d)
    const table = this.#tables.get(shardOf(hash))
    if (table === undefined) return undefined
    for (let at = homeOf(hash, table.length); ; at = following(at, table.length)) {
      const entry = table[at] ?? 0
      if (entry === 0) return undefined
      if (entry >>> slotBits !== tagOf(hash)) continue
      const slot = (entry & slotMask) - 1
      this.#rows.readUuid(slot, read)
      if (read[3] === d && read[2] === c && read[1] === b && read[0] === a) return slot
    }
  }

  /** Adds a slot whose UUID is in the rows and not yet in here. */
  insert(slot: Slot): void {
    const hash = this.#hashOf(slot)
    const table = this.#roomIn(shardOf(hash))
    place(table, hash, slot)
  }

  /** Removes a slot whose UUID is still in the rows. */
  remove(slot: Slot): void {
    const hash = this.#hashOf(slot)
    const table = this.#tables.own(shardOf(hash))
    if (table === undefined) return
    let at = homeOf(hash, table.length)
    while (((table[at] ?? 0) & slotMask) - 1 !== slot) {
      if (table[at] === 0) return
      at = following(at, table.length)
    }
    this.#counts[shardOf(hash)] = (this.#counts[shardOf(hash)] ?? 0) - 1
    this.#closeGap(table, at)
  }

  get bytes(): number {
    return this.#counts.byteLength + this.#tables.bytes
  }

  clear(): void {
    this.#tables.clear()
    this.#counts.fill(0)
  }

  release(): readonly ArrayBufferView[] {
    return this.#tables.release()
  }

  save(image: ImageWriter): void {
    image.words(this.#counts)
    this.#tables.save(image)
  }

  load(image: ImageReader): void {
    this.#counts.set(image.words())
    this.#tables.load(image)
  }

  /** Moves back every entry behind the gap that would otherwise no longer be reached from its home. */
  #closeGap(table: Uint32Array, from: number): void {
    let gap = from
    for (let at = following(gap, table.length); ; at = following(at, table.length)) {
      const entry = table[at] ?? 0
      if (entry === 0) break
      const home = homeOf(this.#hashOf((entry & slotMask) - 1), table.length)
      if (distance(home, at, table.length) < distance(gap, at, table.length)) continue
      table[gap] = entry
      gap = at
    }
    table[gap] = 0
  }

  #hashOf(slot: Slot): number {
    this.#rows.readUuid(slot, read)
    return this.#hash(read[0] ?? 0, read[1] ?? 0, read[2] ?? 0, read[3] ?? 0)
  }

  #roomIn(shard: number): Uint32Array {
    const count = (this.#counts[shard] ?? 0) + 1
    this.#counts[shard] = count
    const there = this.#tables.own(shard)
    if (there !== undefined && count <= there.length * fullest) return there
    const table = new Uint32Array(there === undefined ? smallest : Math.ceil(there.length * growth))
    there?.forEach((entry) => {
      const slot = (entry & slotMask) - 1
      if (slot >= 0) place(table, this.#hashOf(slot), slot)
    })
    this.#tables.set(shard, table)
    return table
  }
}

/** Slots take few bits each, if their tags are apart. */
function packed(table: Uint32Array): Uint8Array {
  const columns = new Uint32Array(table.length * 2)
  for (let at = 0; at < table.length; at++) {
    const entry = table[at] ?? 0
    columns[at * 2] = entry >>> slotBits
    columns[at * 2 + 1] = entry & slotMask
  }
  return bytesOf(packWords(columns, 2))
}

function tableOf(bytes: Uint8Array<ArrayBuffer>, count: number): Uint32Array {
  const columns = unpackWords(new Uint32Array(bytes.buffer), makeWords)
  const table = new Uint32Array(columns.length / 2)
  for (let at = 0; at < table.length; at++)
    table[at] = ((columns[at * 2] ?? 0) << slotBits) | (columns[at * 2 + 1] ?? 0)
  // A search ends at a free place, so that there must be one.
  if (count < table.length && table.includes(0)) return table
  throw new DamagedImage(`a table of ${table.length} places for ${count} ids, and none of them free`)
}

function place(table: Uint32Array, hash: number, slot: Slot): void {
  let at = homeOf(hash, table.length)
  while (table[at] !== 0) at = following(at, table.length)
  table[at] = (tagOf(hash) << slotBits) | (slot + 1)
}

/** Each word is folded in by a multiplication; the end is that of MurmurHash3 (public domain). */
function mixed(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a ^ 0x9e3779b1, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15) ^ d, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The upper bits of a hash choose the shard, the lower 24 the place in it, and six of those are the tag too. */
function shardOf(hash: number): number {
  return hash >>> (32 - shardBits)
}

function homeOf(hash: number, places: number): number {
  return Math.floor(((hash & 0xff_ffff) / 0x100_0000) * places)
}

function tagOf(hash: number): number {
  return hash & 0x3f
}

function following(at: number, places: number): number {
  return at + 1 === places ? 0 : at + 1
}

/** Steps forward from one place to another. */
function distance(from: number, to: number, places: number): number {
  return to >= from ? to - from : to - from + places
}
