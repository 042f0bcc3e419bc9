import type { JsonValue, Operators, Where } from '@stateward/contract'

/** The operators that one key of a checked filter holds: a bare value is equality. */
export function operatorsOf(condition: Where[string]): Operators {
  if (typeof condition === 'object' && condition !== null) return condition as Operators
  return { eq: condition as JsonValue }
}
