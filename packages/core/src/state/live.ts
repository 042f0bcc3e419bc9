import type {
  Commit,
  Domain,
  Entity,
  Projection,
  Ptr,
  Seq,
  Slot,
  StatewardError,
  StoredRecord,
} from '@stateward/contract'
import { customIndexesFor, freeMemory, indexesFor, type KeptIndex } from '@stateward/index'
import { type Bodies, BodyRequest } from '../records/bodies.ts'
import type { DecidedChange } from '../records/draft.ts'
import { fold } from '../records/fold.ts'
import { FormerVersions } from '../records/former-versions.ts'
import type { Head, HeadReader } from '../records/heads.ts'
import { orphan } from '../records/orphan.ts'
import { recordKey } from '../records/record-key.ts'
import { refersTo } from '../records/refers.ts'
import { RowTable, type VersionPlace } from '../records/row-table.ts'
import { ColdBodies } from '../records/suspension.ts'
import { lostHere } from './lost-here.ts'
import { type IndexAlarm, TypeIndexes } from './type-indexes.ts'
import { alreadyWhole, type Whole } from './whole.ts'

/** Everything kept in memory about one type. */
export interface LiveType {
  readonly name: string
  readonly number: number
  /** What its records are known by in the cache: no other type ever was. */
  readonly cached: number
  /** `undefined` for a type that the log holds and the domain does not: it is kept, carried over, and not asked about. */
  readonly entity: Entity | undefined
  readonly rows: RowTable
  readonly kept: TypeIndexes
  /** Those of `kept` that may be asked: another list whenever that changes. */
  readonly indexes: readonly KeptIndex[]
}

/** Told of every version that is about to be replaced: where it stands, and the record itself. */
export type Watcher = (
  type: LiveType,
  id: string,
  place: VersionPlace | undefined,
  before: StoredRecord | undefined,
) => void

/** The durable state: tables and indexes as of one seq. Changed only by `apply`, which cannot fail. */
export class Live implements Omit<HeadReader, 'holding'> {
  readonly types: Map<string, LiveType> = new Map()
  readonly bodies: Bodies
  readonly watchers: Set<Watcher> = new Set()
  readonly former: FormerVersions = new FormerVersions(this.watchers)
  readonly #projections = new Map<string, Set<Projection>>()
  /** Records that a decision has asked for and that the cache may be too small to hold. */
  readonly pinned: Map<string, StoredRecord> = new Map()
  /** What to say when a place in the log is there no more. */
  readonly lost: (type: string, id: string, seq: Seq) => StatewardError
  lastSeq: Seq = 0
  /** While a checkpoint is being caught up with: which commits rows and indexes have taken in already. */
  readonly asOf: Map<object, Seq> = new Map()
  /** Versions of records in the base and in the log behind it, deletions too. */
  versions = 0
  /** Whether all of it is in memory. */
  whole: Whole = alreadyWhole()
  /** Rings when an index fails. */
  readonly alarm: IndexAlarm
  #nextCached: number

  /** @param instead of a state whose bodies it shares, and whose place it is to take */
  constructor(domain: Domain, bodies: Bodies, lost: Live['lost'] = lostHere, instead?: Live) {
    this.bodies = bodies
    this.lost = lost
    this.alarm = instead?.alarm ?? {}
    this.#nextCached = instead === undefined ? 0 : instead.#nextCached
    for (const [name, entity] of Object.entries(domain.entities)) this.#add(name, entity)
  }

  /** The type of this name; one that the domain does not define is added: only the log may ask for such a one. */
  type(name: string): LiveType {
    return this.types.get(name) ?? this.#add(name, undefined)
  }

  #add(name: string, entity: Entity | undefined): LiveType {
    const rows = new RowTable()
    const none = entity === undefined
    const make = () => (none ? [] : [...indexesFor(entity, rows.ids), ...customIndexesFor(entity, rows.ids)])
    const kept = new TypeIndexes(name, make, this.alarm)
    const [number, cached] = [this.types.size, this.#nextCached++]
    const type: LiveType = {
      ...{ name, number, cached, entity, rows, kept },
      get indexes() {
        return kept.trusted
      },
    }
    this.types.set(name, type)
    return type
  }

  /** Becomes what another one is, of the same commits, from one turn to the next; who reads the old tables may go on. */
  become(other: Live): void {
    const { types, versions, lastSeq } = other
    this.types.clear()
    for (const [name, type] of types) this.types.set(name, type)
    this.versions = versions
    this.lastSeq = lastSeq
    this.#nextCached = other.#nextCached
    // Nobody has begun to build what this state still lacks.
    for (const { name, kept } of types.values())
      for (const { index } of kept.rebuilding) this.alarm.ring?.(name, index.name)
  }

  /** Live records of all types. */
  get size(): number {
    let size = 0
    for (const { rows } of this.types.values()) size += rows.size
    return size
  }

  /** Versions, and how many of them are the newest of their record. */
  get counts(): { readonly versions: number; readonly newest: number } {
    let newest = 0
    for (const { rows } of this.types.values()) newest += rows.size + rows.buried
    return { versions: this.versions, newest }
  }

  /** The record in this slot if it is in memory. */
  hot(type: LiveType, slot: Slot): StoredRecord | undefined {
    return this.bodies.get(type.cached, slot) ?? this.#pin(type, slot)
  }

  #pin(type: LiveType, slot: Slot): StoredRecord | undefined {
    if (this.pinned.size === 0) return undefined
    const record = this.pinned.get(recordKey(type.name, type.rows.idOf(slot)))
    return record?.rev === type.rows.rev(slot) ? record : undefined
  }

  request(type: LiveType, slot: Slot): BodyRequest {
    return new BodyRequest(type.name, type.rows.idOf(slot), type.rows.place(slot), slot)
  }

  /** Loads records into the cache, and holds on to them until `pinned` is cleared. */
  async warm(requests: readonly BodyRequest[]): Promise<void> {
    const records = await this.bodies.load(requests)
    for (const [at, request] of requests.entries()) {
      const { type, id, place } = request
      const record = records[at]
      if (record === undefined) throw this.lost(type, id, place.seq)
      this.pinned.set(recordKey(type, id), record)
      this.admit(request, record)
    }
  }

  /** Puts a record that was read from the log into the cache, if it is the newest version. */
  admit({ type, slot: known }: BodyRequest, record: StoredRecord): void {
    const { rows, cached } = this.type(type)
    const slot = known !== undefined && rows.idOf(known) === record.id ? known : rows.slotOf(record.id)
    if (slot === undefined || rows.rev(slot) !== record.rev) return
    this.bodies.set(cached, slot, record)
    rows.fingerprints.learn(slot, record)
  }

  exists(type: string, id: string): boolean {
    return this.types.get(type)?.rows.slotOf(id) !== undefined
  }

  head(typeName: string, id: string): Head | undefined {
    const type = this.types.get(typeName)
    if (type === undefined) return undefined
    const slot = type.rows.slotOf(id)
    if (slot === undefined) {
      const tombstone = type.rows.tombstones.get(id)
      return tombstone === undefined
        ? undefined
        : { record: undefined, rev: tombstone.rev, seq: tombstone.seq, patches: 0 }
    }
    const record = this.hot(type, slot)
    if (record === undefined) throw new ColdBodies([this.request(type, slot)])
    return { record, rev: record.rev, seq: type.rows.seq(slot), patches: type.rows.chain(slot) }
  }

  referring(typeName: string, field: string, id: string): readonly StoredRecord[] {
    const type = this.types.get(typeName)
    if (type === undefined) return []
    return this.matching(type, this.slotsReferring(type, field, id), (one) => refersTo(one, field, id))
  }

  /** The records in these slots that match. Throws `ColdBodies`. */
  matching(type: LiveType, slots: Iterable<Slot>, matches: (record: StoredRecord) => boolean): readonly StoredRecord[] {
    const cold: BodyRequest[] = []
    const found: StoredRecord[] = []
    for (const slot of slots) {
      const record = this.hot(type, slot)
      if (record === undefined) cold.push(this.request(type, slot))
      else if (matches(record)) found.push(record)
    }
    if (cold.length > 0) throw new ColdBodies(cold)
    return found
  }

  /** Slots of the records that may hold `id` in this field. */
  slotsReferring({ indexes, rows }: LiveType, field: string, id: string): Iterable<Slot> {
    const index = indexes.find((one) => one.fields[0] === field && one.shape.equal === 1)
    return index === undefined ? rows.ids.slots() : index.lookup({ equal: [[id]] })
  }

  /** Takes in one durable commit, decided by this store. */
  apply(seq: Seq, ptr: Ptr, changes: readonly DecidedChange[]): void {
    for (const one of changes) {
      this.#applyOne(seq, ptr, one)
      const told = this.#projections.get(one.change.type)
      if (told !== undefined) for (const projection of told) projection.changed(one.change.type, one.before, one.after)
    }
    this.lastSeq = seq
  }

  /**
   * Takes in one commit read back from the log; every record it patches must be hot or pinned (`ColdBodies` else).
   * Throws `CORRUPT` for a patch of a record that is not there, or not in the version that it follows.
   */
  replay(commit: Commit, ptr: Ptr): void {
    const befores = commit.changes.map(({ type, id }) => this.head(type, id)?.record)
    for (const [at, change] of commit.changes.entries()) {
      const before = befores[at]
      const isOrphan = before === undefined || (change.rev !== 0 && change.rev !== before.rev + 1)
      if (change.op === 'patch' && isOrphan) throw orphan(commit.seq, change)
      const revBefore = this.type(change.type).rows.lastRev(change.id)
      const after = fold(before, change, revBefore)
      const rev = change.rev === 0 ? revBefore + 1 : change.rev
      this.#applyOne(commit.seq, ptr, { change: { ...change, rev }, before, after })
    }
    this.lastSeq = commit.seq
  }

  /** Lets a projection hear of every change of these types from now on; returns the way to end that. */
  tell(types: readonly string[], projection: Projection): () => void {
    for (const type of types) {
      const told = this.#projections.get(type) ?? new Set()
      this.#projections.set(type, told.add(projection))
    }
    return () => {
      for (const type of types) this.#projections.get(type)?.delete(projection)
    }
  }

  /** While a checkpoint is being caught up with: whether this part knows of the commit already. */
  hasTaken(part: object, seq: Seq): boolean {
    return this.asOf.size > 0 && seq <= (this.asOf.get(part) ?? 0)
  }

  /** Takes in one row of a base. */
  takeBase(row: Commit, ptr: Ptr): void {
    this.replay(row, ptr)
    for (const { type, id } of row.changes) {
      const { rows } = this.type(type)
      const slot = rows.slotOf(id)
      if (slot !== undefined) rows.based(slot)
    }
  }

  /**
   * The log is closed: the memory of tables and indexes is given back now, and not when the garbage collector comes by, so that who
   * opens a store again has room for it. Who is still reading hears `CLOSED`. Takes a portion of it between two calls of `breathe`.
   */
  async release(breathe: () => Promise<void>): Promise<void> {
    // All at once, so that nobody reads what is half gone.
    const memory = [...this.types.values()].flatMap(({ rows, kept }) => [
      ...rows.release(),
      ...kept.all.flatMap(({ image }) => image?.release?.() ?? []),
    ])
    for (const _ of freeMemory(memory)) await breathe()
  }

  #applyOne(seq: Seq, ptr: Ptr, { change, before, after }: Pick<DecidedChange, 'change' | 'before' | 'after'>): void {
    this.versions++
    this.alarm.grown?.()
    const type = this.type(change.type)
    const { rows } = type
    // What is written whole finds its own slot.
    const needsSlot = after === undefined || change.op === 'patch' || this.watchers.size > 0
    const known = needsSlot ? rows.slotOf(change.id) : undefined
    for (const watcher of this.watchers)
      watcher(type, change.id, known === undefined ? undefined : rows.place(known), before)
    if (after === undefined) {
      if (known !== undefined) {
        type.kept.update(known, { before, after })
        this.bodies.delete(type.cached, known)
      }
      rows.bury(change.id, change.rev, seq)
      return
    }
    const slot = change.op === 'patch' && known !== undefined ? known : rows.put(change.id, ptr, after.rev, seq)
    if (change.op === 'patch') rows.patch(slot, ptr, after.rev, seq)
    type.kept.update(slot, { before, after })
    this.bodies.set(type.cached, slot, after)
  }
}
