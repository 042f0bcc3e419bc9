import { limits, type Ptr, type Seq, type Slot } from '@stateward/contract'
import { type Imaged, type ImageReader, type ImageWriter, idTable } from '@stateward/index'

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
 * (21 bytes a record beside the id). Patches stand apart, because most records have none.
 */
export class RowTable implements Imaged {
  readonly ids: ReturnType<typeof idTable> = idTable()
  readonly tombstones: Map<string, Tombstone> = new Map()
  readonly #patches = new Map<Slot, readonly Ptr[]>()
  #whole: Float64Array = new Float64Array(firstCapacity)
  #seq: Float64Array = new Float64Array(firstCapacity)
  #rev: Uint32Array = new Uint32Array(firstCapacity)
  /** One more than the highest slot that was ever given out. */
  #used = 0
  /** Updates in a row, in the log; a base is not of the log. */
  #chain: Uint8Array = new Uint8Array(firstCapacity)

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

  /** How many updates the next one would follow since the log has held the record whole; as many as may be, where that is a base's. */
  chain(slot: Slot): number {
    return this.#chain[slot] ?? 0
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
      this.#used = Math.max(this.#used, slot + 1)
    }
    this.#whole[slot] = ptr
    this.#patches.delete(slot)
    this.#chain[slot] = 0
    this.#stamp(slot, rev, seq)
    return slot
  }

  /** Records a version that stands at `ptr` as a patch of the former one. */
  patch(slot: Slot, ptr: Ptr, rev: number, seq: Seq): void {
    this.#patches.set(slot, [...this.patchesOf(slot), ptr])
    this.#chain[slot] = Math.min(limits.patchChain, this.chain(slot) + 1)
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
    if (later.length === 0) this.based(slot)
    else this.#patches.set(slot, later)
  }

  /**
   * The newest version stands in a base, alone: the next one is written whole, so that the log behind the base tells it
   * by itself when everything before is gone.
   */
  based(slot: Slot): void {
    this.#patches.delete(slot)
    this.#chain[slot] = limits.patchChain
  }

  /** A live slot near this one, going up; `undefined` where there is none. Between 0 and 1, `where` is a part of all slots. */
  slotNear(where: number): Slot | undefined {
    const from = Math.floor(where * this.#used)
    for (let at = 0; at < this.#used; at++) {
      const slot = (from + at) % this.#used
      if (this.ids.slotOf(this.idOf(slot)) === slot) return slot
    }
    return undefined
  }

  save(image: ImageWriter): void {
    this.ids.save(image)
    image.doubles(this.#whole.subarray(0, this.#used))
    image.doubles(this.#seq.subarray(0, this.#used))
    image.words(this.#rev.subarray(0, this.#used))
    image.words(Uint32Array.from(this.#chain.subarray(0, this.#used)))
    image.doubles(packPatches(this.#patches))
    image.json(packTombstones(this.tombstones))
  }

  load(image: ImageReader): void {
    this.ids.load(image)
    this.#whole = image.doubles()
    this.#seq = image.doubles()
    this.#rev = image.words()
    this.#chain = Uint8Array.from(image.words())
    this.#used = this.#whole.length
    const lengths = [this.#seq.length, this.#rev.length, this.#chain.length]
    if (lengths.some((length) => length !== this.#used))
      throw new RangeError(`expected columns of ${this.#used} rows, found ${lengths.join(', ')}`)
    for (const [slot, ptrs] of unpackPatches(image.doubles())) this.#patches.set(slot, ptrs)
    for (const [id, tombstone] of unpackTombstones(image.json())) this.tombstones.set(id, tombstone)
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
    this.#chain = grown(this.#chain, new Uint8Array(capacity))
  }
}

function grown<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** Slot, number of pointers, pointers; and so on. */
function packPatches(patches: ReadonlyMap<Slot, readonly Ptr[]>): Float64Array {
  const packed: number[] = []
  for (const [slot, ptrs] of patches) packed.push(slot, ptrs.length, ...ptrs)
  return Float64Array.from(packed)
}

function* unpackPatches(packed: Float64Array): Generator<readonly [Slot, readonly Ptr[]]> {
  for (let at = 0; at < packed.length; ) {
    const slot = packed[at] ?? 0
    const end = at + 2 + (packed[at + 1] ?? 0)
    yield [slot, [...packed.subarray(at + 2, end)]]
    at = end
  }
}

/** As JSON: id, rev, seq, and the place of the last version (whole, rev, seq, patches) where it is known. */
function packTombstones(tombstones: ReadonlyMap<string, Tombstone>): unknown {
  return [...tombstones].map(([id, { rev, seq, last }]) =>
    last === undefined ? [id, rev, seq] : [id, rev, seq, [last.whole, last.rev, last.seq, ...last.patches]],
  )
}

function* unpackTombstones(packed: unknown): Generator<readonly [string, Tombstone]> {
  if (!Array.isArray(packed)) throw new TypeError('expected a list of tombstones')
  for (const [id, rev, seq, last] of packed) yield [id, { rev, seq, last: last && unpackPlace(last) }]
}

function unpackPlace([whole = 0, rev = 0, seq = 0, ...patches]: readonly number[]): Tombstone['last'] {
  return { whole, rev, seq, patches }
}
