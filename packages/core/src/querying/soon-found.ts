import type { Query, QueryAnswer } from '@stateward/contract'
import { planQuery, topK } from '@stateward/query'
import { isCold } from '../state/read-view.ts'
import { pageOf, type QueryGround } from './query-ground.ts'

const mostCandidates = 1_000

/**
 * The answer to a query with a limit within the call, if it takes a look at few records and all of them are in memory;
 * else `undefined`, having looked at few all the same.
 */
export function soonFound(ground: QueryGround, query: Query): QueryAnswer | undefined {
  const { type, entity, view } = ground
  const plan = planQuery(query, entity, type.indexes, view.size(type))
  const wanted = (query.limit ?? mostCandidates) + 1
  const most = mostCandidates + wanted
  const rows = []
  let looked = 0
  for (const candidate of view.candidates(type, plan.access)) {
    if (isCold(candidate) || ++looked > most) return undefined
    if (plan.predicate !== undefined && !plan.predicate(candidate)) continue
    rows.push(candidate)
    if (plan.inOrder && rows.length === wanted) break
  }
  const found = plan.inOrder ? rows : topK(rows, wanted, plan.compare)
  const { seq } = view
  return found.length < wanted ? { rows: found, seq } : pageOf(ground, query, found, seq)
}
