import type { Clock, Random } from '@stateward/contract'
import {
  type JsonlStorage,
  type JsonlStorageOptions,
  jsonlStorage,
  type Machine,
  type Timers,
} from '../../src/index.ts'
import type { SimDisk } from './sim-disk.ts'
import type { Pick } from './sim-file.ts'

/** Numbers that look random and are the same for the same seed. Source: mulberry32 by Tommy Ettinger, public domain. */
export function seededPick(seed: number): Pick {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A clock that stands still until it is moved. */
export class SimClock implements Clock, Timers {
  #now = Date.parse('2026-01-01T00:00:00.000Z')
  #timers: { at: number; action: () => void }[] = []

  now(): number {
    return this.#now
  }

  monotonicMs(): number {
    return this.#now
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Lets time pass and calls what is due. */
  pass(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter(({ at }) => at <= this.#now)
    this.#timers = this.#timers.filter(({ at }) => at > this.#now)
    for (const { action } of due) action()
  }
}

const simMachine: Machine = { pid: 7, host: 'simulated', startOf: () => '1', isAlive: (pid) => pid === 7 }

/** A storage on a simulated disk, with nothing of the real machine in it. */
export function simStorage(
  disk: SimDisk,
  options: Partial<JsonlStorageOptions> & { readonly seed?: number } = {},
): JsonlStorage {
  const { seed = 1, ...rest } = options
  const pick = seededPick(seed)
  const random: Random = { bytes: (count) => Uint8Array.from({ length: count }, () => pick(256)) }
  const clock = new SimClock()
  return jsonlStorage({ dir: '/store', fs: disk, clock, timers: clock, random, machine: simMachine, ...rest })
}
