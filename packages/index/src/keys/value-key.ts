import { type FieldKind, type JsonObject, type JsonValue, orderKey } from '@stateward/contract'
import { microsOf } from './instant-micros.ts'
import { isNumberText, numberText, textNumber } from './number-text.ts'

/**
 * A text that two values share if and only if `sameValue` says that they are the same. A text is its own key, with few exceptions, so that UUIDs stay UUIDs; numbers and instants become such.
 */
export function valueKey(value: JsonValue, kind: FieldKind): string {
  if (typeof value === 'number') return numberText(value, 'number')
  if (typeof value !== 'string') return `\0j${canonical(value)}`
  return (kind === 'time' ? instantKeyOf(value) : undefined) ?? textKey(value)
}

/**
 * The value that a key of kind `value` stands for: equal to every value that has this key, an object with its keys in
 * order. A key of an instant leads to no value, because the texts that name it are many.
 */
export function keyedValue(key: string): JsonValue {
  if (isNumberText(key)) return textNumber(key)
  if (!key.startsWith('\0')) return key
  const content = key.slice(2)
  // What does not begin with `s` is what `canonical` wrote.
  return key[1] === 's' ? content : JSON.parse(content)
}

/** `undefined` for a text that names no instant. */
function instantKeyOf(text: string): string | undefined {
  const micros = microsOf(text)
  if (micros !== undefined) return numberText(micros, 'instant')
  const key = orderKey(text, 'time')
  return typeof key === 'string' && isInstant(key) ? `\0t${key.slice(1)}` : undefined
}

/** Behind its NUL, what `orderKey` makes of an instant begins with a digit, and of another text that begins with NUL never. */
function isInstant(key: string): boolean {
  const first = key.charCodeAt(1)
  return key.startsWith('\0') && first >= 48 && first <= 57
}

function textKey(text: string): string {
  return text.startsWith('\0') || isNumberText(text) ? `\0s${text}` : text
}

/** A value as JSON that is the same for equal values: keys in order, numbers beyond JSON as they are read again. */
export function canonical(value: JsonValue | undefined): string {
  if (typeof value === 'number') return canonicalNumber(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (isArray(value)) return `[${value.map(canonical).join()}]`
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  const members = keys.sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
  return `{${members.join()}}`
}

/** JSON can write numbers that JavaScript reads as infinite; they are written so that they are read so again. */
function canonicalNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '1e999'
  return value === Number.NEGATIVE_INFINITY ? '-1e999' : String(value)
}

function isArray(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value)
}
