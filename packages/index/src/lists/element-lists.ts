import type { Slot } from '@stateward/contract'
import { NumberPool } from '../ids/number-pool.ts'
import { SlotRows } from '../ids/slot-rows.ts'
import type { Imaged, ImageReader, ImageWriter } from '../images/image.ts'
import { PostingLists } from './posting-lists.ts'

// Words of a further entry's row: its slot, and the slot's next further entry plus one.
const slotWord = 0
const nextWord = 1

/**
 * Text → the slots that stand under it, each slot under any number of texts. What most slots have, one text, takes no
 * more than in `PostingLists`; each further one is an entry of its own that takes 24 bytes.
 */
export class ElementLists implements Imaged {
  readonly #firsts = new PostingLists()
  readonly #others = new PostingLists()
  /** For a slot, its newest further entry plus one. */
  readonly #otherOf = new SlotRows(1)
  readonly #otherRows = new SlotRows(2)
  readonly #otherEntries = new NumberPool()

  get size(): number {
    return this.#firsts.size + this.#others.size
  }

  /** The most further entries that there have been at once: memory is held for so many. */
  get mostOthers(): number {
    return this.#otherEntries.used
  }

  /** Puts a slot under these texts, each given once, and under no others. */
  put(slot: Slot, keys: readonly string[]): void {
    this.#firsts.move(slot, keys[0])
    this.#freeOthers(slot)
    for (let at = 1; at < keys.length; at++) this.#addOther(slot, keys[at])
  }

  /** The list of a first text, for `add`: at least one slot must be added to it then. */
  listOf(key: string): number {
    return this.#firsts.listOf(key)
  }

  /** Puts a slot that stands nowhere into the list of a first text, and under these others. */
  add(slot: Slot, list: number, others: readonly string[]): void {
    this.#firsts.add(slot, list)
    for (const key of others) this.#addOther(slot, key)
  }

  count(key: string): number {
    return this.#firsts.count(key) + this.#others.count(key)
  }

  /** Slots under `key`, each once. */
  slots(key: string): Iterable<Slot> {
    return this.#others.size === 0 ? this.#firsts.entries(key) : this.#allSlots(key)
  }

  /** Whether a slot stands under one of these texts, until the next change; `undefined` while some stand under several. */
  standsUnder(keys: readonly string[]): ((slot: Slot) => boolean) | undefined {
    return this.#others.size === 0 ? this.#firsts.standsUnder(keys) : undefined
  }

  /** Every text with slots; one may come twice. */
  *keys(): IterableIterator<string> {
    yield* this.#firsts.keys()
    yield* this.#others.keys()
  }

  clear(): void {
    this.#firsts.clear()
    this.#others.clear()
    this.#otherOf.clear()
    this.#otherRows.clear()
    this.#otherEntries.clear()
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  release(): readonly ArrayBufferView[] {
    return this.#parts.flatMap((part) => part.release())
  }

  save(image: ImageWriter): void {
    for (const part of this.#parts) part.save(image)
  }

  load(image: ImageReader): void {
    for (const part of this.#parts) part.load(image)
  }

  get #parts(): readonly Imaged[] {
    return [this.#firsts, this.#others, this.#otherOf, this.#otherRows, this.#otherEntries]
  }

  *#allSlots(key: string): IterableIterator<Slot> {
    yield* this.#firsts.entries(key)
    for (const entry of this.#others.entries(key)) yield this.#otherRows.get(entry, slotWord)
  }

  #addOther(slot: Slot, key: string | undefined): void {
    const entry = this.#otherEntries.take()
    this.#others.move(entry, key)
    this.#otherRows.set(entry, slotWord, slot)
    this.#otherRows.set(entry, nextWord, this.#otherOf.get(slot, 0))
    this.#otherOf.set(slot, 0, entry + 1)
  }

  #freeOthers(slot: Slot): void {
    let entry = this.#otherOf.get(slot, 0)
    if (entry === 0) return
    this.#otherOf.set(slot, 0, 0)
    while (entry !== 0) {
      this.#others.move(entry - 1, undefined)
      this.#otherEntries.free(entry - 1)
      entry = this.#otherRows.get(entry - 1, nextWord)
    }
  }
}
