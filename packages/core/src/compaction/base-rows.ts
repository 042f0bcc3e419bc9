import type { Ptr, Seq, Slot } from '@stateward/contract'
import type { Tombstone, VersionPlace } from '../records/row-table.ts'
import { within } from '../records/within.ts'
import type { Live, LiveType, Watcher } from '../state/live.ts'
import { NumberOrder } from './number-order.ts'

/** One row of the base to come. `place` is absent for a tombstone. */
export interface BaseRow {
  readonly type: LiveType
  readonly id: string
  /** Where the record was when the row was listed; absent for a tombstone. */
  readonly slot: Slot | undefined
  readonly seq: Seq
  readonly rev: number
  readonly place: VersionPlace | undefined
}

interface Dead {
  readonly id: string
  readonly tombstone: Tombstone
}

/** So many rows are looked at in one turn of the event loop. */
const rowsPerSlice = 4_096
const firstCapacity = 4_096

/**
 * The rows of a base: every live record and tombstone as of the commit at which this was made, whatever is written
 * meanwhile. A row takes about 24 bytes in typed arrays; a record that changes meanwhile leaves its former place here.
 * Must be released, or it watches for ever.
 */
export class BaseRows {
  readonly upTo: Seq
  readonly #live: Live
  readonly #sliceRows: number
  readonly #watcher: Watcher
  #length = 0
  #seq = new Float64Array(firstCapacity)
  #slot = new Uint32Array(firstCapacity)
  /** Number of the type, doubled; odd for a tombstone, whose "slot" is its place in `#dead`. */
  #kind = new Uint32Array(firstCapacity)
  #dead: Dead[] = []
  /** Records that have changed since, as they were, by the slot that they had. */
  readonly #changed = new Map<LiveType, Map<Slot, BaseRow>>()
  /** Tombstones that have gone since, until all are listed. */
  readonly #risen = new Map<LiveType, Map<string, Tombstone>>()
  /** How far the list has come: records of types before this one, and of this one before the slot. */
  #type = 0
  #nextSlot: Slot = 0
  #areDeadListed = false
  #order: NumberOrder | undefined
  /** The numbers of the rows that were taken, in their order. */
  #taken = 0
  #row = new Uint32Array(0)
  #types: readonly LiveType[] = []

  constructor(live: Live, sliceRows: number = rowsPerSlice) {
    this.#live = live
    this.#sliceRows = sliceRows
    this.upTo = live.lastSeq
    this.#watcher = (type, id, before) => this.#remember(type, id, before)
    live.watchers.add(this.#watcher)
  }

  get length(): number {
    return this.#length
  }

  release(): void {
    this.#live.watchers.delete(this.#watcher)
    this.#changed.clear()
  }

  /** Finds all rows and their order, in slices between which `breathe` is awaited. */
  async list(breathe: () => Promise<void>): Promise<void> {
    const types = [...this.#live.types.values()]
    for (const type of types) {
      this.#type = type.number
      this.#nextSlot = 0
      await this.#listRecords(type, breathe)
    }
    this.#type = Number.POSITIVE_INFINITY
    for (const type of types) await this.#listTombstones(type, breathe)
    await this.#listRisen(breathe)
    this.#order = await NumberOrder.of(this.#seq.subarray(0, this.#length), breathe)
    this.#row = new Uint32Array(this.#length)
    // A type that came since has no row.
    this.#types = [...this.#live.types.values()]
  }

  /** Takes the next rows by seq, at most `count`, and returns how many. */
  take(count: number): number {
    const from = this.#taken
    while (this.#taken - from < count) {
      const number = this.#order?.next()
      if (number === undefined) break
      this.#row[this.#taken++] = number
    }
    return this.#taken - from
  }

  /** The row that was taken as the so-manieth, from 0: made anew for each call. */
  row(at: number): BaseRow {
    const number = within(this.#row, at)
    const type = this.#typeOf(number)
    const slot = within(this.#slot, number)
    if (this.#isDead(number)) {
      const { id, tombstone } = within(this.#dead, slot)
      return { type, id, slot: undefined, seq: tombstone.seq, rev: tombstone.rev, place: undefined }
    }
    return this.#changed.get(type)?.get(slot) ?? rowOf(type, slot, type.rows.idOf(slot), type.rows.place(slot))
  }

  /** Whether its line can perhaps be had without the log: of a tombstone always. */
  isAtHand(at: number): boolean {
    const number = within(this.#row, at)
    if (this.#isDead(number)) return true
    const { cached, entity } = this.#typeOf(number)
    return entity !== undefined && this.#live.bodies.peek(cached, within(this.#slot, number)) !== undefined
  }

  /** How many places in the log that row has. */
  places(at: number): number {
    const number = within(this.#row, at)
    if (this.#isDead(number)) return 0
    const type = this.#typeOf(number)
    const slot = within(this.#slot, number)
    const patches = this.#changed.get(type)?.get(slot)?.place?.patches ?? type.rows.patchesOf(slot)
    return 1 + patches.length
  }

  /** The seq of that row. */
  seq(at: number): Seq {
    return within(this.#seq, within(this.#row, at))
  }

  /** The place of that row. */
  place(at: number): VersionPlace | undefined {
    const number = within(this.#row, at)
    if (this.#isDead(number)) return undefined
    const type = this.#typeOf(number)
    const slot = within(this.#slot, number)
    const changed = this.#changed.get(type)?.get(slot)
    return changed === undefined ? type.rows.place(slot) : changed.place
  }

  /** Moves every record that was taken to its place in the base: `ptrs` in the order of taking. In slices. */
  async rebase(ptrs: ArrayLike<Ptr>, breathe: () => Promise<void>): Promise<void> {
    for (let at = 0; at < this.#taken; at++) {
      const number = within(this.#row, at)
      // A tombstone has no place, and is not moved.
      if (!this.#isDead(number)) this.#moveTo(within(ptrs, at), number)
      if ((at + 1) % this.#sliceRows === 0) await breathe()
    }
  }

  #moveTo(ptr: Ptr, number: number): void {
    const type = this.#typeOf(number)
    const slot = within(this.#slot, number)
    const former = this.#changed.get(type)?.get(slot)?.place
    if (former === undefined) type.rows.rebaseWhole(slot, ptr)
    else type.rows.rebase(slot, { whole: former.whole, patches: former.patches.length }, ptr)
  }

  #typeOf(number: number): LiveType {
    return within(this.#types, within(this.#kind, number) >>> 1)
  }

  #isDead(number: number): boolean {
    return within(this.#kind, number) % 2 === 1
  }

  async #listRecords(type: LiveType, breathe: () => Promise<void>): Promise<void> {
    const { rows } = type
    let looked = 0
    for (const slot of rows.ids.slots()) {
      const seq = rows.seq(slot)
      // What has changed since is listed by the watcher.
      if (seq <= this.upTo) this.#push(seq, slot, type.number * 2)
      this.#nextSlot = slot + 1
      if (++looked % this.#sliceRows === 0) await breathe()
    }
  }

  async #listTombstones(type: LiveType, breathe: () => Promise<void>): Promise<void> {
    let looked = 0
    for (const [id, tombstone] of type.rows.tombstones) {
      if (tombstone.seq <= this.upTo) this.#pushDead(type, { id, tombstone })
      if (++looked % this.#sliceRows === 0) await breathe()
    }
  }

  /** Those that have gone before the list came to them. */
  async #listRisen(breathe: () => Promise<void>): Promise<void> {
    const types = [...this.#live.types.values()]
    // From here on every tombstone is listed or about to be, and none that goes needs to be remembered.
    this.#areDeadListed = true
    const listed = this.#length
    for (let row = this.#length - this.#dead.length; row < listed && this.#risen.size > 0; row++) {
      const type = within(types, within(this.#kind, row) >>> 1)
      this.#risen.get(type)?.delete(within(this.#dead, within(this.#slot, row)).id)
      if (row % this.#sliceRows === 0) await breathe()
    }
    for (const [type, risen] of this.#risen)
      for (const [id, tombstone] of risen) this.#pushDead(type, { id, tombstone })
    this.#risen.clear()
  }

  /** Called before each change: keeps what a record or tombstone was at `upTo`, the first time that it changes. */
  #remember(type: LiveType, id: string, before: VersionPlace | undefined): void {
    if (before !== undefined) {
      const slot = type.rows.slotOf(id)
      if (before.seq > this.upTo || slot === undefined) return
      kept(this.#changed, type).set(slot, rowOf(type, slot, id, before))
      const isListed = type.number < this.#type || (type.number === this.#type && slot < this.#nextSlot)
      if (!isListed) this.#push(before.seq, slot, type.number * 2)
      return
    }
    const tombstone = type.rows.tombstones.get(id)
    if (tombstone === undefined || tombstone.seq > this.upTo || this.#areDeadListed) return
    kept(this.#risen, type).set(id, tombstone)
  }

  #pushDead(type: LiveType, dead: Dead): void {
    this.#dead.push(dead)
    this.#push(dead.tombstone.seq, this.#dead.length - 1, type.number * 2 + 1)
  }

  #push(seq: Seq, slot: number, kind: number): void {
    if (this.#length === this.#seq.length) this.#grow()
    this.#seq[this.#length] = seq
    this.#slot[this.#length] = slot
    this.#kind[this.#length] = kind
    this.#length++
  }

  #grow(): void {
    const capacity = this.#length * 2
    this.#seq = grown(this.#seq, new Float64Array(capacity))
    this.#slot = grown(this.#slot, new Uint32Array(capacity))
    this.#kind = grown(this.#kind, new Uint32Array(capacity))
  }
}

function rowOf(type: LiveType, slot: Slot, id: string, place: VersionPlace): BaseRow {
  return { type, id, slot, seq: place.seq, rev: place.rev, place }
}

function kept<Key, Value>(of: Map<LiveType, Map<Key, Value>>, type: LiveType): Map<Key, Value> {
  let kept = of.get(type)
  if (kept === undefined) {
    kept = new Map()
    of.set(type, kept)
  }
  return kept
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
