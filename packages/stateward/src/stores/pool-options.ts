import type { Clock, Timers } from '@stateward/contract'
import type { RetryPause } from './failed-wakes.ts'
import type { StoresEvent } from './store-events.ts'

export interface PoolOptions<S> {
  readonly open: (name: string) => Promise<S>
  readonly close: (store: S) => Promise<unknown>
  /** Stores that are held at a time: opening, open, or being passivated. */
  readonly maxOpen: number
  readonly idleMs: number
  /** Calls that may wait for a store to open. */
  readonly maxWaiting: number
  /** How long a call waits that names no time. */
  readonly wakeTimeoutMs: number
  readonly retry: RetryPause
  readonly clock: Clock
  readonly timers: Timers
  readonly tell: (event: StoresEvent) => void
}

export interface PoolStats {
  /** In use or idle. */
  readonly open: number
  readonly inUse: number
  readonly opening: number
  readonly passivating: number
  /** Stores that wait for room to open. */
  readonly queued: number
  /** Calls that wait for a store to open. */
  readonly waiting: number
  /** Since the beginning. */
  readonly woken: number
  readonly passivated: number
  readonly wakeFailures: number
}
