import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock, Random, Timers } from '@stateward/contract'

/** What the manager takes from the world around it; injected, so that tests decide it. */
export interface Environment {
  readonly clock: Clock
  readonly random: Random
  readonly wait: (ms: number) => Promise<void>
  /** Calls back once after about `ms`; the returned function cancels it. Does not keep the process alive. */
  readonly setTimer: (callback: () => void, ms: number) => () => void
  /** Lets other work have its turn. */
  readonly breathe: () => Promise<void>
}

/** Node fires at once above this delay. */
const longestTimerMs = 2_147_483_647

/** The machine's own clock and randomness. */
export function systemEnvironment(): Environment {
  return {
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    random: { bytes: (count) => randomBytes(count) },
    // Whoever waits for an outcome that is being resolved must hear of it before the process ends.
    wait: (ms) => delay(ms),
    setTimer(callback, ms) {
      const timer = setTimeout(callback, Math.min(ms, longestTimerMs))
      timer.unref()
      return () => clearTimeout(timer)
    },
    breathe: () => nextTurn(),
  }
}

/** The parts of an environment that these timers stand for. */
export function timed(timers: Timers): Pick<Environment, 'wait' | 'setTimer'> {
  return {
    wait: (ms) => new Promise((resolve) => void timers.after(ms, resolve, { keepAlive: true })),
    setTimer: (callback, ms) => timers.after(ms, callback),
  }
}
