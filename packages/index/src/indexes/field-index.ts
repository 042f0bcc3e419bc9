import type { FieldKind, Index, JsonValue, Slot, StoredRecord } from '@stateward/contract'
import type { BulkRows } from '../ids/bulk-rows.ts'
import type { Steps } from '../sorting/steps.ts'

/** An index of this package: it tells also how the values of its fields compare, which `checkIndex` needs. */
export interface FieldIndex extends Index {
  readonly isCustom?: never
  /** One for each of `fields`. */
  readonly kinds: readonly FieldKind[]
  /** Takes all of these records in. Only while it is empty; until the last step it holds some of them. O(n). */
  fill(rows: BulkRows): Steps
  /**
   * Present where it takes values in as they are read, so that nobody must hold them all until `fill`: the record in this slot holds
   * this in the field from now on. `fill`, called behind that, then only takes away what stands in slots without a record.
   */
  take?(slot: Slot, value: JsonValue | undefined): void
  /** Present where values cannot be looked up one by one: it says itself what differs. */
  readonly itself?: {
    /** Whether it holds of this record what it must and nothing else, and how many entries that are. */
    holds(slot: Slot, record: StoredRecord): { readonly ok: boolean; readonly entries: number }
    /** How it differs from what it must hold of these records, which are all: a sentence each. */
    differences(records: Iterable<readonly [Slot, StoredRecord]>): Iterable<string>
  }
}

/** An index of a domain's own, of which only lookups are asked. Whatever it does, this neither throws nor gives what is no live slot. */
export interface CustomIndex extends Index {
  readonly isCustom: true
  /** Told once, when it has thrown or given what makes no sense: from then on it holds nothing, and a lookup gives every record. */
  whenFailing: (failure: string) => void
}

/** Whatever a store keeps of a type. */
export type KeptIndex = FieldIndex | CustomIndex
