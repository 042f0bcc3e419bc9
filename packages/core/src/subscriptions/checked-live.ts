import { type Domain, limits, type Protocol, type Query } from '@stateward/contract'
import { checkField, checkMeasures, checkQuery } from '@stateward/query'
import { checkedEntity, checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import { groupsOf, type LiveAsk } from './live-aggregate.ts'

/** A live query as it was given, checked. Throws `INVALID` and what `checkQuery` throws. */
export function checkedLive(domain: Domain, given: Query): Query {
  const query = checkedLiveRelated(domain, given)
  if (query.include === undefined) return query
  throw invalid(
    'expected a live query without include, found one; watch liveRelated, whose rows come with what they lead to',
  )
}

/** The same of one with `include`, or without. */
export function checkedLiveRelated(domain: Domain, given: Query): Query {
  const type: unknown = typeof given === 'object' && given !== null ? given.type : undefined
  const query = checkQuery(given, checkedEntity(domain, type))
  for (const key of ['cursor', 'snapshot', 'asOf'] as const)
    if (query[key] !== undefined)
      throw invalid(`expected a live query without ${key}, found one; it is of the newest state`)
  if ((query.limit ?? 0) > limits.liveRows)
    throw invalid(`expected a live query of at most ${limits.liveRows} rows, found limit ${query.limit}`)
  return query
}

const askKeys: ReadonlySet<string> = new Set(['query', 'by', 'measures'])

/** A live aggregate as it was given, checked. Throws `INVALID`, and what `checkQuery` and `checkMeasures` throw. */
export function checkedLiveAggregate(domain: Domain, given: Protocol['aggregate']['ask']): LiveAsk {
  if (typeof given !== 'object' || given === null)
    throw invalid(`expected a live aggregate to be an object, found ${describe(given)}`)
  checkKeys(given, askKeys, 'liveAggregate')
  const query = checkedLive(domain, given.query)
  for (const key of ['limit', 'orderBy', 'include'] as const)
    if (query[key] !== undefined)
      throw invalid(`expected a live aggregate without ${key}, found one; it is of all that match`)
  const entity = checkedEntity(domain, query.type)
  const by = given.by === undefined ? undefined : checkField(given.by, entity, 'by')
  const ask = { query, by, measures: checkMeasures(given.measures, entity) }
  // A measure that cannot be kept up is refused here, and not when the first change comes.
  groupsOf(ask, entity)
  return ask
}
