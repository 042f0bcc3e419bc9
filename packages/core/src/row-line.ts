import type { StoredRecord } from '@stateward/contract'
import type { BaseRow } from './base-rows.ts'
import { encodeCommit } from './codec.ts'
import type { Live } from './live.ts'

/** The line of a tombstone, and of a record that is in memory in the row's version. */
export function lineAtHand(row: BaseRow, live: Live, timestamp: string): Uint8Array | undefined {
  if (row.place === undefined) return tombstoneLine(row, timestamp)
  const record = hotRecord(row, live)
  return record === undefined ? undefined : wholeLine(row, record, timestamp)
}

/** A row bears the time of its record's last change; the given one, where the record does not say. */
export function wholeLine({ type, id, rev }: BaseRow, record: StoredRecord, timestamp: string): Uint8Array {
  const { rev: _, ...data } = record
  // Lines of other programs may hold anything there.
  const changedAt = typeof record.updated_at === 'string' ? record.updated_at : timestamp
  return Buffer.from(encodeCommit([{ op: 'put', type: type.name, id, rev, data }], { timestamp: changedAt }))
}

/** The time of a deletion is not kept in memory, so that a tombstone bears the base's. */
function tombstoneLine({ type, id, rev }: BaseRow, timestamp: string): Uint8Array {
  return Buffer.from(encodeCommit([{ op: 'delete', type: type.name, id, rev }], { timestamp }))
}

/** The record as of the row, if that is still the newest version and in memory; of a type that nobody knows, its line is better. */
function hotRecord({ type, id, rev }: BaseRow, live: Live): StoredRecord | undefined {
  if (type.entity === undefined) return undefined
  const slot = type.rows.slotOf(id)
  const record = slot === undefined ? undefined : live.bodies.peek(type.cached, slot)
  return record?.rev === rev ? record : undefined
}
