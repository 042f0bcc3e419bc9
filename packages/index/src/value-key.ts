import { type FieldKind, type JsonObject, type JsonValue, orderKey } from '@stateward/contract'

/**
 * A text that two values share if and only if `sameValue` says that they are the same. A text is its own key unless it
 * begins with NUL; so UUIDs stay UUIDs. `keyedValue` makes the value of it again.
 */
export function valueKey(value: JsonValue, kind: FieldKind): string {
  if (typeof value !== 'string') return `\0j${canonical(value)}`
  const key = kind === 'time' ? orderKey(value, kind) : value
  if (typeof key !== 'string' || !key.startsWith('\0')) return value
  // Behind its NUL, what `orderKey` made of an instant begins with a digit.
  return isInstant(key) && kind === 'time' ? `\0t${key.slice(1)}` : `\0s${value}`
}

/**
 * The value that a key stands for: equal to every value that has this key, if not written alike. An instant comes back
 * in UTC, to the millisecond or as far as it goes; an object with its keys in order.
 */
export function keyedValue(key: string): JsonValue {
  if (!key.startsWith('\0')) return key
  const content = key.slice(2)
  switch (key[1]) {
    case 't':
      return `${content.replace(/0{1,6}$/, '')}Z`
    case 's':
      return content
    default:
      // What `canonical` wrote.
      return JSON.parse(content) as JsonValue
  }
}

function isInstant(key: string): boolean {
  const first = key.charCodeAt(1)
  return first >= 48 && first <= 57
}

function canonical(value: JsonValue | undefined): string {
  if (typeof value === 'number') return canonicalNumber(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (isArray(value)) return `[${value.map(canonical).join()}]`
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
    .join()}}`
}

/** JSON can write numbers that JavaScript reads as infinite; they are written so that they are read so again. */
function canonicalNumber(value: number): string {
  if (value === Infinity) return '1e999'
  return value === -Infinity ? '-1e999' : String(value)
}

function isArray(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value)
}
