import type { BodyRequest } from './bodies.ts'

/**
 * Thrown by a decision that needs records which are not in memory: whoever runs it loads them and runs it again.
 * Deciding has no effects, so running it again is safe; that keeps rules and guards synchronous.
 */
export class ColdBodies {
  readonly requests: readonly BodyRequest[]

  constructor(requests: readonly BodyRequest[]) {
    this.requests = requests
  }
}

/** Thrown by a decision that needs something else that takes time, such as a schema that answers with a promise. */
export class PendingCheck {
  readonly settled: Promise<void>

  constructor(settled: Promise<void>) {
    this.settled = settled
  }
}

/** Thrown by a decision that asks an index which is being built again: whoever runs it has that done first, and runs it again. */
export class IndexUnbuilt {
  /** Builds on, in slices; resolves when the index holds every record, and rejects as reading the log does. */
  readonly built: (breathe: () => Promise<void>) => Promise<void>

  constructor(built: IndexUnbuilt['built']) {
    this.built = built
  }
}

/** Why a decision cannot be made in this turn. */
export type Suspension = ColdBodies | PendingCheck | IndexUnbuilt

export function isSuspension(reason: unknown): reason is Suspension {
  return reason instanceof ColdBodies || reason instanceof PendingCheck || reason instanceof IndexUnbuilt
}
