import type { AskOptions, Explanation, Query } from '@stateward/contract'
import { checkQuery, planQuery } from '@stateward/query'
import { isDegraded } from './degraded.ts'
import { missingFor } from './explain-query.ts'
import type { QueryGround } from './query-ground.ts'
import { QueryMeter } from './query-meter.ts'
import { runPlanned } from './run-query.ts'

/**
 * Explains a query and answers it as `runQuery` does, with every step watched. Planned anew, as for `runExplain`. The clock of
 * the ground is read twice for each candidate and each check.
 */
export function runAnalyze(ground: QueryGround, given: Query, options: AskOptions = {}): Promise<Explanation> {
  const { type, entity, view, monotonicMs } = ground
  const meter = new QueryMeter(monotonicMs)
  // Outside of the promise, because whatever reading the query throws is for the dispatcher to put into words.
  const planned = meter.timed('plan', () => {
    const query = checkQuery(given, entity)
    const plan = planQuery(query, entity, type.indexes, view.size(type))
    return { query, plan, degraded: isDegraded(type, query) }
  })
  return analyzed(ground, planned, meter, options)
}

async function analyzed(
  ground: QueryGround,
  { query, plan, degraded }: Parameters<typeof runPlanned>[1],
  meter: QueryMeter,
  options: AskOptions,
): Promise<Explanation> {
  const answer = await runPlanned(meter.ground(ground), { query, plan: meter.plan(plan), degraded }, options)
  const missing = missingFor(ground.type, query)
  return { ...plan.explanation, analysis: meter.analysis(answer), ...missing, ...(degraded && { degraded }) }
}
