/** Any value that JSON can hold. What the store accepts and gives back; given back frozen. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object. A key that is absent and a key that holds `undefined` are the same thing in TypeScript, never in the log. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

/** What every record of every type carries beside its own fields. */
export interface SystemFields {
  readonly id: string
  /** Counts the versions of this record: 1, 2, 3 … A record that is deleted and created again goes on counting. */
  readonly rev: number
  /** RFC 3339. What the store writes is UTC with milliseconds; what a caller gave is kept as it is. */
  readonly created_at: string
  readonly updated_at: string
}

/** A record as it is stored: the fields of its type and the system fields. Frozen, shared, never copied. */
export type StoredRecord = JsonObject & SystemFields
