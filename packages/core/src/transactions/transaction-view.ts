import type { Seq, Slot, StoredRecord } from '@stateward/contract'
import { heldKey } from '@stateward/index'
import type { Access } from '@stateward/query'
import { BodyRequest } from '../records/bodies.ts'
import type { Touched } from '../records/draft.ts'
import type { ChangedSince, Since } from '../records/former-versions.ts'
import { type Head, HeadLayer, type HeadReader } from '../records/heads.ts'
import { recordKey } from '../records/record-key.ts'
import { refersTo } from '../records/refers.ts'
import { ColdBodies } from '../records/suspension.ts'
import { together } from '../records/together.ts'
import type { UniqueKey } from '../records/unique-keys.ts'
import type { Live, LiveType } from '../state/live.ts'
import { type Candidate, LiveView, type ReadView, slotsOf } from '../state/read-view.ts'
import { slotsHolding } from '../state/slots-holding.ts'

/**
 * What one transaction sees: the state as of the commit at which it began, and on top of it what it has written itself.
 * Records that others change meanwhile are kept as they were. Must be closed, or they are kept for ever.
 */
export class TransactionView implements ReadView, HeadReader {
  readonly keepsOrder = false
  readonly live: Live
  readonly seq: Seq
  /** The transaction's own writes. */
  readonly own: HeadLayer
  readonly #now: LiveView
  readonly #since: Since
  readonly #sizes = new Map<LiveType, number>()
  /** Records that were read from the log and that the cache may be too small to hold. */
  readonly #loaded = new Map<string, StoredRecord>()

  constructor(live: Live) {
    this.live = live
    this.seq = live.lastSeq
    this.#now = new LiveView(live)
    for (const type of live.types.values()) this.#sizes.set(type, type.rows.size)
    this.own = new HeadLayer({
      exists: (type, id) => this.#existed(type, id),
      head: (type, id) => this.#headBefore(type, id),
      referring: (type, field, id) => this.#referredBefore(type, field, id),
      holding: (type, key, record) => this.#heldBefore(type, key, record),
    })
    this.#since = live.former.begin()
  }

  /** What others have changed of a type, as it was before. Right within the turn it was asked in. */
  changedSince(type: string): ChangedSince {
    return this.live.former.changedSince(type, this.#since)
  }

  close(): void {
    this.#since.over()
  }

  /** Reads records from the log, for the next try of what needed them. */
  async load(requests: readonly BodyRequest[]): Promise<void> {
    const records = await this.live.bodies.load(requests)
    for (const [at, request] of requests.entries()) {
      const { type, id, place } = request
      const record = records[at]
      if (record === undefined) throw this.live.lost(type, id, place.seq)
      this.#loaded.set(recordKey(type, id), record)
      this.live.admit(request, record)
    }
  }

  exists(type: string, id: string): boolean {
    return this.own.exists(type, id)
  }

  head(type: string, id: string): Head | undefined {
    return this.own.head(type, id)
  }

  /** The rev that a record had when the transaction began, where the transaction has written it; each gets one rev of it. */
  revBefore(type: string, id: string): number | undefined {
    const own = this.own.own(type, id)
    return own === undefined ? undefined : own.rev - 1
  }

  referring(type: string, field: string, id: string): readonly StoredRecord[] {
    return this.own.referring(type, field, id)
  }

  holding(type: string, key: UniqueKey, record: StoredRecord): readonly StoredRecord[] {
    return this.own.holding(type, key, record)
  }

  /** What the transaction has changed, and what that was before. */
  touched(): readonly Touched[] {
    return together([...this.own.entries()], ([type, id]) => ({ type, id, before: this.#headBefore(type, id)?.record }))
  }

  size(type: LiveType): number {
    let size = this.#sizes.get(type) ?? 0
    for (const [name, id, { record }] of this.own.entries()) {
      if (name === type.name) size += Number(record !== undefined) - Number(this.#existed(name, id))
    }
    return size
  }

  find(type: LiveType, id: string): Candidate | undefined {
    const own = this.own.own(type.name, id)
    if (own !== undefined) return own.record
    const changed = this.changedSince(type.name)
    return changed.has(id) ? changed.get(id) : this.#now.find(type, id)
  }

  *candidates(type: LiveType, access: Access): Iterable<Candidate> {
    const changed = this.changedSince(type.name)
    for (const slot of slotsOf(type, access)) {
      const id = type.rows.idOf(slot)
      if (!changed.has(id) && this.own.own(type.name, id) === undefined) yield this.#now.at(type, slot)
    }
    // An index knows neither what was nor what is not committed, so each of these is a candidate; the predicate decides.
    for (const [id, before] of changed) {
      if (before !== undefined && this.own.own(type.name, id) === undefined) yield before
    }
    for (const [name, , { record }] of this.own.entries()) if (name === type.name && record !== undefined) yield record
  }

  #existed(type: string, id: string): boolean {
    const changed = this.changedSince(type)
    return changed.has(id) ? changed.get(id) !== undefined : this.live.exists(type, id)
  }

  #headBefore(type: string, id: string): Head | undefined {
    const changed = this.changedSince(type)
    if (!changed.has(id)) return this.#headNow(type, id)
    const record = changed.get(id)
    return record === undefined ? undefined : { record, rev: record.rev, seq: 0, patches: 0 }
  }

  #headNow(type: string, id: string): Head | undefined {
    const loaded = this.#loaded.get(recordKey(type, id))
    const rows = this.live.types.get(type)?.rows
    const slot = loaded === undefined ? undefined : rows?.slotOf(id)
    if (loaded === undefined || slot === undefined || rows?.rev(slot) !== loaded.rev) return this.live.head(type, id)
    return { record: loaded, rev: loaded.rev, seq: rows.seq(slot), patches: rows.patchesOf(slot).length }
  }

  #referredBefore(typeName: string, field: string, id: string): readonly StoredRecord[] {
    const type = this.live.types.get(typeName)
    if (type === undefined) return []
    return this.#matching(type, this.live.slotsReferring(type, field, id), (one) => refersTo(one, field, id))
  }

  #heldBefore(typeName: string, key: UniqueKey, record: StoredRecord): readonly StoredRecord[] {
    const type = this.live.type(typeName)
    const held = heldKey(key, record)
    return this.#matching(type, slotsHolding(this.live, type, key, record), (one) => heldKey(key, one) === held)
  }

  /** Of the records in these slots, and those that others have changed since, the ones that matched when it began. */
  #matching(
    type: LiveType,
    slots: Iterable<Slot>,
    matches: (record: StoredRecord) => boolean,
  ): readonly StoredRecord[] {
    const changed = this.changedSince(type.name)
    const found: StoredRecord[] = []
    const cold: BodyRequest[] = []
    for (const slot of slots) {
      const other = type.rows.idOf(slot)
      if (changed.has(other)) continue
      const candidate = this.#loaded.get(recordKey(type.name, other)) ?? this.#now.at(type, slot)
      if (candidate instanceof BodyRequest) cold.push(candidate)
      else if (matches(candidate)) found.push(candidate)
    }
    if (cold.length > 0) throw new ColdBodies(cold)
    for (const [, before] of changed) if (before !== undefined && matches(before)) found.push(before)
    return found
  }
}
