import type { FieldKind } from '@stateward/contract'
import type { FieldColumn } from '../sorting/field-column.ts'
import type { Steps } from '../sorting/steps.ts'
import type { IdTable } from './id-table.ts'

/** All records of a type at one moment, as an index needs them that is filled at once. */
export interface BulkRows {
  /** Of the live records, in the order of their ids. */
  readonly slots: Uint32Array
  readonly ids: Pick<IdTable, 'idOf'>
  /** What the records hold in a field: as keys of the kind by which an index orders it, else of the kind `value`. */
  column(field: string, kind: FieldKind): FieldColumn
  /** The slots in the order of a field, those that hold the same by id. */
  inOrder(field: string, kind: FieldKind): Steps<Uint32Array>
}
