import type { JsonValue, StoredRecord } from '@stateward/contract'

/** Reads one field of a record; `undefined` where the field is absent. */
export type FieldReader = (record: StoredRecord) => JsonValue | undefined

/** Names that every object inherits are looked up as own keys only: a record without `toString` must not have one. */
export function fieldReader(field: string): FieldReader {
  if (field in Object.prototype) return (record) => (Object.hasOwn(record, field) ? record[field] : undefined)
  return (record) => record[field]
}
