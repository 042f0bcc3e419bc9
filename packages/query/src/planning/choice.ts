import type { Index, Probe } from '@stateward/contract'
import type { Access } from './plan.ts'
import type { Coverage, Probing } from './probes.ts'

/** One way to find the candidates. */
export interface Choice {
  readonly access: Access
  readonly inOrder: boolean
  /** Candidates that the access can give at most; of an intersection those that are expected. */
  readonly rows: number
  /** Of an intersection: candidates that each of its lookups gives at most. */
  readonly each?: readonly number[]
  /** In units of the work on one candidate: its record is found in memory, and held against the filter. About 0.1 µs. */
  readonly cost: number
  readonly covers: Coverage
  /** As in `Plan`. */
  readonly isRight: () => boolean
}

/** What an index was asked, and how many rows it expects. */
export interface Asked {
  readonly index: Index
  readonly probing: Probing
  readonly probe: Probe
  readonly rows: number
  readonly covers: Coverage
}
