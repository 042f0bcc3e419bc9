import type { StoredRecord } from '@stateward/contract'
import { heldKey } from '@stateward/index'
import type { UniqueKey } from './unique-keys.ts'

/**
 * Who holds which values of one unique key, among the records of one layer. Made at the first question about the key and kept
 * true from then on, as `Referrers` is.
 */
export class Holders {
  readonly #by = new Map<string, Set<string>>()
  readonly #key: UniqueKey

  constructor(key: UniqueKey, records: Iterable<StoredRecord | undefined>) {
    this.#key = key
    for (const record of records) this.add(record)
  }

  /** Ids of the records that hold what this one holds. */
  of(record: StoredRecord): Iterable<string> {
    return this.#by.get(heldKey(this.#key, record) ?? '') ?? []
  }

  add(record: StoredRecord | undefined): void {
    const held = record && heldKey(this.#key, record)
    if (record === undefined || held === undefined) return
    const ids = this.#by.get(held)
    if (ids === undefined) this.#by.set(held, new Set([record.id]))
    else ids.add(record.id)
  }

  remove(record: StoredRecord | undefined): void {
    const held = record && heldKey(this.#key, record)
    if (record === undefined || held === undefined) return
    const ids = this.#by.get(held)
    ids?.delete(record.id)
    if (ids?.size === 0) this.#by.delete(held)
  }
}
