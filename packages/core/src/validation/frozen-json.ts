import { type JsonObject, type JsonValue, limits, StatewardError } from '@stateward/contract'

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * A frozen copy of `value`, which must be a JSON object that reads back from its own text as it is.
 * Throws `INVALID` naming the path of the first thing JSON would lose or change (NaN, Infinity, undefined, functions, bigints,
 * symbols, dates, maps, cycles, `__proto__`), and `TOO_LARGE` beyond depth, keys or length. -0 becomes 0. O(size).
 */
export function frozenObject(value: unknown, name: string): JsonObject {
  if (!isPlainObject(value)) throw invalid(name, `expected a plain object, found ${describe(value)}`)
  return copyObject(value, name, 1)
}

/** The fields of an object without some, and those. */
export interface Apart {
  readonly rest: JsonObject
  readonly aside: Readonly<Record<string, JsonValue | undefined>>
}

/**
 * As `frozenObject`, with some of the keys put aside. Made in one go, because what destructuring leaves of an object is one that
 * V8 keeps as a table, as is every copy of it: a record made so takes four times as long, and as long again to be read.
 */
export function frozenApart(value: unknown, name: string, aside: ReadonlySet<string>): Apart {
  if (!isPlainObject(value)) throw invalid(name, `expected a plain object, found ${describe(value)}`)
  const found: Record<string, JsonValue | undefined> = {}
  return { rest: copyObject(value, name, 1, { keys: aside, found }), aside: found }
}

/** As `frozenObject`, for any JSON value. */
export function frozenValue(value: unknown, path: string, depth = 1): JsonValue {
  switch (typeof value) {
    case 'string':
      if (value.length > limits.textChars)
        throw tooLarge(path, `a text of at most ${limits.textChars} characters`, `${value.length}`)
      return value
    case 'number':
      if (!Number.isFinite(value)) throw invalid(path, `expected a finite number, found ${value}; JSON cannot hold it`)
      return value === 0 ? 0 : value
    case 'boolean':
      return value
    case 'object':
      if (value === null) return null
      if (Array.isArray(value)) return copyArray(value, path, depth)
      if (isPlainObject(value)) return copyObject(value, path, depth)
      throw invalid(path, `expected JSON, found ${describe(value)}; convert it first`)
    default:
      throw invalid(
        path,
        `expected JSON, found ${describe(value)}${value === undefined ? '; leave the key out, or list it in "unset"' : ''}`,
      )
  }
}

/** Freezes a value that came out of `JSON.parse`, all the way down. */
export function deepFreeze<T extends JsonValue>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const item of Object.values(value)) deepFreeze(item as JsonValue)
  return Object.freeze(value)
}

function copyObject(
  value: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
  aside?: { readonly keys: ReadonlySet<string>; readonly found: Record<string, JsonValue | undefined> },
): JsonObject {
  checkDepth(path, depth)
  const keys = Object.keys(value)
  if (keys.length > limits.keysPerObject) throw tooLarge(path, `at most ${limits.keysPerObject} keys`, `${keys.length}`)
  if (Object.getOwnPropertySymbols(value).length > 0) throw invalid(path, 'expected text keys, found a symbol')
  const copy: Record<string, JsonValue> = {}
  for (const key of keys) {
    if (forbiddenKeys.has(key)) throw invalid(path, `expected no key that reaches a prototype, found ${key}; rename it`)
    const item = value[key]
    // Most values are good as they are, and the path to them need not be written.
    const good = isGoodLeaf(item) ? item : frozenValue(item, `${path}.${key}`, depth + 1)
    if (aside?.keys.has(key) === true) aside.found[key] = good
    else copy[key] = good
  }
  return Object.freeze(copy)
}

function copyArray(value: readonly unknown[], path: string, depth: number): readonly JsonValue[] {
  checkDepth(path, depth)
  // A loop by index, because `map` would skip the holes of a sparse array.
  const copy: JsonValue[] = new Array(value.length)
  for (let at = 0; at < value.length; at++) copy[at] = frozenValue(value[at], `${path}[${at}]`, depth + 1)
  return Object.freeze(copy)
}

/** Whether `frozenValue` would give back this very value. */
function isGoodLeaf(value: unknown): value is string | number | boolean | null {
  switch (typeof value) {
    case 'string':
      return value.length <= limits.textChars
    case 'number':
      return Number.isFinite(value) && value !== 0
    case 'boolean':
      return true
    default:
      return value === null
  }
}

/** Depth also ends cycles: a cycle is deeper than any bound. */
function checkDepth(path: string, depth: number): void {
  if (depth > limits.depth) {
    const shown = path.length > 80 ? `${path.slice(0, 80)}…` : path
    throw new StatewardError('INVALID', `${shown}: expected nesting of at most ${limits.depth}, found more, or a cycle`)
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

/** What a value is, for a message. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`
  if (typeof value === 'object') return `an object of class ${value.constructor?.name ?? 'unknown'}`
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : typeof value === 'undefined'
      ? 'undefined'
      : `a ${typeof value}`
}

function invalid(path: string, message: string): StatewardError {
  return new StatewardError('INVALID', `${path}: ${message}`, { details: { path } })
}

function tooLarge(path: string, expected: string, found: string): StatewardError {
  return new StatewardError('TOO_LARGE', `${path}: expected ${expected}, found ${found}`, { details: { path } })
}
