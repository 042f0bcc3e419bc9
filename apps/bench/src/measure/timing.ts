/** For how long one workload runs in one round. */
export interface Timing {
  /** The least time before anything counts. */
  readonly warmMs: number
  /** The least number of operations before anything counts, but for `warmMs` times `patience` at the most. */
  readonly warmOperations: number
  readonly runMs: number
  /** How often each of several things that are measured beside each other takes its turn; default 1. */
  readonly turns?: number
}

const patience = 20

/** Whether the code is warm after so long and so many operations. */
export function isWarm({ warmMs, warmOperations }: Timing, spentMs: number, operations: number): boolean {
  return spentMs >= warmMs * patience || (spentMs >= warmMs && operations >= warmOperations)
}
