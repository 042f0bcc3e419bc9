import type { Ptr, Seq, Slot, StoredRecord } from '@stateward/contract'
import type { LooseChange, LooseCommit } from '../log/codec.ts'
import type { BodyRequest } from '../records/bodies.ts'
import { fold } from '../records/fold.ts'
import { orphan } from '../records/orphan.ts'
import { within } from '../records/within.ts'
import type { Live, LiveType } from '../state/live.ts'

/**
 * Brings a state that nobody reads yet from its checkpoint to the end of the log. Its cache stays empty: of the records
 * that commits change only those are made that an index is told of, and none is kept. The state is the same as if it had
 * been told of every commit.
 */
export class CatchUp {
  readonly #live: Live
  /** What the commits at hand change, as it is by now. */
  readonly #records = new Map<LiveType, Map<Slot, StoredRecord>>()

  constructor(live: Live) {
    this.#live = live
  }

  /**
   * Takes in the next commits, all of them behind `lastSeq`. One read of the log for all that they change. Rejects with
   * `CORRUPT` for an update of what is not there, or not in the version that it follows; the state is of no use then.
   */
  async take(commits: readonly LooseCommit[], ptrs: ArrayLike<Ptr>): Promise<void> {
    await this.#load(commits)
    for (const [at, { seq, changes }] of commits.entries()) {
      for (const change of changes) this.#take(seq, change, within(ptrs, at))
      this.#live.lastSeq = seq
    }
    this.#records.clear()
  }

  async #load(commits: readonly LooseCommit[]): Promise<void> {
    const live = this.#live
    const wanted = new Map<string, { readonly type: LiveType; readonly slot: Slot; readonly request: BodyRequest }>()
    for (const { seq, changes } of commits) {
      for (const { type: name, id } of changes) {
        const type = live.type(name)
        const slot = type.indexes.length === 0 || live.hasTaken(type.rows, seq) ? undefined : type.rows.slotOf(id)
        if (slot === undefined) continue
        const key = `${type.number} ${slot}`
        if (!wanted.has(key)) wanted.set(key, { type, slot, request: live.request(type, slot) })
      }
    }
    if (wanted.size === 0) return
    const found = [...wanted.values()]
    const records = await live.bodies.load(found.map(({ request }) => request))
    for (const [at, { type, slot, request }] of found.entries()) {
      const record = records[at]
      if (record === undefined) throw live.lost(request.type, request.id, request.place.seq)
      this.#recordsOf(type).set(slot, record)
    }
  }

  #take(seq: Seq, change: LooseChange, ptr: Ptr): void {
    const live = this.#live
    const type = live.type(change.type)
    live.versions++
    if (live.hasTaken(type.rows, seq)) return
    const slot = type.rows.slotOf(change.id)
    if (change.op === 'patch' && !follows(type, slot, change.rev)) throw orphan(seq, change)
    if (slot !== undefined) live.bodies.delete(type.cached, slot)
    const rev = change.rev === 0 ? type.rows.lastRev(change.id) + 1 : change.rev
    const isIndexed = type.indexes.length > 0
    const before = slot === undefined || !isIndexed ? undefined : this.#recordsOf(type).get(slot)
    const after = isIndexed ? fold(before, change, rev - 1) : undefined
    if (change.op === 'delete') {
      if (slot !== undefined) this.#index(type, slot, { seq, before, after })
      type.rows.bury(change.id, rev, seq)
    } else this.#index(type, moved(type, { change, ptr, rev, seq }), { seq, before, after })
  }

  /** Tells the indexes, where there are any, of what has come into a slot. */
  #index(
    type: LiveType,
    slot: Slot,
    { seq, before, after }: { seq: Seq; before: StoredRecord | undefined; after: StoredRecord | undefined },
  ): void {
    if (type.indexes.length === 0) return
    for (const index of type.indexes) if (!this.#live.hasTaken(index, seq)) index.update(slot, before, after)
    if (after !== undefined) this.#recordsOf(type).set(slot, after)
  }

  #recordsOf(type: LiveType): Map<Slot, StoredRecord> {
    const known = this.#records.get(type)
    if (known !== undefined) return known
    const records = new Map<Slot, StoredRecord>()
    this.#records.set(type, records)
    return records
  }
}

interface Placed {
  readonly change: Exclude<LooseChange, { op: 'delete' }>
  readonly ptr: Ptr
  readonly rev: number
  readonly seq: Seq
}

/** Writes the row of a new version. */
function moved({ rows }: LiveType, { change, ptr, rev, seq }: Placed): Slot {
  const slot = change.op === 'patch' ? rows.slotOf(change.id) : undefined
  if (slot === undefined) return rows.put(change.id, ptr, rev, seq)
  rows.patch(slot, ptr, rev, seq)
  return slot
}

/** Whether the version that a patch follows is the one that is there. Lines of other programs have no rev. */
function follows({ rows }: LiveType, slot: Slot | undefined, rev: number): boolean {
  return slot !== undefined && (rev === 0 || rev === rows.rev(slot) + 1)
}
