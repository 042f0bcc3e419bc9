import type { Clock } from '../clock.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { seededRandom } from './seeded-random.ts'

export interface InterleavingOptions {
  /** Every choice depends on it alone. */
  readonly seed?: number
  /** The choices of an earlier run, to be made again; where it ends the first of each is taken. */
  readonly trace?: readonly number[]
}

/**
 * One order in which actors may happen to run, out of all that are possible. Give `schedule`, `clock` and `random` to the
 * actors of a test, and let `step` and `breathe` decide who goes next: the same seed gives the same order.
 */
export interface Interleaving {
  readonly schedule: (run: () => void) => void
  readonly clock: Clock & Pick<ManualClock, 'pendingTimers'>
  /** From 0 to 1, without 1, by a choice like all others. */
  readonly random: () => number
  /** The choices so far: given as `trace` they make the same run. */
  readonly trace: readonly number[]
  /** Runs that are scheduled and have not begun. */
  readonly ready: number
  /** Chooses: a whole number from 0 to `choices` - 1. */
  pick(choices: number): number
  /** Chooses one of some things. Throws a RangeError when there are none. */
  pickOf<T>(things: readonly T[]): T
  /** Lets one scheduled run happen, or the next timer fire; `false` when there is neither. */
  step(): boolean
  /** Lets promises go on for a few microtasks, or none. */
  breathe(): Promise<void>
  /** Steps until nothing is left to happen. Rejects after `maxSteps`, 10 000 by default: something goes on for ever. */
  settle(maxSteps?: number): Promise<void>
}

/** `breathe` waits for fewer microtasks than this: about as many as an actor needs from one message to the next. */
const breaths = 5

export function interleaving({ seed = 1, trace: given = [] }: InterleavingOptions = {}): Interleaving {
  const next = seededRandom(seed)
  const isReplay = given.length > 0
  const trace: number[] = []
  const ready: (() => void)[] = []
  const clock = manualClock()
  const pick = (choices: number): number => {
    const chosen = isReplay ? (given[trace.length] ?? 0) : Math.floor(next() * choices)
    trace.push(chosen)
    return chosen
  }
  const step = (): boolean => {
    const timers = clock.pendingTimers > 0 ? 1 : 0
    if (ready.length + timers === 0) return false
    const [run] = ready.splice(pick(ready.length + timers), 1)
    if (run === undefined) clock.advanceToNext()
    else run()
    return true
  }
  return {
    schedule: (run) => void ready.push(run),
    clock,
    random: () => pick(2 ** 20) / 2 ** 20,
    trace,
    get ready() {
      return ready.length
    },
    pick,
    pickOf(things) {
      const thing = things[pick(things.length)]
      if (thing === undefined) throw new RangeError('expected something to choose from, found nothing')
      return thing
    },
    step,
    async breathe() {
      for (let left = pick(breaths); left > 0; left--) await undefined
    },
    async settle(maxSteps = 10_000) {
      for (let steps = 0; steps < maxSteps; steps++) {
        if (step()) continue
        await turn()
        if (ready.length + clock.pendingTimers === 0) return
      }
      throw new Error(`expected everything to come to rest within ${maxSteps} steps, found no end of it`)
    },
  }
}

/** Until all promises that can go on have done so. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
