import type { Query } from '@stateward/contract'
import type { KeptIndex } from '@stateward/index'
import { fieldsOf } from '@stateward/query'
import type { LiveType } from '../state/live.ts'

/** Whether an index that is being built again might have served this query, which was checked; with `by`, its groups by that field. */
export function isDegraded({ kept }: LiveType, query: Query, by?: string): boolean {
  return kept.rebuilding.length > 0 && mightServe(kept.rebuilding, query, by).length > 0
}

/** The names of the indexes that are not kept in memory and might have served this query; with `by`, its groups by that field. */
export function droppedFor({ kept }: LiveType, query: Query, by?: string): readonly string[] {
  return kept.dropped.length === 0 ? [] : mightServe(kept.dropped, query, by)
}

function mightServe(
  missing: readonly { readonly index: KeptIndex }[],
  { where, orderBy = [] }: Query,
  by: string | undefined,
): string[] {
  const asked = new Set(where === undefined ? [] : fieldsOf(where))
  if (by !== undefined) {
    // Groups of everything are counted by an index as it is written; those of a part are counted one by one.
    if (asked.size === 0) return namesOf(missing, (index) => index.counters !== undefined && index.fields[0] === by)
  } else {
    // Without an order asked for, or where the filter may hold all of its fields to one value, rows come by id.
    if (orderBy.every(([field]) => asked.has(field))) asked.add('id')
    for (const [field] of orderBy) asked.add(field)
  }
  return namesOf(missing, ({ fields }) => asked.has(fields[0] ?? ''))
}

function namesOf(missing: readonly { readonly index: KeptIndex }[], isMeant: (index: KeptIndex) => boolean): string[] {
  return missing.flatMap(({ index }) => (isMeant(index) ? [index.name] : []))
}
