import {
  type Change,
  type JsonObject,
  type JsonValue,
  limits,
  type ProcedureReader,
  type StoredRecord,
} from '@stateward/contract'
import { ownValue } from '../validation/own-value.ts'
import { fold } from './fold.ts'
import { type Head, HeadLayer, type HeadReader } from './heads.ts'
import { Lookups } from './lookups.ts'
import { recordKey } from './record-key.ts'
import { together } from './together.ts'
import type { UniqueKey } from './unique-keys.ts'

/** One record of a decided commit: what the log will say, and the record on either side of it. */
export interface DecidedChange {
  readonly change: Change
  readonly before: StoredRecord | undefined
  readonly after: StoredRecord | undefined
  readonly patches: number
}

/** A record that a write has changed, and what it was before. */
export interface Touched {
  readonly type: string
  readonly id: string
  readonly before: StoredRecord | undefined
}

/**
 * One write while it is being decided: its own changes on top of everything decided before. Nothing of it is seen by
 * others until `finish` has made changes of it; dropping it leaves no trace.
 */
export class Draft implements ProcedureReader {
  readonly timestamp: string
  readonly #start: Lookups
  readonly #revBefore: ((type: string, id: string) => number | undefined) | undefined
  readonly #layer: HeadLayer
  /** What this write has deleted, as it was before. */
  #removed: Map<string, StoredRecord> | undefined
  #touched: Map<string, Touched> | undefined

  /** `revBefore` tells the rev that a record has before the commit, where that is not its rev in `base`. */
  constructor(base: HeadReader, timestamp: string, revBefore?: (type: string, id: string) => number | undefined) {
    this.#start = new Lookups(base)
    this.#revBefore = revBefore
    this.#layer = new HeadLayer(this.#start)
    this.timestamp = timestamp
  }

  get(type: string, id: string): StoredRecord | undefined {
    return this.head(type, id)?.record
  }

  getMany(type: string, ids: readonly string[]): readonly (StoredRecord | undefined)[] {
    return together(ids, (id) => this.get(type, id))
  }

  referringMany(type: string, field: string, ids: readonly string[]): readonly (readonly StoredRecord[])[] {
    return together(ids, (id) => this.referring(type, field, id))
  }

  exists(type: string, id: string): boolean {
    return this.#layer.exists(type, id)
  }

  head(type: string, id: string): Head | undefined {
    return this.#layer.head(type, id)
  }

  referring(type: string, field: string, id: string): readonly StoredRecord[] {
    return this.#layer.referring(type, field, id)
  }

  holding(type: string, key: UniqueKey, record: StoredRecord): readonly StoredRecord[] {
    return this.#layer.holding(type, key, record)
  }

  /** What this write has changed since the last call, as it was then, each record once. Taken down from the first call on. */
  takeTouched(): readonly Touched[] {
    const touched = [...(this.#touched?.values() ?? [])]
    this.#touched = new Map()
    return touched
  }

  #touch(type: string, id: string): void {
    if (this.#touched === undefined) return
    const key = recordKey(type, id)
    if (!this.#touched.has(key)) this.#touched.set(key, { type, id, before: this.get(type, id) })
  }

  /** The rev that this write gives to a record, however often it touches it. */
  nextRev(type: string, id: string): number {
    return (this.#revBefore?.(type, id) ?? this.#start.head(type, id)?.rev ?? 0) + 1
  }

  put(type: string, id: string, data: JsonObject): StoredRecord {
    return this.#set(type, id, { op: 'put', type, id, rev: this.nextRev(type, id), data })
  }

  patch(before: StoredRecord, type: string, changes: JsonObject, unset: readonly string[]): StoredRecord {
    const rev = this.nextRev(type, before.id)
    return this.#set(type, before.id, { op: 'patch', type, id: before.id, rev, prev: 0, changes, unset }, before)
  }

  remove(type: string, id: string): number {
    const rev = this.nextRev(type, id)
    const before = this.get(type, id)
    this.#touch(type, id)
    if (before !== undefined) {
      this.#removed ??= new Map()
      this.#removed.set(recordKey(type, id), before)
    }
    this.#layer.set(type, id, { record: undefined, rev, seq: 0, patches: 0 })
    return rev
  }

  /** The last version of a record that this write itself has deleted. */
  removed(type: string, id: string): StoredRecord | undefined {
    return this.#removed?.get(recordKey(type, id))
  }

  #set(type: string, id: string, change: Change, before?: StoredRecord): StoredRecord {
    this.#touch(type, id)
    const record = fold(before, change, change.rev - 1)
    const put = change.op === 'put' ? change.data : undefined
    this.#layer.set(type, id, { record, rev: change.rev, seq: 0, patches: 0, put })
    // A put and a patch always leave a record; only a deletion does not.
    return record as StoredRecord
  }

  /** The changes that make up this write: one a record, none for a record that is as it was. */
  finish(): DecidedChange[] {
    const decided: DecidedChange[] = []
    for (const [type, id, end] of this.#layer.entries()) {
      const one = changeBetween({ type, id, start: this.#start.head(type, id), end })
      if (one !== undefined) decided.push(one)
    }
    return decided
  }
}

/** What a write has made of one record. */
interface Made {
  readonly type: string
  readonly id: string
  readonly start: Head | undefined
  readonly end: Head
}

function changeBetween({ type, id, start, end }: Made): DecidedChange | undefined {
  const before = start?.record
  const after = end.record
  const { rev } = end
  if (after === undefined) {
    return before === undefined ? undefined : { change: { op: 'delete', type, id, rev }, before, after, patches: 0 }
  }
  const patches = (start?.patches ?? 0) + 1
  if (before === undefined || start === undefined || patches > limits.patchChain) {
    return { change: { op: 'put', type, id, rev, data: end.put ?? withoutRev(after) }, before, after, patches: 0 }
  }
  const { changes, unset } = difference(before, after)
  return { change: { op: 'patch', type, id, rev, prev: start.seq, changes, unset }, before, after, patches }
}

function withoutRev({ rev: _, ...data }: StoredRecord): JsonObject {
  return data
}

/** Top-level fields to set and to remove to make `after` of `before`; `rev` and `id` aside. */
function difference(before: StoredRecord, after: StoredRecord): { changes: JsonObject; unset: readonly string[] } {
  const changes: Record<string, JsonValue | undefined> = {}
  for (const field of Object.keys(after)) {
    if (field !== 'rev' && after[field] !== ownValue(before, field)) changes[field] = after[field]
  }
  // A line that does not say it means its own time, so it has to be said even when it stays as it was.
  changes.updated_at = after.updated_at
  const unset = Object.keys(before).filter((field) => !Object.hasOwn(after, field))
  return { changes, unset }
}
