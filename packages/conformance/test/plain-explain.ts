import type { Analysis, ExplainAsk, Explanation, PlanNode, Query, QueryAnswer } from '@stateward/contract'
import { checkField, entityOf } from './plain-door.ts'

/** Tells of an index where a declared one begins with a field of the filter; it looks at every record all the same. */
export function plainExplain({ analyze, by, ...query }: ExplainAsk, ask: (query: Query) => QueryAnswer): Explanation {
  if (by !== undefined) checkField(entityOf(query.type), by)
  const records = ask({ type: query.type }).rows.length
  const { rows, seq } = ask(query)
  const steps = { plan: 0, find: 0, load: 0, check: 0, sort: 0, wait: 0, rest: 0 }
  const analysis: Analysis = { rows: rows.length, candidates: records, bodies: 0, seq, ms: 0, steps }
  return {
    plan: planOf(query),
    order: 'sort',
    estimatedRows: rows.length,
    records,
    ...(analyze === true && { analysis }),
  }
}

function planOf(query: Query): PlanNode {
  const indexed = entityOf(query.type).indexes.find(
    ([field]) => field !== undefined && query.where?.[field] !== undefined,
  )
  return indexed === undefined
    ? { kind: 'scan', estimatedRows: 0 }
    : { kind: 'lookup', index: String(indexed), estimatedRows: 0 }
}
