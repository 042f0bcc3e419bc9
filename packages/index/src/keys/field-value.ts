import type { JsonValue } from '@stateward/contract'

/** What a record holds in a field; `undefined` where there is no record or no such field. */
export function fieldValue(
  record: Readonly<Record<string, JsonValue | undefined>> | undefined,
  field: string,
): JsonValue | undefined {
  const value = record?.[field]
  // A field may be called `constructor`; what every object inherits under that name is no value of the record.
  return typeof value === 'function' ? undefined : value
}
