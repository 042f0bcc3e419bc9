/** For how long one workload of one contender runs in one round. */
export interface Timing {
  /** Not counted; up to `longestWarmUp` times as long when there were too few operations for the code to get warm. */
  readonly warmMs: number
  readonly runMs: number
}

const longestWarmUp = 5
// So many until the compiler has done its best for code that goes through several packages.
const warmOperations = 20_000

/** Whether the warm-up is over after so long and so many operations. */
export function isWarm({ warmMs }: Timing, spentMs: number, operations: number): boolean {
  return spentMs >= warmMs * longestWarmUp || (spentMs >= warmMs && operations >= warmOperations)
}
