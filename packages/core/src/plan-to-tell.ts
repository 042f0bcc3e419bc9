import type { Explanation, Index, QueryPlan, Where } from '@stateward/contract'

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
    residual: [...new Set(looked.map((field) => (known.has(field) ? field : '?')))],
    order,
    estimatedRows,
    records,
  }
}

/** The filter was checked: it is no deeper than it may be, and its keys are words of the language or fields. */
function fieldsOf(where: Where): readonly string[] {
  return Object.entries(where).flatMap(([key]) => {
    if (key === 'not') return where.not === undefined ? [] : fieldsOf(where.not)
    if (key === 'and') return (where.and ?? []).flatMap(fieldsOf)
    if (key === 'or') return (where.or ?? []).flatMap(fieldsOf)
    return [key]
  })
}
