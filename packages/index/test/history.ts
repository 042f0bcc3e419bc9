import type { Index, Slot, StoredRecord } from '@stateward/contract'
import * as fc from 'fast-check'
import { type IdTable, idTable } from '../src/id-table.ts'
import { anyFields, anyId } from './arbitraries.ts'

/** One write: `fields` absent deletes. The id is chosen by number from a small set, so that ids are written again. */
export interface Write {
  readonly id: number
  readonly fields: Omit<StoredRecord, 'id'> | undefined
}

export interface History {
  readonly ids: readonly string[]
  readonly writes: readonly Write[]
}

export const anyHistory: fc.Arbitrary<History> = fc.record({
  ids: fc.uniqueArray(anyId, { minLength: 1, maxLength: 30 }),
  writes: fc.array(fc.record({ id: fc.nat(29), fields: fc.option(anyFields, { nil: undefined, freq: 4 }) }), {
    maxLength: 120,
  }),
})

/** What a store holds and how it tells its indexes of it, in the order that indexes with shared ids rely on. */
export class Table {
  readonly ids: IdTable
  readonly records: Map<Slot, StoredRecord>
  readonly indexes: readonly Index[]

  constructor(indexes: readonly Index[], ids: IdTable = idTable(), records: Map<Slot, StoredRecord> = new Map()) {
    this.indexes = indexes
    this.ids = ids
    this.records = records
  }

  put(record: StoredRecord): void {
    const slot = this.ids.insert(record.id)
    const before = this.records.get(slot)
    this.records.set(slot, record)
    for (const index of this.indexes) index.update(slot, before, record)
  }

  delete(id: string): void {
    const slot = this.ids.slotOf(id)
    if (slot === undefined) return
    const before = this.records.get(slot)
    for (const index of this.indexes) index.update(slot, before, undefined)
    this.records.delete(slot)
    this.ids.remove(id)
  }

  replay({ ids, writes }: History): void {
    for (const { id: chosen, fields } of writes) {
      const id = ids[chosen % ids.length] ?? ''
      if (fields === undefined) this.delete(id)
      else this.put({ ...fields, id } as StoredRecord)
    }
  }
}
