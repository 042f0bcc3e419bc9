import { type Slot, StatewardError } from '@stateward/contract'
import { IdRows } from './id-rows.ts'
import type { SlotIds } from './slot-ids.ts'
import { SlotRows } from './slot-rows.ts'
import { readUuid, uuidWords } from './uuid.ts'
import { mostSlots, UuidSlots } from './uuid-slots.ts'

/** Ids of live records ↔ slots. Every operation on one id or slot takes O(1). */
export interface IdTable extends SlotIds {
  /** How many ids it holds. */
  readonly size: number
  slotOf(id: string): Slot | undefined
  /** The id in a live slot; for a slot that holds none, an empty text. */
  idOf(slot: Slot): string
  /**
   * Gives the id a slot: the one it has, else the slot freed last, else the lowest that was never used. Throws `FULL`
   * beyond 67 108 863 slots.
   */
  insert(id: string): Slot
  /** Frees the slot of this id and tells which it was; `undefined` when there is none. */
  remove(id: string): Slot | undefined
  /** Live slots, ascending. The table must not change meanwhile. */
  slots(): IterableIterator<Slot>
  clear(): void
}

/**
 * An empty table. A UUID in its usual form (lower case, with dashes) takes about 22 bytes outside the heap; any other
 * text works as well and takes about 100 on the heap, itself included.
 */
export function idTable(): IdTable {
  return new PackedIdTable()
}

const scratch = new Uint32Array(uuidWords)

class PackedIdTable implements IdTable {
  readonly #rows = new IdRows()
  readonly #uuids = new UuidSlots(this.#rows)
  readonly #texts = new Map<string, Slot>()
  /** One bit a slot. */
  readonly #live = new SlotRows(1)
  /** For a freed slot, the one freed before it, plus one. */
  readonly #freedBefore = new SlotRows(1)
  #lastFreed = 0
  #used = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  slotOf(id: string): Slot | undefined {
    return readUuid(id, scratch) ? this.#uuids.find(scratch) : this.#texts.get(id)
  }

  idOf(slot: Slot): string {
    return this.#isLive(slot) ? this.#rows.idOf(slot) : ''
  }

  insert(id: string): Slot {
    const isUuid = readUuid(id, scratch)
    const known = isUuid ? this.#uuids.find(scratch) : this.#texts.get(id)
    if (known !== undefined) return known
    const slot = this.#takeSlot()
    if (isUuid) {
      this.#rows.setUuid(slot, scratch)
      this.#uuids.insert(slot)
    } else {
      this.#rows.setText(slot, id)
      this.#texts.set(id, slot)
    }
    this.#flip(slot)
    this.#size++
    return slot
  }

  remove(id: string): Slot | undefined {
    const slot = this.slotOf(id)
    if (slot === undefined) return undefined
    if (this.#rows.isUuid(slot)) this.#uuids.remove(slot)
    else this.#texts.delete(id)
    this.#rows.remove(slot)
    this.#flip(slot)
    this.#freedBefore.set(slot, 0, this.#lastFreed)
    this.#lastFreed = slot + 1
    this.#size--
    return slot
  }

  *slots(): IterableIterator<Slot> {
    for (let slot = 0; slot < this.#used; slot++) if (this.#isLive(slot)) yield slot
  }

  clear(): void {
    this.#rows.clear()
    this.#uuids.clear()
    this.#texts.clear()
    this.#live.clear()
    this.#freedBefore.clear()
    this.#lastFreed = 0
    this.#used = 0
    this.#size = 0
  }

  compare(a: Slot, b: Slot): number {
    return this.#rows.compare(a, b)
  }

  compareText(slot: Slot, text: string): number {
    return this.#rows.compareText(slot, text)
  }

  #takeSlot(): Slot {
    if (this.#lastFreed === 0) {
      if (this.#used < mostSlots) return this.#used++
      throw new StatewardError('FULL', `expected at most ${mostSlots} records of one type, found one more`)
    }
    const slot = this.#lastFreed - 1
    this.#lastFreed = this.#freedBefore.get(slot, 0)
    return slot
  }

  #isLive(slot: Slot): boolean {
    return ((this.#live.get(slot >>> 5, 0) >>> (slot & 31)) & 1) === 1
  }

  #flip(slot: Slot): void {
    this.#live.set(slot >>> 5, 0, this.#live.get(slot >>> 5, 0) ^ (1 << (slot & 31)))
  }
}
