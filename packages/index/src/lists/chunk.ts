import type { Slot } from '@stateward/contract'
import type { ImageReader, ImageWriter } from '../images/image.ts'
import { makeWords } from '../images/packed-words.ts'
import type { Key, KeyOrder } from '../keys/key-order.ts'
import type { FieldColumn } from '../sorting/field-column.ts'
import { columnLength, roomFor, soundColumn, withoutWaste, withRoom } from './column-room.ts'
import { GroupColumn } from './group-column.ts'
import { KeyColumn } from './key-column.ts'

/** One entry of an ordered list: it stands by its group, in the group by its key, and under one key by the id of its slot. */
export interface Entry {
  readonly group: number
  readonly key: Key
  readonly slot: Slot
}

/** Consecutive entries: a group and key for each slot. */
export interface Run {
  readonly slots: Uint32Array
  /** `undefined`: all are in the first. */
  readonly groups: Uint32Array | undefined
  /** `undefined`: none has a key. */
  readonly keys: FieldColumn | undefined
}

/** What the engine takes for the objects of a chunk. */
const chunkBytes = 500

type Columns = Pick<Chunk, 'slots' | 'groups' | 'keys' | 'length' | 'expected'>

function columnsOf(order: KeyOrder, entries: readonly Entry[]): Columns {
  const slots = new Uint32Array(roomFor(entries.length))
  for (let at = 0; at < entries.length; at++) slots[at] = entries[at]?.slot ?? 0
  return {
    slots,
    groups: new GroupColumn(entries.map((entry) => entry.group)),
    keys: new KeyColumn(
      order,
      entries.map((entry) => entry.key),
    ),
    length: entries.length,
    expected: entries.length === 1 ? 1 : -1,
  }
}

/** Up to `columnLength` consecutive entries of an ordered list, never none. */
export class Chunk {
  slots: Uint32Array
  readonly groups: GroupColumn
  readonly keys: KeyColumn
  length: number
  /** Where the next entry goes if entries are coming in order; -1 if the last change was no insertion. */
  expected: number
  /** How many images that are being written it is part of: while it is, it must not change. */
  holders = 0

  constructor(order: KeyOrder, given: readonly Entry[] | Columns) {
    const { slots, groups, keys, length, expected } = 'slots' in given ? given : columnsOf(order, given)
    this.slots = slots
    this.groups = groups
    this.keys = keys
    this.length = length
    this.expected = expected
  }

  /** A chunk of a list that is filled in order. */
  static of(order: KeyOrder, { slots, groups, keys }: Run): Chunk {
    const all = new Uint32Array(roomFor(slots.length))
    all.set(slots)
    return new Chunk(order, {
      slots: all,
      groups: new GroupColumn(groups ?? [0]),
      keys: KeyColumn.of(order, slots, keys),
      length: slots.length,
      expected: slots.length,
    })
  }

  static load(order: KeyOrder, image: ImageReader): Chunk {
    const [length = 0, expected = -1] = image.numbers(2)
    return new Chunk(order, {
      slots: image.wordsInto(soundColumn(length, makeWords)),
      groups: GroupColumn.load(image, length),
      keys: KeyColumn.load(order, image, length),
      length,
      expected,
    })
  }

  save(image: ImageWriter): void {
    image.numbers(this.length, this.expected)
    image.words(this.slots.subarray(0, this.length))
    this.groups.save(image, this.length)
    this.keys.save(image, this.length)
  }

  get bytes(): number {
    return chunkBytes + this.slots.byteLength + this.groups.bytes + this.keys.bytes
  }

  /** The typed arrays of its columns. */
  get memory(): readonly ArrayBufferView[] {
    return [this.slots, ...this.groups.memory, ...this.keys.memory]
  }

  get isFull(): boolean {
    return this.length === columnLength
  }

  slot(at: number): Slot {
    return this.slots[at] ?? 0
  }

  /** Negative, 0 or positive as the entry at `at` comes before, is in, or comes after this group and key. */
  compare(at: number, group: number, key: Key): number {
    const difference = this.groups.get(at) - group
    return difference === 0 ? this.keys.compare(at, key) : difference
  }

  /** Whether the entry at `at` has group and key of the one before. */
  isAsBefore(at: number): boolean {
    return this.groups.get(at) === this.groups.get(at - 1) && this.keys.isAsBefore(at)
  }

  /** Only while it is not full. */
  insert(at: number, { group, key, slot }: Entry): void {
    this.groups.insert(at, group, this.length)
    this.keys.insert(at, key, this.length)
    this.slots = withRoom(this.slots, this.length, makeWords)
    this.slots.copyWithin(at + 1, at, this.length)
    this.slots[at] = slot
    this.length++
    this.expected = at + 1
  }

  remove(at: number): void {
    this.groups.remove(at, this.length)
    this.keys.remove(at, this.length)
    this.slots.copyWithin(at, at + 1, this.length)
    this.length--
    this.slots = withoutWaste(this.slots, this.length, makeWords)
    this.expected = -1
  }

  /** A chunk of its own with the entries from `from` up to `to`, at least one. Copies columns and makes no entry. */
  part(order: KeyOrder, from: number, to: number): Chunk {
    const slots = new Uint32Array(roomFor(to - from))
    slots.set(this.slots.subarray(from, to))
    const columns = { slots, groups: this.groups.part(from, to), keys: this.keys.part(from, to), length: to - from }
    return new Chunk(order, { ...columns, expected: to - from === 1 ? 1 : -1 })
  }

  copy(): Chunk {
    return new Chunk(this.keys.order, {
      slots: this.slots.slice(),
      groups: this.groups.copy(),
      keys: this.keys.copy(),
      length: this.length,
      expected: this.expected,
    })
  }

  entries(): Entry[] {
    return Array.from({ length: this.length }, (_, at) => {
      return { group: this.groups.get(at), key: this.keys.get(at), slot: this.slot(at) }
    })
  }
}
