import type { QueryAnswer } from '@stateward/contract'

/**
 * What a store keeps of a type is of the type that its schema promises, and measures are of what they were asked of: the one
 * place where an answer is called what it is.
 */
export function typed<T>(answer: unknown): T {
  return answer as T
}

/** The rows of an answer, the very records of the store. */
export function typedRows<R>({ rows }: QueryAnswer): readonly R[] {
  return typed<readonly R[]>(rows)
}
