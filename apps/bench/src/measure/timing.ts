/** For how long one workload of one contender runs in one round. */
export interface Timing {
  /** Not counted. */
  readonly warmMs: number
  readonly runMs: number
}
