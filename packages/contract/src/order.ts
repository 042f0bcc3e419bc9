import { instantKey } from './instant.ts'
import type { JsonObject, JsonValue } from './json.ts'

/** How the values of a field compare: as they are, or (`time`) date-time texts by the instant they name. */
export type FieldKind = 'value' | 'time'

/**
 * The one ordering of values, total over everything JSON can hold and over absence:
 * absent < null < false < true < numbers < texts < arrays < objects. Texts compare by UTF-16 code units, arrays item by
 * item, objects by their keys in text order and then by the values. In a field of kind `time`, texts that name an
 * instant compare as instants, and come behind the empty text and before all others. Returns a negative number, 0 or a
 * positive number.
 */
export function compareValues(
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  kind: FieldKind = 'value',
): number {
  return kind === 'time' ? compareKeys(orderKey(left, kind), orderKey(right, kind)) : compareKeys(left, right)
}

/**
 * A value prepared for repeated comparison by `compareKeys`: itself, but for texts in a field of kind `time`. There an
 * instant becomes NUL and its `instantKey`; a text that begins with NUL itself is moved behind all instants.
 */
export function orderKey(value: JsonValue | undefined, kind: FieldKind): JsonValue | undefined {
  if (kind === 'value' || typeof value !== 'string') return value
  const instant = instantKey(value)
  if (instant !== undefined) return `\0${instant}`
  return value.startsWith('\0') ? `\0~${value}` : value
}

/** Compares what `orderKey` gave. */
export function compareKeys(left: JsonValue | undefined, right: JsonValue | undefined): number {
  if (left === right) return 0
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : 1
  if (typeof left === 'number' && typeof right === 'number') return left - right
  const rank = rankOf(left) - rankOf(right)
  if (rank !== 0) return rank
  if (Array.isArray(left) && Array.isArray(right)) return compareArrays(left, right)
  if (isObject(left) && isObject(right)) return compareObjects(left, right)
  return 0
}

/** Whether two values are the same value: by content, and in a field of kind `time` by instant. */
export function sameValue(
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  kind: FieldKind = 'value',
): boolean {
  return compareValues(left, right, kind) === 0
}

function rankOf(value: JsonValue | undefined): number {
  switch (typeof value) {
    case 'undefined':
      return 0
    case 'boolean':
      return value ? 3 : 2
    case 'number':
      return 4
    case 'string':
      return 5
    default:
      if (value === null) return 1
      return Array.isArray(value) ? 6 : 7
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function compareArrays(left: readonly JsonValue[], right: readonly JsonValue[]): number {
  const shared = Math.min(left.length, right.length)
  for (let at = 0; at < shared; at++) {
    const order = compareKeys(left[at], right[at])
    if (order !== 0) return order
  }
  return left.length - right.length
}

function compareObjects(left: JsonObject, right: JsonObject): number {
  const leftKeys = presentKeys(left)
  const rightKeys = presentKeys(right)
  const keys = compareArrays(leftKeys, rightKeys)
  if (keys !== 0) return keys
  for (const key of leftKeys) {
    const order = compareKeys(left[key], right[key])
    if (order !== 0) return order
  }
  return 0
}

function presentKeys(value: JsonObject): string[] {
  return Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
}
