import type { IndexedReads } from '../contender.ts'
import type { WorkState } from './work-state.ts'

/** The queries of the built-in domain that an index serves, as an application writes them. */
export function statewardIndexed(state: WorkState): IndexedReads {
  const { phase, spec } = state
  return {
    withId: (id) => phase.where({ id }).all(),
    phasesOf: (specId) => phase.where({ spec_id: specId }).orderBy('order').all(),
    statusSince: (status, from, limit) =>
      phase
        .where({ status, updated_at: { gte: from } })
        .orderBy('updated_at')
        .limit(limit)
        .all(),
    newestOfAll: (limit) => phase.where().orderBy('updated_at', 'desc').limit(limit).all(),
    specsNamed: (planId, part) => spec.where({ plan_id: planId, name: { contains: part } }).all(),
    newestPage: (status, limit, cursor) =>
      phase.where({ status }).orderBy('updated_at', 'desc').limit(limit).page(cursor),
  }
}
