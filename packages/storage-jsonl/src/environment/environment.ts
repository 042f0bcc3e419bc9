import type { Clock, Disk, Machine, Random, Timers } from '@stateward/contract'

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
