import { type Clock, type Domain, StatewardError, type Timers } from '@stateward/contract'
import type { OpenStateOptions } from '../open-state.ts'
import type { StoresEvent } from './store-events.ts'

/** How `openStores` holds many stores. What is said of each store is as in `OpenStateOptions`. */
export interface OpenStoresOptions<D extends Domain = Domain> extends Omit<OpenStateOptions<D>, 'memory'> {
  /** The folder in which each store has its own; made, mode 0700, when it is not there. */
  readonly directory: string
  /** Stores that are held open at a time: an open one takes about 1 MiB, and its part of the cache. 1 …, default 64. */
  readonly maxOpen?: number
  /** A store that nobody has used for so long is passivated: flushed, checkpointed where that is worth it, closed. 1 …, default 60 000. */
  readonly idleMs?: number
  /** Calls that may wait for stores to open; one more is `BUSY`. 1 …, default 10 000. */
  readonly maxWaiting?: number
  /** How long a call waits for its store to open that names no time itself; then `TIMEOUT`. 1 …, default 30 000. */
  readonly wakeTimeoutMs?: number
  /** A store that did not open answers so long with the same error: `firstMs` (100), doubled by each failure up to `mostMs` (10 000). */
  readonly retry?: { readonly firstMs?: number; readonly mostMs?: number }
  readonly memory?: {
    /** Bound of the records that all stores together keep in memory, in bytes; each has an equal part. Default 256 MiB. */
    readonly cacheBytes?: number
  }
  /** Room that each store keeps for a full disk, in bytes; default 0: thousands of stores share one disk. */
  readonly ballastBytes?: number
  /** Hears of everything that happens to the stores. What it throws is dropped. */
  readonly onEvent?: (event: StoresEvent) => void
  readonly timers?: Timers
}

const defaults = {
  maxOpen: 64,
  idleMs: 60_000,
  maxWaiting: 10_000,
  wakeTimeoutMs: 30_000,
  firstMs: 100,
  mostMs: 10_000,
  cacheBytes: 268_435_456,
} as const

export interface StoresSettings extends Readonly<Record<keyof typeof defaults, number>> {
  readonly clock: Clock
  readonly timers: Timers
}

/** The bounds with their defaults. `INVALID` for one that is no whole number from 1. */
export function checkedStores(options: OpenStoresOptions, system: { clock: Clock; timers: Timers }): StoresSettings {
  const { directory, retry = {}, memory = {}, clock = system.clock, timers = system.timers } = options
  if (typeof directory !== 'string' || directory === '') throw invalid('directory', 'the path of a folder', directory)
  const given = { ...options, ...retry, ...memory }
  const number = (name: keyof typeof defaults): number => {
    const value = given[name] ?? defaults[name]
    if (!Number.isSafeInteger(value) || value < 1) throw invalid(name, 'a whole number from 1', value)
    return value
  }
  return {
    maxOpen: number('maxOpen'),
    idleMs: number('idleMs'),
    maxWaiting: number('maxWaiting'),
    wakeTimeoutMs: number('wakeTimeoutMs'),
    firstMs: number('firstMs'),
    mostMs: number('mostMs'),
    cacheBytes: number('cacheBytes'),
    clock,
    timers,
  }
}

function invalid(name: string, expected: string, found: unknown): StatewardError {
  const shown = typeof found === 'string' || typeof found === 'number' ? JSON.stringify(found) : typeof found
  return new StatewardError('INVALID', `${name} is expected to be ${expected}, found ${shown}`)
}
