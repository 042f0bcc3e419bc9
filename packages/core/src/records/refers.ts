import type { StoredRecord } from '@stateward/contract'

/** Whether `field` of the record is this id, or holds it in an array. */
export function refersTo(record: StoredRecord, field: string, id: string): boolean {
  const value = record[field]
  return value === id || (Array.isArray(value) && value.includes(id))
}
