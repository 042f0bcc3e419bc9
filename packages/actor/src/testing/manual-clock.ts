import type { Clock } from '../clock.ts'

/** A clock that moves only when told to, for tests. */
export interface ManualClock extends Clock {
  /** Timers set and neither fired nor cancelled. */
  readonly pendingTimers: number
  /** Moves time on by `ms` and fires what comes due, in order of time, each at its own time; O(timers) a firing. */
  advance(ms: number): void
  /** Moves time on to the next timer and fires it alone; `false` when there is none. */
  advanceToNext(): boolean
}

interface Timer {
  readonly due: number
  readonly callback: () => void
}

/** A manual clock that starts at `startMs`. */
export function manualClock(startMs = 0): ManualClock {
  let now = startMs
  const timers = new Set<Timer>()
  const earliest = (): Timer | undefined => {
    let found: Timer | undefined
    for (const timer of timers) if (found === undefined || timer.due < found.due) found = timer
    return found
  }
  return {
    now: () => now,
    setTimer(callback, delayMs) {
      const timer = { due: now + Math.max(0, delayMs), callback }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    },
    advanceToNext() {
      const timer = earliest()
      if (timer === undefined) return false
      timers.delete(timer)
      now = Math.max(now, timer.due)
      timer.callback()
      return true
    },
    get pendingTimers() {
      return timers.size
    },
    advance(ms) {
      const target = now + ms
      for (let timer = earliest(); timer !== undefined && timer.due <= target; timer = earliest()) {
        timers.delete(timer)
        now = Math.max(now, timer.due)
        timer.callback()
      }
      now = target
    },
  }
}
