import { idTable } from '../ids/id-table.ts'
import { SlotRows } from '../ids/slot-rows.ts'
import type { Imaged, ImageReader, ImageWriter } from '../images/image.ts'

// Words of a list's row.
const first = 0
const count = 1
// Words of an entry's row. These and `first` hold a number plus one, so that 0 is none.
const list = 0
const next = 1
const previous = 2

/**
 * Text → the entries (small numbers ≥ 0) that stand under it, each entry under one text at most. Every list is linked
 * through a table of 12 bytes an entry, so that adding and removing take O(1) however many entries share a text. A text
 * that nothing stands under any more is forgotten.
 */
export class PostingLists implements Imaged {
  readonly #lists = idTable()
  readonly #listRows = new SlotRows(2)
  readonly #entryRows = new SlotRows(3)
  #size = 0

  /** Entries under all texts. */
  get size(): number {
    return this.#size
  }

  /** Puts an entry under `key`, away from where it stood; `undefined` only takes it away. */
  move(entry: number, key: string | undefined): void {
    const from = this.#entryRows.get(entry, list) - 1
    const to = key === undefined ? -1 : this.#lists.insert(key)
    if (from === to) return
    if (from >= 0) this.#unlink(entry, from)
    if (to >= 0) this.#link(entry, to)
  }

  /** The list of `key`, for `add`: at least one entry must be added to it then. */
  listOf(key: string): number {
    return this.#lists.insert(key)
  }

  /** Puts an entry that stands nowhere into a list. */
  add(entry: number, list: number): void {
    this.#link(entry, list)
  }

  /** How many entries stand under `key`. */
  count(key: string): number {
    const found = this.#lists.slotOf(key)
    return found === undefined ? 0 : this.#listRows.get(found, count)
  }

  /** Entries under `key`, the newest first. */
  entries(key: string): IterableIterator<number> {
    const found = this.#lists.slotOf(key)
    return new ListScan(this.#entryRows, found === undefined ? 0 : this.#listRows.get(found, first))
  }

  /** Whether an entry stands under one of these texts, until the next change. */
  standsUnder(keys: readonly string[]): (entry: number) => boolean {
    const wanted = keys.map((key) => this.#lists.slotOf(key)).filter((one) => one !== undefined)
    const [only = -1] = wanted
    const rows = this.#entryRows
    // An entry that stands nowhere has no list: that is -1 here.
    if (wanted.length === 1) return (entry) => rows.get(entry, list) - 1 === only
    const lists = new Set(wanted)
    return (entry) => lists.has(rows.get(entry, list) - 1)
  }

  /** Every text with entries. */
  *keys(): IterableIterator<string> {
    for (const one of this.#lists.slots()) yield this.#lists.idOf(one)
  }

  /** Every text with the number of its entries. */
  *counts(): IterableIterator<[key: string, count: number]> {
    for (const one of this.#lists.slots()) yield [this.#lists.idOf(one), this.#listRows.get(one, count)]
  }

  clear(): void {
    this.#lists.clear()
    this.#listRows.clear()
    this.#entryRows.clear()
    this.#size = 0
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  release(): readonly ArrayBufferView[] {
    return this.#parts.flatMap((part) => part.release())
  }

  save(image: ImageWriter): void {
    for (const part of this.#parts) part.save(image)
    image.numbers(this.#size)
  }

  load(image: ImageReader): void {
    for (const part of this.#parts) part.load(image)
    const [size = 0] = image.numbers(1)
    this.#size = size
  }

  get #parts(): readonly Imaged[] {
    return [this.#lists, this.#listRows, this.#entryRows]
  }

  #link(entry: number, to: number): void {
    const head = this.#listRows.get(to, first)
    this.#entryRows.set(entry, list, to + 1)
    this.#entryRows.set(entry, next, head)
    this.#entryRows.set(entry, previous, 0)
    if (head !== 0) this.#entryRows.set(head - 1, previous, entry + 1)
    this.#listRows.set(to, first, entry + 1)
    this.#listRows.set(to, count, this.#listRows.get(to, count) + 1)
    this.#size++
  }

  #unlink(entry: number, from: number): void {
    const before = this.#entryRows.get(entry, previous)
    const after = this.#entryRows.get(entry, next)
    if (before === 0) this.#listRows.set(from, first, after)
    else this.#entryRows.set(before - 1, next, after)
    if (after !== 0) this.#entryRows.set(after - 1, previous, before)
    this.#entryRows.set(entry, list, 0)
    const left = this.#listRows.get(from, count) - 1
    this.#listRows.set(from, count, left)
    if (left === 0) this.#lists.remove(this.#lists.idOf(from))
    this.#size--
  }
}

/** By hand, not a generator, for the same reason as the scans of an order: twenty rows of one relation are asked for often. */
class ListScan implements IterableIterator<number> {
  readonly #rows: SlotRows
  #next: number

  /** @param start the first entry plus one, 0 for none */
  constructor(rows: SlotRows, start: number) {
    this.#rows = rows
    this.#next = start
  }

  [Symbol.iterator](): IterableIterator<number> {
    return this
  }

  next(): IteratorResult<number, undefined> {
    if (this.#next === 0) return { done: true, value: undefined }
    const entry = this.#next - 1
    this.#next = this.#rows.get(entry, next)
    return { done: false, value: entry }
  }
}
