import type { AskOptions, Clock } from '@stateward/contract'

/** Tells what is left of a caller's time, from now on, as the options of what is asked next. */
export function timeLeft(options: AskOptions, clock: Clock): () => AskOptions {
  const { timeoutMs } = options
  if (timeoutMs === undefined) return () => options
  const start = clock.monotonicMs()
  return () => ({ ...options, timeoutMs: Math.max(0, timeoutMs - (clock.monotonicMs() - start)) })
}
