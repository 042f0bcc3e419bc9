import type { Explanation, Protocol, Query } from '@stateward/contract'
import { checkQuery, planQuery } from '@stateward/query'
import type { LiveType } from '../state/live.ts'
import { invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import { droppedFor, isDegraded } from './degraded.ts'
import type { QueryGround } from './query-ground.ts'

/** Planned anew, because its numbers are told. */
export function runExplain({ type, entity, view }: QueryGround, given: Query): Explanation {
  const query = checkQuery(given, entity)
  const { explanation } = planQuery(query, entity, type.indexes, view.size(type))
  return { ...explanation, ...missingFor(type, query) }
}

/** What is to be said of indexes that might have served. */
export function missingFor(type: LiveType, query: Query): Pick<Explanation, 'degraded' | 'dropped'> {
  const dropped = droppedFor(type, query)
  return { ...(dropped.length > 0 && { dropped }), ...(isDegraded(type, query) && { degraded: true }) }
}

/** What is to be explained, and whether it is to be answered for it. */
export function explainAsked(body: Protocol['explain']['ask']): {
  readonly query: Query
  readonly isAnalyzed: boolean
} {
  // Handed on as it is: what else is wrong with a query is for the query language to say.
  if (!('analyze' in body)) return { query: body, isAnalyzed: false }
  const { analyze = false, ...query } = body
  if (typeof analyze !== 'boolean') throw invalid(`expected analyze to be true or false, found ${describe(analyze)}`)
  return { query, isAnalyzed: analyze }
}
