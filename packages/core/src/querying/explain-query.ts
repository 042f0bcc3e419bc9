import type { Explanation, Protocol, Query } from '@stateward/contract'
import { checkField, checkQuery, planQuery } from '@stateward/query'
import type { LiveType } from '../state/live.ts'
import { invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import { droppedFor, isDegraded } from './degraded.ts'
import type { QueryGround } from './query-ground.ts'

/** What is to be explained. */
export interface ExplainWanted {
  readonly query: Query
  /** The field of the groups that are meant; `undefined` where rows are. Not checked yet. */
  readonly by: string | undefined
  /** Whether it is to be answered for it. */
  readonly isAnalyzed: boolean
}

/** Planned anew, because its numbers are told. */
export function runExplain({ type, entity, view }: QueryGround, given: Query, by?: string): Explanation {
  const query = checkQuery(given, entity)
  if (by !== undefined) checkField(by, entity, 'by')
  const { explanation } = planQuery(query, entity, type.indexes, view.size(type))
  return { ...explanation, ...missingFor(type, query, by) }
}

/** What is to be said of indexes that might have served. */
export function missingFor(
  type: LiveType,
  query: Query,
  by: string | undefined,
): Pick<Explanation, 'degraded' | 'dropped'> {
  const dropped = droppedFor(type, query, by)
  return { ...(dropped.length > 0 && { dropped }), ...(isDegraded(type, query, by) && { degraded: true }) }
}

export function explainAsked(body: Protocol['explain']['ask']): ExplainWanted {
  // Handed on as it is: what else is wrong with a query is for the query language to say.
  if (!('analyze' in body || 'by' in body)) return { query: body, by: undefined, isAnalyzed: false }
  const { analyze = false, by, ...query } = body
  if (typeof analyze !== 'boolean') throw invalid(`expected analyze to be true or false, found ${describe(analyze)}`)
  return { query, by, isAnalyzed: analyze }
}
