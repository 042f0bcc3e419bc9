/**
 * What a store keeps of a type is of the type that its schema promises, and measures are of what they were asked of: the one
 * place where an answer is called what it is.
 */
export function typed<T>(answer: unknown): T {
  return answer as T
}
