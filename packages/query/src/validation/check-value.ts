import { type JsonValue, limits } from '@stateward/contract'
import { isPlainObject, prototypeKeys } from './plain-object.ts'
import { invalid, shown, tooLarge } from './refusal.ts'

/** Counts what one query holds, so that its parts share one bound. */
export interface Counts {
  nodes: number
  values: number
}

/**
 * A copy of `value` made of plain JSON; the copy cannot be changed by the caller afterwards. Throws `INVALID` where the
 * value is not JSON (a function, NaN, a Date, `undefined`, a cycle) and `TOO_LARGE` where a bound of `limits` is passed.
 */
export function checkValue(value: unknown, path: string, counts: Counts, depth = 1): JsonValue {
  switch (typeof value) {
    case 'string':
      if (value.length > limits.textChars) {
        throw tooLarge(`${path}: expected at most ${limits.textChars} characters, found ${value.length}`, { path })
      }
      return value
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      throw invalid(`${path}: expected a JSON value, found ${value}, which JSON cannot hold`, { path })
    case 'object':
      if (value === null) return null
      return checkComposite(value, path, counts, depth)
    default:
      throw invalid(`${path}: expected a JSON value, found ${shown(value)}${hint(value)}`, { path })
  }
}

function checkComposite(value: object, path: string, counts: Counts, depth: number): JsonValue {
  if (depth >= limits.depth) {
    throw invalid(`${path}: expected at most ${limits.depth} levels of nesting, found more (or a cycle)`, { path })
  }
  if (Array.isArray(value)) {
    countValues(value.length, path, counts)
    return Array.from(value, (item: unknown, at) => checkValue(item, `${path}[${at}]`, counts, depth + 1))
  }
  if (!isPlainObject(value))
    throw invalid(`${path}: expected a JSON value, found ${shown(value)}${hint(value)}`, { path })
  const keys = Object.keys(value)
  countValues(keys.length, path, counts)
  const copy: Record<string, JsonValue> = {}
  for (const key of keys) {
    if (prototypeKeys.has(key)) throw invalid(`${path}: no value may have the key ${key}; take it out`, { path })
    const item = value[key]
    if (item !== undefined) copy[key] = checkValue(item, `${path}.${key}`, counts, depth + 1)
  }
  return copy
}

/** Adds to what the query holds; throws `TOO_LARGE` above `limits.inValues`, before anything is walked. */
function countValues(more: number, path: string, counts: Counts): void {
  counts.values += more
  if (counts.values > limits.inValues) {
    throw tooLarge(
      `${path}: a filter holds at most ${limits.inValues} listed values in all, this one holds at least ${counts.values}; ask in several queries`,
      { path, limit: limits.inValues },
    )
  }
}

function hint(value: unknown): string {
  if (value === undefined) return '; leave the key out, or ask { exists: false }'
  if (value instanceof Date) return '; write date.toISOString()'
  return ''
}
