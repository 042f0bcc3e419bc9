import { type Domain, limits, type Query } from '@stateward/contract'
import { checkQuery } from '@stateward/query'
import { checkedEntity, invalid } from './check.ts'

/** A live query as it was given, checked. Throws `INVALID` and what `checkQuery` throws. */
export function checkedLive(domain: Domain, given: Query): Query {
  const type: unknown = typeof given === 'object' && given !== null ? given.type : undefined
  const query = checkQuery(given, checkedEntity(domain, type))
  for (const key of ['cursor', 'snapshot', 'asOf'] as const)
    if (query[key] !== undefined)
      throw invalid(`expected a live query without ${key}, found one; it is of the newest state`)
  if (query.include !== undefined)
    throw invalid('expected a live query without include, found one; it tells of its own rows alone')
  if ((query.limit ?? 0) > limits.liveRows)
    throw invalid(`expected a live query of at most ${limits.liveRows} rows, found limit ${query.limit}`)
  return query
}
