import type { Direction, OrderBy, Query, Where } from '@stateward/contract'
import { andWhere } from '../planning/merge-where.ts'
import { isPlainObject } from '../validation/plain-object.ts'
import { invalid, shown } from '../validation/refusal.ts'

// No spreads: one that is followed by another key takes a microsecond, ten times as long, and a query is put together in three steps.

/** The same query with one filter more; both must hold. The filter is copied: changing it later changes no query. */
export function withWhere(query: Query, where: object): Query {
  return Object.assign({}, query, { where: andWhere(query.where, copyOf(where, 'where', 0) as Where) })
}

/** The same query with one field more to order by, behind those it has. */
export function withOrder(query: Query, field: string, direction: Direction): Query {
  const { orderBy } = query
  const own: OrderBy = [field, direction]
  return Object.assign({}, query, { orderBy: orderBy === undefined ? [own] : [...orderBy, own] })
}

/** The same query for at most so many rows; the last call counts. */
export function withLimit(query: Query, limit: number): Query {
  return Object.assign({}, query, { limit })
}

/** The same query, and what its rows lead to by these references; the last call counts. */
export function withInclude(query: Query, include: readonly string[]): Query {
  return { ...query, include: [...include] }
}

/** What counts and groups ask: all that match, in no order. */
export function withoutOrder(query: Query): Query {
  if (query.orderBy === undefined && query.limit === undefined && query.cursor === undefined) return query
  const { orderBy: _, limit: __, cursor: ___, ...rest } = query
  return rest
}

const deepest = 128

/** Everything but plain lists and objects is left for `checkQuery` to judge; only what a wire would lose is refused here. */
function copyOf(value: unknown, key: string, depth: number): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw lost(key, `${value}, which would become null on the way; give a number`)
  }
  if (value === undefined) {
    throw lost(key, 'undefined, which would be lost on the way; leave the key out, or ask { exists: false }')
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth > deepest) throw lost(key, 'a filter that nests without end')
  if (Array.isArray(value)) return Array.from(value, (item) => copyOf(item, key, depth + 1))
  if (!isPlainObject(value)) return value
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    // Assigning to this key would set a prototype; as an own key it is refused later, with a place in its message.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: value[name], enumerable: true })
    else copy[name] = copyOf(value[name], name, depth + 1)
  }
  return copy
}

function lost(key: string, found: string): ReturnType<typeof invalid> {
  return invalid(`where: expected a JSON value for ${shown(key)}, found ${found}`, { key })
}
