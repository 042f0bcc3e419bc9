/** Time, injected so that a test decides it. */
export interface Clock {
  /** Milliseconds that never go back, from any origin, with fractions. */
  now(): number
  /** Calls back once after about `delayMs`, possibly a little early; the returned function cancels it. Must not keep a process alive. */
  setTimer(callback: () => void, delayMs: number): () => void
}

/** Node fires at once above this delay. Deadlines look at the clock again when they are woken, so early is harmless. */
const longestTimerMs = 2_147_483_647

/** The process's monotonic clock and unreferenced timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, Math.min(Math.ceil(delayMs), longestTimerMs))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
