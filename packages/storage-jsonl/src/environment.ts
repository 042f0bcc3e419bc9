import type { Clock, Random } from '@stateward/contract'
import type { Disk } from './disk.ts'

/** Calls back once after so many milliseconds; keeps the process alive meanwhile only when asked. Returns the way to call it off. */
export interface Timers {
  after(ms: number, action: () => void, options?: { readonly keepAlive: boolean }): () => void
}

/** Who this process is, and which others live. */
export interface Machine {
  readonly pid: number
  readonly host: string
  /** What tells this process from an earlier one of the same pid; `undefined` when that cannot be known. */
  startOf(pid: number): string | undefined
  isAlive(pid: number): boolean
}

/** Everything this storage touches outside its own memory. */
export interface Environment {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly timers: Timers
  readonly machine: Machine
}

/** The clock's time as the log writes it: UTC, milliseconds. */
export function timestampOf(clock: Clock): string {
  return new Date(clock.now()).toISOString()
}
