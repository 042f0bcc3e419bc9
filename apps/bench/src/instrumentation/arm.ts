/**
 * What of the instrumentation a store has:
 *
 * - `none`: its code is taken out of the sources before they are built;
 * - `off`: `observe: false`, and nobody listens;
 * - `on`: everything that it offers, as the README of `@stateward/otel` sets it up: statistics, slow queries, the event loop, a
 *   logger, and an exporter that makes spans of one of 256 reads and of each write;
 * - `each`: the same, but that each message is measured and told.
 */
export type ArmName = 'none' | 'off' | 'on' | 'each'

export const armNames: readonly ArmName[] = ['none', 'off', 'on', 'each']

export interface ArmJob {
  readonly arm: ArmName
  /** An empty directory. */
  readonly dir: string
  readonly records: number
  readonly seed: number
}

/** W2: creates of 64 callers, each acknowledged when it is durable; R1: gets of hot records by id. */
export type ArmWorkload = 'R1' | 'W2'

export const armWorkloads: readonly ArmWorkload[] = ['R1', 'W2']

/** So many operations of a workload, one of those after the others that were asked for. */
export interface ArmTask {
  readonly workload: ArmWorkload
  readonly operations: number
}

/** What they took together. */
export interface ArmFigures {
  readonly cpuMs: number
  readonly wallMs: number
}

/** One store with a part of its instrumentation. */
export interface Arm {
  readonly run: (task: ArmTask) => Promise<ArmFigures>
  readonly close: () => Promise<void>
}

/** What the program of an arm exports. */
export interface ArmProgram {
  readonly openArm: (job: ArmJob) => Promise<Arm>
}
