import type { JsonObject } from '@stateward/contract'

/**
 * Records are JSON to the protocol and of their schema's type to the caller; that both are the same is what the schema
 * promises when the record is written. These are the only places where one is called the other.
 */
export function asTyped<R>(answer: unknown): R {
  return answer as R
}

export function asRecord<R>(answer: Promise<unknown>): Promise<R> {
  return asTyped(answer)
}

export function asJson(fields: unknown): JsonObject {
  return fields as JsonObject
}

/** Absence as `undefined`, whichever way it came. */
export function orUndefined<R>(answer: R | null | undefined): R | undefined {
  return answer ?? undefined
}
