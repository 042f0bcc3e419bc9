import type { Ability, Contender } from './contender.ts'
import type { Measured } from './measure/measured.ts'
import type { Session } from './session.ts'

/**
 * What a workload finds. `fresh`: an empty directory, whatever the size. `empty`: one for each size. `load`: an empty directory, to be filled with the
 * records. `loaded`: the records, to be left as they are. `changed`: a copy of them. `start`: the same, in a process that
 * has opened nothing yet. `killed`: a copy of what a process left that had stored the records and was killed while it wrote
 * more; nobody has opened it since.
 */
export type Stage = 'fresh' | 'empty' | 'load' | 'loaded' | 'changed' | 'start' | 'killed'

/** What must hold: so many times better than another contender in the same run. */
export interface Bar {
  readonly times: number
  /** The best of these contenders; absent: the best of all peers of like durability. */
  readonly against?: readonly string[]
  /** Records from which on it is another number. */
  readonly fromSize?: { readonly size: number; readonly times: number }
  /** Another number for another way to ask Stateward, by the name of that contender. */
  readonly of?: Readonly<Record<string, number>>
}

/** What a figure of Stateward may be at the most, whoever else takes part: `value` in the unit of the workload, the others in milliseconds. */
export interface Bound {
  /** `stall`: the longest time that the event loop stood still, in the worst round; `stallP99`: what 99 in 100 times were below. */
  readonly of: 'value' | 'p99' | 'stall' | 'stallP99'
  readonly atMost: number
  /** It holds for stores of fewer records than this; absent: for all. */
  readonly belowSize?: number
}

export interface Workload {
  /** As in the table of benchmarks; what comes after a slash tells its variants apart. */
  readonly id: string
  readonly title: string
  readonly unit: 'ops/s' | 'records/s' | 'ms' | 'MiB' | 'bytes a record'
  readonly stage: Stage
  /** All abilities of one of these lists are needed. */
  readonly takes: readonly (readonly Ability[])[]
  readonly bar?: Bar
  readonly bounds?: readonly Bound[]
  /** Rejects when an answer is wrong, before anything is timed where that is possible. */
  run(session: Session): Promise<Measured>
}

export function isFit(workload: Workload, { abilities }: Contender): boolean {
  return workload.takes.some((needed) => needed.every((ability) => abilities.includes(ability)))
}

/** Whether more of the unit is better. */
export function isMoreBetter({ unit }: Workload): boolean {
  return unit === 'ops/s' || unit === 'records/s'
}
