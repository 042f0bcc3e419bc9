import type { JsonValue, StoredRecord } from '@stateward/contract'
import { changeLine, type LooseChange } from '../log/codec.ts'
import type { Live } from '../state/live.ts'
import type { BaseRow } from './base-rows.ts'

/** Fields of a record that nobody else has. */
type OwnFields = Record<string, JsonValue | undefined>

/** The line of a tombstone, and of a record that is in memory in the row's version. */
export function lineAtHand(row: BaseRow, live: Live, timestamp: string): Uint8Array | undefined {
  if (row.place === undefined) return tombstoneLine(row, timestamp)
  const record = hotRecord(row, live)
  return record === undefined ? undefined : wholeLine(row, record, timestamp)
}

/** A row bears the time of its record's last change; the given one, where the record does not say. */
export function wholeLine(row: BaseRow, record: StoredRecord, timestamp: string): Uint8Array {
  const { rev: _, ...data } = record
  return lineOf(row, data, timestamp)
}

/**
 * As `wholeLine`, of the record after these changes, the first of which states it whole; as `fold` does it, upon the first one's own
 * fields. `undefined` where there is no record after them.
 */
export function foldedLine(row: BaseRow, changes: readonly LooseChange[], timestamp: string): Uint8Array | undefined {
  let data: OwnFields | undefined
  for (const change of changes) {
    if (change.op !== 'patch') {
      data = change.op === 'put' ? change.data : undefined
      continue
    }
    data ??= {}
    assign(data, change.changes)
    data.id = change.id
    for (const field of change.unset) delete data[field]
  }
  if (data === undefined) return undefined
  delete data.rev
  return lineOf(row, data, timestamp)
}

function lineOf({ type, id, rev }: BaseRow, data: OwnFields, timestamp: string): Uint8Array {
  // Lines of other programs may hold anything there.
  const changedAt = typeof data.updated_at === 'string' ? data.updated_at : timestamp
  return changeLine({ op: 'put', type: type.name, id, rev, data }, changedAt)
}

/** An assignment would take a field of that name for something else. */
function assign(data: OwnFields, changes: OwnFields): void {
  for (const field of Object.keys(changes)) {
    const value = changes[field]
    if (field === '__proto__')
      Object.defineProperty(data, field, { value, enumerable: true, configurable: true, writable: true })
    else data[field] = value
  }
}

/** The time of a deletion is not kept in memory, so that a tombstone bears the base's. */
function tombstoneLine({ type, id, rev }: BaseRow, timestamp: string): Uint8Array {
  return changeLine({ op: 'delete', type: type.name, id, rev }, timestamp)
}

/** The record as of the row, if that is still the newest version and in memory; of a type that nobody knows, its line is better. */
function hotRecord({ type, id, slot, rev }: BaseRow, live: Live): StoredRecord | undefined {
  if (type.entity === undefined || slot === undefined) return undefined
  const record = live.bodies.peek(type.cached, slot)
  return record?.rev === rev && record.id === id ? record : undefined
}
