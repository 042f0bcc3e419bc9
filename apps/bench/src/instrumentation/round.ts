import type { ArmFigures, ArmName, ArmWorkload } from './arm.ts'

export interface RoundJob {
  /** The program of each arm, to be imported. */
  readonly programs: Readonly<Record<ArmName, string>>
  /** An empty directory. */
  readonly dir: string
  readonly round: number
  /** How long an arm is measured, all slices of a workload together, milliseconds of processor time. */
  readonly runMs: number
  readonly records: number
  readonly seed: number
}

/** What each slice of each arm took; those of one place were neighbours. */
export type RoundFigures = Readonly<Record<ArmWorkload, Readonly<Record<ArmName, readonly ArmFigures[]>>>>
