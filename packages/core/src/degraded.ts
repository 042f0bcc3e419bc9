import type { Query } from '@stateward/contract'
import { fieldsOf } from './fields-of.ts'
import type { LiveType } from './live.ts'

/** Whether an index that is being built again might have served this query, which was checked. */
export function isDegraded({ kept }: LiveType, { where, orderBy = [] }: Query): boolean {
  if (kept.rebuilding.length === 0) return false
  const asked = new Set(where === undefined ? [] : fieldsOf(where))
  // Without an order asked for, or where the filter may hold all of its fields to one value, rows come by id.
  if (orderBy.every(([field]) => asked.has(field))) asked.add('id')
  for (const [field] of orderBy) asked.add(field)
  return kept.rebuilding.some(({ index: { fields } }) => asked.has(fields[0] ?? ''))
}
