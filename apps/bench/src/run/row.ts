import type { Measured } from '../measure/measured.ts'

/** One workload of one contender at one size in one round. */
export interface Row {
  readonly workload: string
  /** Records in the store; 0 where the workload brings its own few. */
  readonly size: number
  readonly contender: string
  readonly round: number
  readonly measured?: Measured
  /** Why there are no figures. */
  readonly failure?: string
}
