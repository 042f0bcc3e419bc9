import type { Ptr, Slot } from '@stateward/contract'
import { RecordColumns } from '@stateward/index'
import type { LooseChange, LooseCommit } from '../log/codec.ts'
import { orphan } from '../records/orphan.ts'
import type { Live, LiveType } from '../state/live.ts'

type Patch = Extract<LooseChange, { op: 'patch' }>
type Put = Extract<LooseChange, { op: 'put' }>

/**
 * Builds an empty state from its log without making a single record of it: rows as the commits come, the indexes at the
 * end from what their fields hold then. The state is the same as if it had been told of every commit.
 */
export class Rebuild {
  readonly #live: Live
  /** Of the types that have indexes. */
  readonly #columns = new Map<LiveType, RecordColumns>()

  constructor(live: Live) {
    this.#live = live
  }

  /** Throws `CORRUPT` for an update of what is not there, or not in the version that it follows. */
  take({ seq, changes }: LooseCommit, ptr: Ptr): void {
    for (const change of changes) this.#takeOne(seq, change, ptr)
    this.#live.lastSeq = seq
  }

  /** One row of a base. */
  takeBase(row: LooseCommit, ptr: Ptr): void {
    this.take(row, ptr)
    for (const { type, id } of row.changes) {
      const { rows } = this.#live.type(type)
      const slot = rows.slotOf(id)
      if (slot !== undefined) rows.based(slot)
    }
  }

  /** Fills the indexes. Nothing can be taken in after that. */
  async finish(breathe: () => Promise<void>): Promise<void> {
    for (const [type, columns] of this.#columns) {
      for (const _ of columns.fill()) await breathe()
      this.#columns.delete(type)
    }
  }

  #takeOne(seq: number, change: LooseChange, ptr: Ptr): void {
    this.#live.versions++
    const type = this.#live.type(change.type)
    switch (change.op) {
      case 'put':
        this.#put(type, seq, change, ptr)
        break
      case 'patch':
        this.#patch(type, seq, change, ptr)
        break
      case 'delete':
        type.rows.bury(change.id, revOf(type, change), seq)
        break
      default:
        change satisfies never
    }
  }

  #put(type: LiveType, seq: number, change: Put, ptr: Ptr): void {
    const rev = revOf(type, change)
    const slot = type.rows.put(change.id, ptr, rev, seq)
    change.data.rev = rev
    this.#columnsOf(type)?.put(slot, change.data)
  }

  #patch(type: LiveType, seq: number, change: Patch, ptr: Ptr): void {
    const slot = followed(type, change)
    if (slot === undefined) throw orphan(seq, change)
    const rev = revOf(type, change)
    type.rows.patch(slot, ptr, rev, seq)
    change.changes.rev = rev
    this.#columnsOf(type)?.patch(slot, change.changes, change.unset)
  }

  #columnsOf(type: LiveType): RecordColumns | undefined {
    const known = this.#columns.get(type)
    if (known !== undefined || type.indexes.length === 0) return known
    const columns = new RecordColumns(type.indexes, type.rows.ids)
    this.#columns.set(type, columns)
    return columns
  }
}

/** The slot of the version that a change follows, if it is there. */
function followed({ rows }: LiveType, { id, rev }: Patch): Slot | undefined {
  const slot = rows.slotOf(id)
  return slot === undefined || rev === 0 || rev === rows.rev(slot) + 1 ? slot : undefined
}

/** Plain lines have none: they are counted. */
function revOf({ rows }: LiveType, { id, rev }: LooseChange): number {
  return rev === 0 ? rows.lastRev(id) + 1 : rev
}
