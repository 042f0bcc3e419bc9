import type { Where } from '@stateward/contract'

/**
 * The fields that a filter looks at, in its branches too. It was checked: its keys are words of the
 * language or fields, and it is no deeper than it may be.
 */
export function fieldsOf(where: Where): readonly string[] {
  return Object.entries(where).flatMap(([key]) => {
    if (key === 'not') return where.not === undefined ? [] : fieldsOf(where.not)
    if (key === 'and') return (where.and ?? []).flatMap(fieldsOf)
    if (key === 'or') return (where.or ?? []).flatMap(fieldsOf)
    return [key]
  })
}
