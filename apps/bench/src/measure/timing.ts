/** For how long one workload of one contender runs in one round. */
export interface Timing {
  /** One look at whether the code is warm: at least three of them, at most ten, and none of it counts. */
  readonly warmMs: number
  readonly runMs: number
}
