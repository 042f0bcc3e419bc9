import type { Change, JsonObject, JsonValue, StoredRecord } from '@stateward/contract'

/**
 * Stands first in an object that is made of another one and more. A copy of that other one alone is of a hidden class that V8
 * links to no other: each object that a field is added to, or that is frozen, is then of a class of its own (110 bytes, five
 * times the time, and every reader of the field looks it up anew). Fields that are added to an empty object share theirs.
 */
export const nothing: JsonObject = Object.freeze({})

/**
 * The meaning of a change: the record after it, frozen; `undefined` after a deletion.
 * Writing and replaying both go through here, so that memory always is what the log says. `rev` is the change's own,
 * or, where a plain line carries none (0), one more than `revBefore`.
 */
export function fold(before: StoredRecord | undefined, change: Change, revBefore: number): StoredRecord | undefined {
  const rev = change.rev === 0 ? revBefore + 1 : change.rev
  switch (change.op) {
    case 'put':
      return asRecord({ ...nothing, ...change.data, rev })
    case 'patch': {
      const merged: Record<string, JsonValue | undefined> = {
        ...nothing,
        ...before,
        ...change.changes,
        id: change.id,
        rev,
      }
      for (const field of change.unset) delete merged[field]
      return asRecord(merged)
    }
    case 'delete':
      return undefined
    default:
      return change satisfies never
  }
}

/** The door for JSON that is a record: whoever calls has put `id`, `rev` and the two times into it. */
function asRecord(fields: JsonObject): StoredRecord {
  return Object.freeze(fields) as StoredRecord
}
