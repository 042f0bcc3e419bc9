import { quantile } from './quantile.ts'
import type { Samples } from './samples.ts'
import type { Stalls } from './stall-watch.ts'

/** What is measured beside itself, in turns within one process: `ratio` is the one thing through the other. */
export interface Share {
  /** For people: what through what. */
  readonly what: string
  readonly ratio: number
  /** What the ratio must be, where there is a bar. */
  readonly bar?: { readonly atMost: number } | { readonly atLeast: number }
}

/** One workload of one contender in one round. */
export interface Measured {
  /** In the workload's unit. */
  readonly value: number
  /** Milliseconds of one operation. */
  readonly p50?: number
  readonly p99?: number
  /** The longest time that the event loop did not turn, milliseconds. */
  readonly stallMs?: number
  /** What ninety-nine of a hundred times that it was looked at were below. */
  readonly stallP99Ms?: number
  /** Processor time of one operation, all threads, microseconds; the harness's own part is in it. */
  readonly cpuUs?: number
  /** How many operations the figure rests on. */
  readonly operations: number
  readonly remark?: string
  readonly shares?: readonly Share[]
}

interface Totals {
  readonly value: number
  readonly operations: number
  readonly stalls: Stalls
  /** Of all operations together. */
  readonly cpuUs: number
}

/** The figures, with the quantiles of these durations in milliseconds. */
export function measuredOf(samples: Samples, { value, operations, stalls, cpuUs }: Totals): Measured {
  const values = samples.values()
  const p50 = quantile(values, 0.5)
  const p99 = quantile(values, 0.99)
  return {
    value,
    ...(p50 !== undefined && p99 !== undefined && { p50, p99 }),
    ...stalls,
    cpuUs: cpuUs / operations,
    operations,
  }
}
