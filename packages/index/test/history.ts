import type { Index, Slot, StoredRecord } from '@stateward/contract'
import * as fc from 'fast-check'
import { type IdTable, idTable } from '../src/ids/id-table.ts'
import type { FieldIndex } from '../src/indexes/field-index.ts'
import { RecordColumns } from '../src/indexes/record-columns.ts'
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

/** As `Table`, but its indexes hear of nothing until all columns are put into them. */
export class ReadTable extends Table {
  readonly columns: RecordColumns

  constructor(indexes: readonly FieldIndex[], ids: IdTable) {
    super([], ids)
    this.columns = new RecordColumns(indexes, ids)
  }

  override put(record: StoredRecord): void {
    const slot = this.ids.slotOf(record.id)
    const before = slot === undefined ? undefined : this.records.get(slot)
    super.put(record)
    const now = this.ids.slotOf(record.id) ?? 0
    if (before === undefined) this.columns.put(now, record)
    else {
      // The same by its changes alone; of what was taken away some is named as changed too, which counts for nothing.
      const unset = Object.keys(before).filter((field) => !Object.hasOwn(record, field))
      const changed = Object.entries(record).filter(([field, value]) => value !== before[field])
      this.columns.patch(now, { ...Object.fromEntries(changed), ...(unset[0] && { [unset[0]]: 'gone' }) }, unset)
    }
  }
}
