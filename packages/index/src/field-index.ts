import type { FieldKind, Index } from '@stateward/contract'
import type { BulkRows } from './bulk-rows.ts'

/** An index of this package: it tells also how the values of its fields compare, which `checkIndex` needs. */
export interface FieldIndex extends Index {
  /** One for each of `fields`. */
  readonly kinds: readonly FieldKind[]
  /** Takes all of these records in. Only while it is empty. O(n). */
  fill(rows: BulkRows): void
}
