import type { ImageReader, ImageWriter } from '../images/image.ts'
import { makeDoubles } from '../images/packed-doubles.ts'
import { type Key, type KeyOrder, keyText, textKey } from '../keys/key-order.ts'
import type { FieldColumn } from '../sorting/field-column.ts'
import { roomFor, soundColumn, withoutWaste, withRoom } from './column-room.ts'

/** Of the values of a column, to tell what they take. */
const looks = 4
/** What the engine takes for a text beside its letters, and for its place in a list; an object of one field counts as much. */
const valueBytes = 32

const noNumbers = new Float64Array(0)

/**
 * The keys of some consecutive entries of an ordered list, in their order. While all are the same it keeps one; while
 * all are numbers, 8 bytes each; else an array of the values.
 */
export class KeyColumn {
  readonly #order: KeyOrder
  readonly #same: Key
  #numbers: Float64Array | undefined
  #values: Key[] | undefined

  /** @param keys at least one */
  constructor(order: KeyOrder, keys: readonly Key[]) {
    this.#order = order
    this.#same = keys[0]
    if (keys.every((key) => order.compare(key, this.#same) === 0)) return
    if (keys.every((key) => typeof key === 'number')) {
      this.#numbers = new Float64Array(roomFor(keys.length))
      this.#numbers.set(keys)
    } else this.#values = [...keys]
  }

  /** The keys of these slots. */
  static of(order: KeyOrder, slots: Uint32Array, keys: FieldColumn | undefined): KeyColumn {
    const numbers = keys?.numbers(slots, roomFor(slots.length))
    if (numbers === undefined)
      return new KeyColumn(
        order,
        Array.from(slots, (slot) => keys?.key(slot)),
      )
    const column = new KeyColumn(order, [numbers[0]])
    if (numbers.some((key, at) => at < slots.length && key !== numbers[0])) column.#numbers = numbers
    return column
  }

  static load(order: KeyOrder, image: ImageReader, length: number): KeyColumn {
    const sound = soundColumn(length, makeDoubles)
    const numbers = image.doublesInto((found) => (found === 0 ? noNumbers : sound(found)))
    if (numbers.length > 0) {
      const column = new KeyColumn(order, [numbers[0]])
      column.#numbers = numbers
      return column
    }
    const keys = keysOf(image.json())
    const column = new KeyColumn(order, [keys[0]])
    if (keys.length > 1) column.#values = keys
    return column
  }

  /** As it is loaded again. */
  save(image: ImageWriter, length: number): void {
    image.doubles(this.#numbers?.subarray(0, length) ?? noNumbers)
    if (this.#numbers === undefined) image.json((this.#values ?? [this.#same]).map(keyText))
  }

  get order(): KeyOrder {
    return this.#order
  }

  copy(): KeyColumn {
    const column = new KeyColumn(this.#order, [this.#same])
    column.#numbers = this.#numbers?.slice()
    column.#values = this.#values?.slice()
    return column
  }

  get memory(): readonly ArrayBufferView[] {
    return this.#numbers === undefined ? [] : [this.#numbers]
  }

  /** Of values that are no numbers a few are looked at, and stand for the others. */
  get bytes(): number {
    const values = this.#values ?? []
    if (values.length === 0) return this.#numbers?.byteLength ?? 0
    let looked = 0
    for (let one = 0; one < looks; one++) looked += bytesOf(values[Math.floor((one * values.length) / looks)])
    return Math.round((looked / looks) * values.length)
  }

  get(at: number): Key {
    if (this.#numbers !== undefined) return this.#numbers[at]
    return this.#values === undefined ? this.#same : this.#values[at]
  }

  /** Negative, 0 or positive as the key at `at` comes before, is, or comes after this one. */
  compare(at: number, key: Key): number {
    if (this.#numbers !== undefined && typeof key === 'number') {
      const held = this.#numbers[at] ?? 0
      if (held < key) return -1
      return held > key ? 1 : 0
    }
    return this.#order.compare(this.get(at), key)
  }

  /** Whether the key at `at` is the same as the one before. */
  isAsBefore(at: number): boolean {
    if (this.#numbers !== undefined) return this.#numbers[at] === this.#numbers[at - 1]
    return this.#values === undefined || this.#order.compare(this.#values[at], this.#values[at - 1]) === 0
  }

  /** @param length entries before the insertion, fewer than `columnLength` */
  insert(at: number, key: Key, length: number): void {
    if (this.#numbers === undefined && this.#values === undefined) {
      if (this.#order.compare(key, this.#same) === 0) return
      this.#spread(key, length)
    }
    if (this.#numbers !== undefined && typeof key === 'number') {
      this.#numbers = withRoom(this.#numbers, length, makeDoubles)
      this.#numbers.copyWithin(at + 1, at, length)
      this.#numbers[at] = key
      return
    }
    this.#values ??= this.keys(0, length)
    this.#numbers = undefined
    this.#values.splice(at, 0, key)
  }

  remove(at: number, length: number): void {
    if (this.#numbers !== undefined) {
      this.#numbers.copyWithin(at, at + 1, length)
      this.#numbers = withoutWaste(this.#numbers, length - 1, makeDoubles)
    }
    this.#values?.splice(at, 1)
  }

  /** A column of its own for the entries from `from` up to `to`, at least one. */
  part(from: number, to: number): KeyColumn {
    if (this.#numbers === undefined) return new KeyColumn(this.#order, this.#values?.slice(from, to) ?? [this.#same])
    const numbers = this.#numbers.subarray(from, to)
    const [first] = numbers
    const column = new KeyColumn(this.#order, [first])
    if (numbers.every((key) => key === first)) return column
    column.#numbers = new Float64Array(roomFor(numbers.length))
    column.#numbers.set(numbers)
    return column
  }

  keys(from: number, to: number): Key[] {
    return Array.from({ length: to - from }, (_, at) => this.get(from + at))
  }

  /** Leaves the state of one key for all, because another one is about to come. */
  #spread(coming: Key, length: number): void {
    if (typeof this.#same === 'number' && typeof coming === 'number') {
      this.#numbers = new Float64Array(roomFor(length + 1)).fill(this.#same, 0, length)
    } else this.#values = this.keys(0, length)
  }
}

function bytesOf(key: Key): number {
  return valueBytes + (typeof key === 'string' ? key.length : 0)
}

function keysOf(texts: unknown): Key[] {
  if (!Array.isArray(texts) || texts.length === 0) throw new TypeError('expected the keys of a column, found none')
  return texts.map((text) => textKey(String(text)))
}
