import type { AskOptions, Explanation, Query, QueryAnswer } from '@stateward/contract'
import { checkField, checkQuery, planQuery } from '@stateward/query'
import { isDegraded } from './degraded.ts'
import { missingFor } from './explain-query.ts'
import type { Planned } from './planned-shape.ts'
import type { QueryGround } from './query-ground.ts'
import { QueryMeter } from './query-meter.ts'
import { runPlanned } from './run-query.ts'
import { plannedNow } from './run-query-now.ts'

/**
 * Explains a query and answers it as `runQuery` does, with every step watched. Planned anew, as for `runExplain`. The clock of
 * the ground is read twice for each candidate and each check.
 */
export function runAnalyze(
  ground: QueryGround,
  given: Query,
  by: string | undefined,
  options: AskOptions = {},
): Promise<Explanation> {
  // Outside of the promise, because whatever reading the query throws is for the dispatcher to put into words.
  const { watched, planned, explained } = watchedQuery(ground, given, by)
  return runPlanned(watched, planned, options).then(explained)
}

/** As `runAnalyze`, answered as by `queryNow`. */
export function analyzeNow(ground: QueryGround, given: Query, by: string | undefined): Explanation {
  const { watched, planned, explained } = watchedQuery(ground, given, by)
  return explained(plannedNow(watched, planned))
}

interface WatchedQuery {
  readonly watched: QueryGround
  readonly planned: Pick<Planned, 'query' | 'plan' | 'degraded'>
  readonly explained: (answer: QueryAnswer) => Explanation
}

function watchedQuery(ground: QueryGround, given: Query, by: string | undefined): WatchedQuery {
  const { type, entity, view, monotonicMs } = ground
  const meter = new QueryMeter(monotonicMs)
  const { query, plan, degraded, missing } = meter.timed('plan', () => {
    const query = checkQuery(given, entity)
    if (by !== undefined) checkField(by, entity, 'by')
    const plan = planQuery(query, entity, type.indexes, view.size(type))
    return { query, plan, degraded: isDegraded(type, query), missing: missingFor(type, query, by) }
  })
  return {
    watched: meter.ground(ground),
    planned: { query, plan: meter.plan(plan), degraded },
    // An index may have been found out while the query ran.
    explained: (answer) => ({
      ...plan.explanation,
      analysis: meter.analysis(answer),
      ...missing,
      ...missingFor(type, query, by),
    }),
  }
}
