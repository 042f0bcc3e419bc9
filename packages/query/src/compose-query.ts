import type { Direction, Query, Where } from '@stateward/contract'
import { andWhere } from './merge-where.ts'
import { isPlainObject } from './plain-object.ts'
import { invalid, shown } from './refusal.ts'

/** The same query with one filter more; both must hold. The filter is copied: changing it later changes no query. */
export function withWhere(query: Query, where: object): Query {
  return { ...query, where: andWhere(query.where, copyOf(where) as Where) }
}

/** The same query with one field more to order by, behind those it has. */
export function withOrder(query: Query, field: string, direction: Direction): Query {
  return { ...query, orderBy: [...(query.orderBy ?? []), [field, direction]] }
}

/** The same query for at most so many rows; the last call counts. */
export function withLimit(query: Query, limit: number): Query {
  return { ...query, limit }
}

/** What counts and groups ask: all that match, in no order. */
export function withoutOrder({ type, where, snapshot }: Query): Query {
  return { type, ...(where === undefined ? {} : { where }), ...(snapshot === undefined ? {} : { snapshot }) }
}

const deepest = 128

/** Everything but plain lists and objects is left for `checkQuery` to judge; only what a wire would lose is refused here. */
function copyOf(value: unknown, path = 'where', depth = 0): unknown {
  if (value === undefined) {
    throw invalid(
      `${path}: expected a value, found undefined, which would be lost on the way; leave the key out, or ask { exists: false }`,
      { path },
    )
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw invalid(`${path}: expected a JSON value, found ${shown(value)}, which would become null on the way`, { path })
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth > deepest) throw invalid(`${path}: expected a filter, found one that nests without end`, { path })
  if (Array.isArray(value)) return value.map((item, at) => copyOf(item, `${path}[${at}]`, depth + 1))
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.keys(value).map((key) => [key, copyOf(value[key], `${path}.${key}`, depth + 1)]))
}
