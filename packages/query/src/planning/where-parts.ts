import type { JsonValue, Operators, Where } from '@stateward/contract'

/** The names of the operators that one key of a checked filter holds, with their operands: a bare value is equality. */
export function operatorsIn(condition: Where[string]): readonly (readonly [keyof Operators, JsonValue])[] {
  if (typeof condition !== 'object' || condition === null) return [['eq', condition ?? null]]
  // The own keys of a checked object are names of operators, and each has its operand.
  return Object.entries(condition) as [keyof Operators, JsonValue][]
}
