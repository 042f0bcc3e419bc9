import type { StoredRecord } from '@stateward/contract'

/** The texts in a field that holds an array; none where it holds no array, as a line of an old log may. */
export function textsIn(record: StoredRecord, field: string): readonly string[] {
  const value = record[field]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
