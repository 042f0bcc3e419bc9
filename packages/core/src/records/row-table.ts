import { limits, type Ptr, type Seq, type Slot } from '@stateward/contract'
import {
  DamagedImage,
  Fingerprints,
  IdEndings,
  type Imaged,
  type ImageReader,
  type ImageWriter,
  idTable,
  jsonBytes,
  jsonOf,
  type Pieces,
} from '@stateward/index'
import { BuriedIds } from './buried-ids.ts'
import { RowPages } from './row-pages.ts'

/** Where one version of one record stands in the log: a line that holds it whole, and the patches since, oldest first. */
export interface VersionPlace {
  readonly whole: Ptr
  readonly patches: readonly Ptr[]
  readonly rev: number
  readonly seq: Seq
}

/** What a tombstone takes with its id. */
const tombstoneBytes = 300
const tombstonesPerPiece = 4_096

/** What is left of a deleted record. */
export interface Tombstone {
  readonly rev: number
  readonly seq: Seq
  /** The last version before the deletion, while the log still has it. */
  readonly last: VersionPlace | undefined
}

/**
 * The live records of one type by slot: where the newest version stands, its rev and seq (11 bytes a record beside the
 * id), and what is left of the deleted ones.
 */
export class RowTable implements Imaged {
  readonly ids: ReturnType<typeof idTable> = idTable()
  /** Of what these records hold in fields that queries look through. */
  readonly fingerprints: Fingerprints = new Fingerprints()
  readonly #rows = new RowPages()
  readonly #tombstones = new Map<string, Tombstone>()
  /** Where the tombstones are as long as they have not been read, and how many they are. */
  #unread: Pieces | undefined
  #unreadTombstones = 0
  #used = 0
  #endings: IdEndings | undefined
  #buriedIds: BuriedIds | undefined

  get size(): number {
    return this.ids.size
  }

  slotOf(id: string): Slot | undefined {
    return this.ids.slotOf(id)
  }

  idOf(slot: Slot): string {
    return this.ids.idOf(slot)
  }

  /** Whether a live record is in this slot. */
  isLive(slot: Slot): boolean {
    return this.ids.isLive(slot)
  }

  get tombstones(): Map<string, Tombstone> {
    if (this.#unread !== undefined) this.#readTombstones()
    return this.#tombstones
  }

  /** How many tombstones there are: known without reading them. */
  get buried(): number {
    return this.#unread === undefined ? this.#tombstones.size : this.#unreadTombstones
  }

  /** Live ids in the order of their ends; kept up from when it is first asked for, and filled by who asks. */
  get endings(): IdEndings {
    this.#endings ??= new IdEndings(this.ids)
    return this.#endings
  }

  /** The same of deleted records. */
  get buriedIds(): BuriedIds {
    this.#buriedIds ??= new BuriedIds(() => this.tombstones.keys())
    return this.#buriedIds
  }

  place(slot: Slot): VersionPlace {
    const rows = this.#rows
    return { whole: rows.whole(slot), patches: rows.patches(slot), rev: rows.rev(slot), seq: rows.seq(slot) }
  }

  patchesOf(slot: Slot): readonly Ptr[] {
    return this.#rows.patches(slot)
  }

  /** How many updates the next one would follow since the log has held the record whole; as many as may be, where that is a base's. */
  chain(slot: Slot): number {
    return this.#rows.chain(slot)
  }

  rev(slot: Slot): number {
    return this.#rows.rev(slot)
  }

  seq(slot: Slot): Seq {
    return this.#rows.seq(slot)
  }

  /** Rev of the newest version, dead or alive; 0 for an id that was never there. */
  lastRev(id: string): number {
    const slot = this.slotOf(id)
    return slot === undefined ? (this.tombstones.get(id)?.rev ?? 0) : this.rev(slot)
  }

  /** Records a version that stands whole at `ptr`; gives the record a slot when it has none. */
  put(id: string, ptr: Ptr, rev: number, seq: Seq): Slot {
    const { size } = this.ids
    const slot = this.ids.insert(id)
    if (this.ids.size > size) {
      this.tombstones.delete(id)
      this.#buriedIds?.risen(id)
      this.#endings?.added(slot, id)
      this.#used = Math.max(this.#used, slot + 1)
    }
    this.#rows.put(slot, ptr, rev, seq)
    this.fingerprints.forget(slot)
    return slot
  }

  /** Records a version that stands at `ptr` as a patch of the former one. */
  patch(slot: Slot, ptr: Ptr, rev: number, seq: Seq): void {
    this.#rows.setPatches(slot, [...this.patchesOf(slot), ptr])
    this.#rows.setChain(slot, this.chain(slot) + 1)
    this.#rows.stamp(slot, rev, seq)
    this.fingerprints.forget(slot)
  }

  /** Records a deletion, of a record that is there or (from a base) was there once. */
  bury(id: string, rev: number, seq: Seq): void {
    const slot = this.slotOf(id)
    this.tombstones.set(id, { rev, seq, last: slot === undefined ? undefined : this.place(slot) })
    this.#buriedIds?.buried(id)
    if (slot === undefined) return
    this.#endings?.removing(slot)
    this.ids.remove(id)
    this.#rows.setPatches(slot, [])
  }

  /**
   * A base now holds at `ptr` the version that stood whole at `former.whole` with so many patches on it: later patches, if
   * any, follow on it. Another record, or version, that stands whole since is left as it is.
   */
  rebase(slot: Slot, former: { readonly whole: Ptr; readonly patches: number }, ptr: Ptr): void {
    if (this.#rows.whole(slot) !== former.whole) return
    const later = this.patchesOf(slot).slice(former.patches)
    this.#rows.setWhole(slot, ptr)
    if (later.length === 0) this.based(slot)
    else this.#rows.setPatches(slot, later)
  }

  /** As `rebase`, of a record that has not changed since. */
  rebaseWhole(slot: Slot, ptr: Ptr): void {
    this.#rows.setWhole(slot, ptr)
    this.based(slot)
  }

  /**
   * The newest version stands in a base, alone: the next one is written whole, so that the log behind the base tells it
   * by itself when everything before is gone.
   */
  based(slot: Slot): void {
    this.#rows.setPatches(slot, [])
    this.#rows.setChain(slot, limits.patchChain)
  }

  /** One more than the highest slot that a record was ever in. */
  get used(): number {
    return this.#used
  }

  /** The live slots from this one on, below `end`, going up. */
  *slotsWithin(from: Slot, end: Slot): Generator<Slot> {
    for (let slot = from; slot < Math.min(end, this.#used); slot++) if (this.isLive(slot)) yield slot
  }

  /** A live slot near this one, going up; `undefined` where there is none. Between 0 and 1, `where` is a part of all slots. */
  slotNear(where: number): Slot | undefined {
    const from = Math.floor(where * this.#used)
    for (let at = 0; at < this.#used; at++) {
      const slot = (from + at) % this.#used
      if (this.isLive(slot)) return slot
    }
    return undefined
  }

  get bytes(): number {
    return this.ids.bytes + this.#rows.bytes + this.fingerprints.bytes + this.#tombstones.size * tombstoneBytes
  }

  release(): readonly ArrayBufferView[] {
    return [...this.ids.release(), ...this.#rows.release()]
  }

  save(image: ImageWriter): void {
    const { tombstones } = this
    this.ids.save(image)
    this.#rows.save(image)
    image.numbers(this.#used, tombstones.size)
    image.pieces(tombstonePieces([...tombstones]))
  }

  load(image: ImageReader): void {
    this.ids.load(image)
    this.#rows.load(image)
    const [used = 0, buried = 0] = image.numbers(2)
    this.#used = used
    this.fingerprints.clear()
    const tombstones = image.pieces()
    if (tombstones.count === 0) return
    this.#unread = tombstones
    this.#unreadTombstones = buried
    image.later(this.#rest())
  }

  #readTombstones(): void {
    const unread = this.#unread
    if (unread === undefined) return
    for (let piece = 0; piece < unread.count; piece++) {
      const read = unread.take(piece, (bytes) => [...unpackTombstones(jsonOf(bytes))]) ?? []
      for (const [id, tombstone] of read) this.#tombstones.set(id, tombstone)
    }
    this.#unread = undefined
  }

  *#rest(): Generator<number> {
    if (this.#unread === undefined) return
    yield this.#unread.at(0)
    if (this.#unread !== undefined) this.#readTombstones()
  }
}

/** Some thousand at a time: they are made JSON while others have their turns. */
function* tombstonePieces(tombstones: readonly (readonly [string, Tombstone])[]): Generator<Uint8Array> {
  for (let from = 0; from < tombstones.length; from += tombstonesPerPiece)
    yield jsonBytes(packTombstones(tombstones.slice(from, from + tombstonesPerPiece)))
}

/** As JSON: id, rev, seq, and the place of the last version (whole, rev, seq, patches) where it is known. */
function packTombstones(tombstones: readonly (readonly [string, Tombstone])[]): unknown {
  return tombstones.map(([id, { rev, seq, last }]) =>
    last === undefined ? [id, rev, seq] : [id, rev, seq, [last.whole, last.rev, last.seq, ...last.patches]],
  )
}

function* unpackTombstones(packed: unknown): Generator<readonly [string, Tombstone]> {
  if (!Array.isArray(packed)) throw new DamagedImage('no list of tombstones')
  for (const [id, rev, seq, last] of packed) yield [id, { rev, seq, last: last && unpackPlace(last) }]
}

function unpackPlace([whole = 0, rev = 0, seq = 0, ...patches]: readonly number[]): Tombstone['last'] {
  return { whole, rev, seq, patches }
}
