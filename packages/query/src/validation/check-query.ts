import { type Entity, limits, type OrderBy, type Query } from '@stateward/contract'
import { checkField } from './check-field.ts'
import { checkInclude } from './check-include.ts'
import { checkWhere } from './check-where.ts'
import { didYouMean } from './did-you-mean.ts'
import { isPlainObject } from './plain-object.ts'
import { invalid, shown, tooLarge } from './refusal.ts'

const keys = ['type', 'where', 'orderBy', 'limit', 'cursor', 'snapshot', 'asOf', 'include'] as const

/**
 * A copy of a query that is known to be right; what the caller does to the original afterwards does not reach it. A key
 * that holds `undefined` counts as absent, but never inside `where`: a value that was forgotten must not widen a filter.
 *
 * Throws `INVALID` for anything that is wrong in itself: an unknown key, operator or (where the entity declares
 * `fields`) field, an operand of the wrong kind, a range on a time field by what is no date-time, `limit` outside
 * 1 … `limits.queryRows`. Throws `TOO_LARGE` for a filter that nests deeper than `limits.filterDepth`, holds more than
 * `limits.filterNodes` conditions or more than `limits.inValues` listed values in all, and for more than
 * `limits.filterDepth` fields to order by. Whether the cursor belongs to the query is seen by `planQuery`.
 */
export function checkQuery(query: unknown, entity: Entity): Query {
  if (!isPlainObject(query)) throw invalid(`query: expected an object, found ${shown(query)}`)
  for (const key of Object.keys(query)) {
    if (keys.some((known) => known === key)) continue
    throw invalid(`query: unknown key ${shown(key)}.${didYouMean(key, keys)} The keys are: ${keys.join(', ')}`, { key })
  }
  const { where, orderBy, limit, include } = query
  const cursor = checkText(query.cursor, 'cursor')
  const snapshot = checkText(query.snapshot, 'snapshot')
  const asOf = checkAsOf(query.asOf)
  const type = checkText(query.type, 'type')
  if (type === undefined) throw invalid('query.type: expected the name of a type, found undefined')
  return {
    type,
    ...(where === undefined ? {} : { where: checkWhere(where, entity, 'query.where') }),
    ...(orderBy === undefined ? {} : { orderBy: checkOrderBy(orderBy, entity) }),
    ...(limit === undefined ? {} : { limit: checkLimit(limit) }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(include === undefined ? {} : { include: checkInclude(include, entity) }),
  }
}

function checkText(value: unknown, key: string): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw invalid(`query.${key}: expected a text that is not empty, found ${shown(value)}`, { key })
}

function checkAsOf(value: unknown): number | undefined {
  if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) return value
  throw invalid(`query.asOf: expected the seq of a commit, a whole number from 0, found ${shown(value)}`)
}

function checkLimit(limit: unknown): number {
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= limits.queryRows) return limit
  throw invalid(`query.limit: expected a whole number from 1 to ${limits.queryRows}, found ${shown(limit)}`)
}

function checkOrderBy(orderBy: unknown, entity: Entity): readonly OrderBy[] {
  const expected = "query.orderBy: expected a list such as [['updated_at', 'desc'], ['name', 'asc']]"
  if (!Array.isArray(orderBy)) throw invalid(`${expected}, found ${shown(orderBy)}`)
  if (orderBy.length > limits.filterDepth) {
    throw tooLarge(`query.orderBy: expected at most ${limits.filterDepth} fields, found ${orderBy.length}`)
  }
  const order: OrderBy[] = []
  for (let at = 0; at < orderBy.length; at++) {
    const item: unknown = orderBy[at]
    if (!Array.isArray(item) || item.length !== 2) throw invalid(`${expected}, found ${shown(item)} at ${at}`)
    const direction: unknown = item[1]
    if (direction !== 'asc' && direction !== 'desc') {
      throw invalid(`query.orderBy[${at}]: expected the direction 'asc' or 'desc', found ${shown(direction)}`)
    }
    order.push([checkField(item[0], entity, 'query.orderBy'), direction])
  }
  return order
}
