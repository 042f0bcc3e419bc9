import type { JsonObject, JsonValue } from '@stateward/contract'

/** What a record holds in a field. One may be called `toString`: what every object inherits under that name is no value of the record. */
export function ownValue(record: JsonObject, field: string): JsonValue | undefined {
  return Object.hasOwn(record, field) ? record[field] : undefined
}
