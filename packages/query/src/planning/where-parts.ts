import type { JsonValue, Operators, Where } from '@stateward/contract'

/** The names of the operators that one key of a checked filter holds, with their operands: a bare value is equality. */
export function operatorsIn(condition: Where[string]): readonly (readonly [keyof Operators, JsonValue])[] {
  if (typeof condition !== 'object' || condition === null) return [['eq', condition ?? null]]
  // The own keys of a checked object are names of operators, and each has its operand.
  return Object.entries(condition) as [keyof Operators, JsonValue][]
}

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
