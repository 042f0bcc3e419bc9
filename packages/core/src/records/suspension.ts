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

/** Why a decision cannot be made in this turn. */
export type Suspension = ColdBodies | PendingCheck
