import type { Measured } from '../measure/measured.ts'
import type { Timing } from '../measure/timing.ts'

/** What one process is asked to do: plain data, because it crosses to that process. */
export interface Job {
  readonly contender: string
  /** Ids, in order; all on the same store. */
  readonly workloads: readonly string[]
  readonly size: number
  readonly seed: number
  readonly dir: string
  readonly timing: Omit<Timing, 'warmOperations'>
  /** Numbers of the new items that the process that was killed in this directory had acknowledged. */
  readonly acknowledged?: readonly number[]
}

/** What became of one workload: figures, or why there are none. */
export type Outcome =
  | { readonly workload: string; readonly measured: Measured }
  | { readonly workload: string; readonly failure: string }
