/**
 * Records are JSON to the protocol and of their schema's type to the caller; that both are the same is what the schema
 * promises when the record is written. The only place where one is called the other.
 */
export function asTyped<R>(answer: unknown): R {
  return answer as R
}
