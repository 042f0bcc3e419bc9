import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock, Random } from '@stateward/contract'

/** What the manager takes from the world around it; injected, so that tests decide it. */
export interface Environment {
  readonly clock: Clock
  readonly random: Random
  readonly wait: (ms: number) => Promise<void>
  /** Lets other work have its turn. */
  readonly breathe: () => Promise<void>
}

/** The machine's own clock and randomness. */
export function systemEnvironment(): Environment {
  return {
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    random: { bytes: (count) => randomBytes(count) },
    wait: (ms) => delay(ms, undefined, { ref: false }),
    breathe: () => nextTurn(),
  }
}
