import { type Slot, StatewardError } from '@stateward/contract'
import type { Imaged, ImageReader, ImageWriter } from '../images/image.ts'
import { readUuid, uuidWords } from '../keys/uuid.ts'
import { IdRows } from './id-rows.ts'
import { NumberPool } from './number-pool.ts'
import type { SlotIds } from './slot-ids.ts'
import { SlotRows } from './slot-rows.ts'
import { mostSlots, UuidSlots } from './uuid-slots.ts'

/** Ids of live records ↔ slots. Every operation on one id or slot takes O(1). */
export interface IdTable extends SlotIds, Imaged {
  /** How many ids it holds. */
  readonly size: number
  slotOf(id: string): Slot | undefined
  /** The id in a live slot; for a slot that holds none, an empty text. */
  idOf(slot: Slot): string
  /** The words of the id in a slot. `false`, and nothing is read, where that is no UUID or the slot holds none. */
  readUuid(slot: Slot, into: Uint32Array): boolean
  /** Whether an id has this slot. */
  isLive(slot: Slot): boolean
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

/** What an id takes that is no UUID: itself, and its place in a `Map`. */
const textBytes = 92
const scratch = new Uint32Array(uuidWords)

/** A power of two. A write asks for the same id five times and more, within those of a group. */
const rememberedIds = 64

class PackedIdTable implements IdTable {
  readonly #rows = new IdRows()
  readonly #uuids = new UuidSlots(this.#rows)
  /** `undefined` until the first text is asked for. */
  #texts: Map<string, Slot> | undefined
  /** One bit a slot. */
  readonly #live = new SlotRows(1)
  readonly #slots = new NumberPool()
  #size = 0
  /** The last ids that were looked for, each at a place of its own, and what was found: no search, and no reading of digits. */
  #asked: (string | undefined)[] = []
  #found: (Slot | undefined)[] = []

  get size(): number {
    return this.#size
  }

  slotOf(id: string): Slot | undefined {
    const place = placeOf(id)
    if (this.#asked[place] === id) return this.#found[place]
    const slot = readUuid(id, scratch) ? this.#uuids.find(scratch) : this.#textSlots().get(id)
    this.#remember(place, id, slot)
    return slot
  }

  #remember(place: number, id: string, slot: Slot | undefined): void {
    this.#asked[place] = id
    this.#found[place] = slot
  }

  #forgetAll(): void {
    this.#asked = []
    this.#found = []
  }

  idOf(slot: Slot): string {
    return this.isLive(slot) ? this.#rows.idOf(slot) : ''
  }

  readUuid(slot: Slot, into: Uint32Array): boolean {
    if (!this.isLive(slot) || !this.#rows.isUuid(slot)) return false
    this.#rows.readUuid(slot, into)
    return true
  }

  insert(id: string): Slot {
    const place = placeOf(id)
    const remembered = this.#asked[place] === id ? this.#found[place] : undefined
    if (remembered !== undefined) return remembered
    const isUuid = readUuid(id, scratch)
    const known = isUuid ? this.#uuids.find(scratch) : this.#textSlots().get(id)
    if (known !== undefined) return known
    const slot = this.#takeSlot()
    if (isUuid) {
      this.#rows.setUuid(slot, scratch)
      this.#uuids.insert(slot)
    } else {
      this.#textSlots().set(id, slot)
      this.#rows.setText(slot, id)
    }
    this.#flip(slot)
    this.#size++
    this.#remember(place, id, slot)
    return slot
  }

  remove(id: string): Slot | undefined {
    const slot = this.slotOf(id)
    if (slot === undefined) return undefined
    if (this.#rows.isUuid(slot)) this.#uuids.remove(slot)
    else this.#textSlots().delete(id)
    this.#rows.remove(slot)
    this.#flip(slot)
    this.#slots.free(slot)
    this.#size--
    this.#remember(placeOf(id), id, undefined)
    return slot
  }

  *slots(): IterableIterator<Slot> {
    for (let slot = 0; slot < this.#slots.used; slot++) if (this.isLive(slot)) yield slot
  }

  clear(): void {
    this.#rows.clear()
    this.#uuids.clear()
    this.#texts = undefined
    this.#live.clear()
    this.#slots.clear()
    this.#size = 0
    this.#forgetAll()
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes, (this.#texts?.size ?? 0) * textBytes)
  }

  release(): readonly ArrayBufferView[] {
    this.#texts = undefined
    this.#forgetAll()
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
    this.#forgetAll()
  }

  #textSlots(): Map<string, Slot> {
    if (this.#texts !== undefined) return this.#texts
    const texts = new Map<string, Slot>()
    this.#rows.eachText((text, slot) => texts.set(text, slot))
    this.#texts = texts
    return texts
  }

  get #parts(): readonly Imaged[] {
    return [this.#rows, this.#uuids, this.#live, this.#slots]
  }

  compare(a: Slot, b: Slot): number {
    return this.#rows.compare(a, b)
  }

  compareText(slot: Slot, text: string): number {
    return this.#rows.compareText(slot, text)
  }

  #takeSlot(): Slot {
    if (!this.#slots.isDry || this.#slots.used < mostSlots) return this.#slots.take()
    throw new StatewardError('FULL', `expected at most ${mostSlots} records of one type, found one more`)
  }

  isLive(slot: Slot): boolean {
    return ((this.#live.get(slot >>> 5, 0) >>> (slot & 31)) & 1) === 1
  }

  #flip(slot: Slot): void {
    this.#live.set(slot >>> 5, 0, this.#live.get(slot >>> 5, 0) ^ (1 << (slot & 31)))
  }
}

/** Where an id is remembered: the last characters of ids differ most. */
function placeOf(id: string): number {
  const { length } = id
  if (length < 2) return 0
  return (id.charCodeAt(length - 1) + id.charCodeAt(length - 2) * 16) & (rememberedIds - 1)
}
