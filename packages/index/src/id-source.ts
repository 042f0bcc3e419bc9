import type { Slot, StoredRecord } from '@stateward/contract'
import { IdRows } from './id-rows.ts'
import type { SlotIds } from './slot-ids.ts'

/** Where an index gets the ids from that break its ties. */
export interface IdSource extends SlotIds {
  /** Called before a record enters the index. */
  enter(slot: Slot, record: StoredRecord): void
  /** Called after a record has left. */
  leave(slot: Slot): void
  clear(): void
}

/** The ids of a table that somebody else keeps, or copies of the index's own (16 bytes for a UUID). */
export function idSource(shared: SlotIds | undefined): IdSource {
  if (shared === undefined) {
    const rows = new IdRows()
    return {
      compare: (a, b) => rows.compare(a, b),
      compareText: (slot, text) => rows.compareText(slot, text),
      enter: (slot, record) => rows.set(slot, record.id),
      leave: (slot) => rows.remove(slot),
      clear: () => rows.clear(),
    }
  }
  return {
    compare: (a, b) => shared.compare(a, b),
    compareText: (slot, text) => shared.compareText(slot, text),
    enter: () => undefined,
    leave: () => undefined,
    clear: () => undefined,
  }
}
