import type { ProcedureReader, Slot, StoredRecord } from '@stateward/contract'
import type { BodyRequest } from '../records/bodies.ts'
import { recordKey } from '../records/record-key.ts'
import { refersTo } from '../records/refers.ts'
import { ColdBodies } from '../records/suspension.ts'
import { together } from '../records/together.ts'
import type { Live, LiveType } from '../state/live.ts'
import { readAll } from '../state/read-records.ts'

/**
 * The durable state for synchronous reads outside the actor. Throws `ColdBodies` for what is not in memory; what `load`
 * has read stays at hand as long as the reader lives, however small the cache is.
 */
export class DurableReader implements ProcedureReader {
  readonly #live: Live
  readonly #loaded = new Map<string, StoredRecord>()

  constructor(live: Live) {
    this.#live = live
  }

  get(typeName: string, id: string): StoredRecord | undefined {
    const type = this.#live.types.get(typeName)
    const slot = type?.rows.slotOf(id)
    if (type === undefined || slot === undefined) return undefined
    const record = this.#at(type, slot)
    if (record === undefined) throw new ColdBodies([this.#live.request(type, slot)])
    return record
  }

  getMany(type: string, ids: readonly string[]): readonly (StoredRecord | undefined)[] {
    return together(ids, (id) => this.get(type, id))
  }

  referringMany(type: string, field: string, ids: readonly string[]): readonly (readonly StoredRecord[])[] {
    return together(ids, (id) => this.referring(type, field, id))
  }

  referring(typeName: string, field: string, id: string): readonly StoredRecord[] {
    const type = this.#live.types.get(typeName)
    if (type === undefined) return []
    const cold: BodyRequest[] = []
    const found: StoredRecord[] = []
    for (const slot of this.#live.slotsReferring(type, field, id)) {
      const record = this.#at(type, slot)
      if (record === undefined) cold.push(this.#live.request(type, slot))
      else if (refersTo(record, field, id)) found.push(record)
    }
    if (cold.length > 0) throw new ColdBodies(cold)
    return found
  }

  /** Reads what a call has found to be missing, so that the same call goes further the next time. */
  async load({ requests }: ColdBodies): Promise<void> {
    for (const [{ type, id }, record] of await readAll(this.#live, requests)) {
      this.#loaded.set(recordKey(type, id), record)
    }
  }

  #at(type: LiveType, slot: Slot): StoredRecord | undefined {
    const hot = this.#live.hot(type, slot)
    if (hot !== undefined || this.#loaded.size === 0) return hot
    const loaded = this.#loaded.get(recordKey(type.name, type.rows.idOf(slot)))
    return loaded?.rev === type.rows.rev(slot) ? loaded : undefined
  }
}
