import type { Query } from '@stateward/contract'
import type { FieldIndex } from '@stateward/index'
import type { LiveType } from '../state/live.ts'
import { fieldsOf } from './fields-of.ts'

/** Whether an index that is being built again might have served this query, which was checked. */
export function isDegraded({ kept }: LiveType, query: Query): boolean {
  return kept.rebuilding.length > 0 && mightServe(kept.rebuilding, query).length > 0
}

/** The names of the indexes that are not kept in memory and might have served this query. */
export function droppedFor({ kept }: LiveType, query: Query): readonly string[] {
  return kept.dropped.length === 0 ? [] : mightServe(kept.dropped, query)
}

function mightServe(missing: readonly { readonly index: FieldIndex }[], { where, orderBy = [] }: Query): string[] {
  const asked = new Set(where === undefined ? [] : fieldsOf(where))
  // Without an order asked for, or where the filter may hold all of its fields to one value, rows come by id.
  if (orderBy.every(([field]) => asked.has(field))) asked.add('id')
  for (const [field] of orderBy) asked.add(field)
  return missing.flatMap(({ index: { fields, name } }) => (asked.has(fields[0] ?? '') ? [name] : []))
}
