import type { Ptr, Seq, Slot } from '@stateward/contract'
import { idTable } from '@stateward/index'

/** Where one version of one record stands in the log: a line that holds it whole, and the patches since, oldest first. */
export interface VersionPlace {
  readonly whole: Ptr
  readonly patches: readonly Ptr[]
  readonly rev: number
  readonly seq: Seq
}

/** What is left of a deleted record. */
export interface Tombstone {
  readonly rev: number
  readonly seq: Seq
  /** The last version before the deletion, while the log still has it. */
  readonly last: VersionPlace | undefined
}

const noPatches: readonly Ptr[] = []
const firstCapacity = 1_024

/**
 * The live records of one type by slot: where the newest version stands, its rev and seq, in columns of typed arrays
 * (20 bytes a record beside the id). Patches stand apart, because most records have none.
 */
export class RowTable {
  readonly ids: ReturnType<typeof idTable> = idTable()
  readonly tombstones: Map<string, Tombstone> = new Map()
  readonly #patches = new Map<Slot, readonly Ptr[]>()
  #whole = new Float64Array(firstCapacity)
  #seq = new Float64Array(firstCapacity)
  #rev = new Uint32Array(firstCapacity)

  get size(): number {
    return this.ids.size
  }

  slotOf(id: string): Slot | undefined {
    return this.ids.slotOf(id)
  }

  idOf(slot: Slot): string {
    return this.ids.idOf(slot)
  }

  place(slot: Slot): VersionPlace {
    return { whole: this.#whole[slot] ?? 0, patches: this.patchesOf(slot), rev: this.rev(slot), seq: this.seq(slot) }
  }

  patchesOf(slot: Slot): readonly Ptr[] {
    return this.#patches.get(slot) ?? noPatches
  }

  rev(slot: Slot): number {
    return this.#rev[slot] ?? 0
  }

  seq(slot: Slot): Seq {
    return this.#seq[slot] ?? 0
  }

  /** Rev of the newest version, dead or alive; 0 for an id that was never there. */
  lastRev(id: string): number {
    const slot = this.slotOf(id)
    return slot === undefined ? (this.tombstones.get(id)?.rev ?? 0) : this.rev(slot)
  }

  /** Records a version that stands whole at `ptr`; gives the record a slot when it has none. */
  put(id: string, ptr: Ptr, rev: number, seq: Seq): Slot {
    let slot = this.slotOf(id)
    if (slot === undefined) {
      slot = this.ids.insert(id)
      this.tombstones.delete(id)
      if (slot >= this.#whole.length) this.#grow(slot)
    }
    this.#whole[slot] = ptr
    this.#patches.delete(slot)
    this.#stamp(slot, rev, seq)
    return slot
  }

  /** Records a version that stands at `ptr` as a patch of the former one. */
  patch(slot: Slot, ptr: Ptr, rev: number, seq: Seq): void {
    this.#patches.set(slot, [...this.patchesOf(slot), ptr])
    this.#stamp(slot, rev, seq)
  }

  /** Records a deletion, of a record that is there or (from a base) was there once. */
  bury(id: string, rev: number, seq: Seq): void {
    const slot = this.slotOf(id)
    this.tombstones.set(id, { rev, seq, last: slot === undefined ? undefined : this.place(slot) })
    if (slot === undefined) return
    this.ids.remove(id)
    this.#patches.delete(slot)
  }

  /**
   * A base now holds at `ptr` the version that stood whole at `former.whole` with so many patches on it: later patches, if
   * any, follow on it. Another record, or version, that stands whole since is left as it is.
   */
  rebase(slot: Slot, former: { readonly whole: Ptr; readonly patches: number }, ptr: Ptr): void {
    if (this.#whole[slot] !== former.whole) return
    const later = this.patchesOf(slot).slice(former.patches)
    this.#whole[slot] = ptr
    if (later.length === 0) this.#patches.delete(slot)
    else this.#patches.set(slot, later)
  }

  #stamp(slot: Slot, rev: number, seq: Seq): void {
    this.#rev[slot] = rev
    this.#seq[slot] = seq
  }

  #grow(slot: Slot): void {
    const capacity = Math.max(slot + 1, this.#whole.length * 2)
    this.#whole = grown(this.#whole, new Float64Array(capacity))
    this.#seq = grown(this.#seq, new Float64Array(capacity))
    this.#rev = grown(this.#rev, new Uint32Array(capacity))
  }
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
