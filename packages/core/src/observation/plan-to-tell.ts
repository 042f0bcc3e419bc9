import type { Explanation, Index, QueryPlan } from '@stateward/contract'
import { fieldsOf } from '@stateward/query'

const system = ['id', 'rev', 'created_at', 'updated_at']

/**
 * A plan without what was asked for: no id, no value of a filter. A field may be called whatever the caller likes, so that only
 * one that has an index is named.
 */
export function planToTell(
  { plan, residual, order, estimatedRows, records }: Explanation,
  indexes: readonly Index[],
): QueryPlan {
  const known = new Set([...system, ...indexes.flatMap(({ fields }) => fields)])
  const looked = residual === undefined ? [] : fieldsOf(residual)
  return {
    access: plan.kind,
    ...('index' in plan ? { index: plan.index } : {}),
    ...('of' in plan ? { index: plan.of.map(({ index }) => index).join(' ∩ ') } : {}),
    residual: [...new Set(looked.map((field) => (known.has(field) ? field : '?')))],
    order,
    estimatedRows,
    records,
  }
}
