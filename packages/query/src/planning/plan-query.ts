import type { Entity, Index, Query } from '@stateward/contract'
import type { Plan } from './plan.ts'
import { PreparedQuery } from './prepared-query.ts'

/**
 * Decides how a checked query is answered: by the way that is expected to touch the fewest records among the ids it
 * names, a lookup in each index that its conditions fit, a scan of an index that has the order asked for (cheap when a
 * limit ends it early), and a scan of everything. `indexes` are those that may be trusted now, `records` is the number of
 * live records of the type. An `or` is answered by an index when all its branches hold one field to certain values.
 *
 * Throws `INVALID` when the cursor is damaged or belongs to another query. O(indexes × conditions) and one `estimate`
 * per question that an index fits.
 */
export function planQuery(query: Query, entity: Entity, indexes: readonly Index[], records: number): Plan {
  return new PreparedQuery(query, entity, indexes).plan(query, records)
}
