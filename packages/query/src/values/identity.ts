import type { FieldKind, JsonObject, JsonValue } from '@stateward/contract'
import { timeKey } from './times.ts'

/** What stands for a value in a `Map` or `Set`. */
export type Identity = string | number | boolean | null | undefined

/**
 * The same for two values exactly when `sameValue` says they are the same: texts are told from lists and objects by
 * their first letter, lists and objects are written out with their keys in text order.
 */
export function identity(value: JsonValue | undefined, kind: FieldKind): Identity {
  if (typeof value === 'string') return kind === 'time' ? `t${timeKey(value)}` : `t${value}`
  if (typeof value === 'object' && value !== null) return `j${canonicalText(value)}`
  // The two zeros are one number.
  return value === 0 ? 0 : value
}

/** JSON without choice: keys in text order, absent ones left out. `JSON.parse` gives an equal value again. */
export function canonicalText(value: JsonValue | undefined): string {
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`
  if (typeof value === 'object' && value !== null) return `{${canonicalPairs(value).join(',')}}`
  // JSON can write numbers that are read as infinite; they are written so that they are read so again.
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : value < 0 ? '-1e999' : '1e999'
  return JSON.stringify(value ?? null)
}

function canonicalPairs(value: JsonObject): string[] {
  return Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`)
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}
