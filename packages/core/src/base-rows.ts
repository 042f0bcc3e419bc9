import type { Ptr, Seq, Slot } from '@stateward/contract'
import type { Live, LiveType, Watcher } from './live.ts'
import type { Tombstone, VersionPlace } from './row-table.ts'
import { SeqOrder } from './seq-order.ts'
import { within } from './within.ts'

/** One row of the base to come. `place` is absent for a tombstone. */
export interface BaseRow {
  readonly type: LiveType
  readonly id: string
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
 * meanwhile. A row takes about 35 bytes in typed arrays; a record that changes meanwhile leaves its former place here.
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
  #order: SeqOrder | undefined
  /** Of the rows that were taken, in their order: number, place and patches. */
  #taken = 0
  #row = new Uint32Array(0)
  #whole = new Float64Array(0)
  #patches = new Uint8Array(0)

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
    this.#order = await SeqOrder.of(this.#seq.subarray(0, this.#length), breathe)
    this.#row = new Uint32Array(this.#length)
    this.#whole = new Float64Array(this.#length)
    this.#patches = new Uint8Array(this.#length)
  }

  /** The next rows by seq, at most `count`. */
  take(count: number): BaseRow[] {
    const types = [...this.#live.types.values()]
    const rows: BaseRow[] = []
    while (rows.length < count) {
      const number = this.#order?.next()
      if (number === undefined) return rows
      const row = this.#rowAt(number, types)
      this.#row[this.#taken] = number
      // A tombstone has no place, and is not moved.
      if (row.place !== undefined) {
        this.#whole[this.#taken] = row.place.whole
        this.#patches[this.#taken] = row.place.patches.length
      }
      this.#taken++
      rows.push(row)
    }
    return rows
  }

  /** Moves every record that was taken to its place in the base: `ptrs` in the order of taking. In slices. */
  async rebase(ptrs: ArrayLike<Ptr>, breathe: () => Promise<void>): Promise<void> {
    const types = [...this.#live.types.values()]
    for (let at = 0; at < this.#taken; at++) {
      const number = within(this.#row, at)
      const kind = within(this.#kind, number)
      if (kind % 2 === 1) continue
      const former = { whole: within(this.#whole, at), patches: within(this.#patches, at) }
      within(types, kind >>> 1).rows.rebase(within(this.#slot, number), former, within(ptrs, at))
      if ((at + 1) % this.#sliceRows === 0) await breathe()
    }
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

  #rowAt(number: number, types: readonly LiveType[]): BaseRow {
    const kind = within(this.#kind, number)
    const slot = within(this.#slot, number)
    const type = within(types, kind >>> 1)
    if (kind % 2 === 1) {
      const { id, tombstone } = within(this.#dead, slot)
      return { type, id, seq: tombstone.seq, rev: tombstone.rev, place: undefined }
    }
    return this.#changed.get(type)?.get(slot) ?? rowOf(type, type.rows.idOf(slot), type.rows.place(slot))
  }

  /** Called before each change: keeps what a record or tombstone was at `upTo`, the first time that it changes. */
  #remember(type: LiveType, id: string, before: VersionPlace | undefined): void {
    if (before !== undefined) {
      const slot = type.rows.slotOf(id)
      if (before.seq > this.upTo || slot === undefined) return
      kept(this.#changed, type).set(slot, rowOf(type, id, before))
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

function rowOf(type: LiveType, id: string, place: VersionPlace): BaseRow {
  return { type, id, seq: place.seq, rev: place.rev, place }
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
