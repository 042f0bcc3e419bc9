import type { Clock, Histogram } from '@stateward/contract'

/** Settles as `run` does; when that ended well, its duration is in the histogram. */
export async function timed(into: Histogram, clock: Clock, run: () => Promise<void>): Promise<void> {
  const start = clock.monotonicMs()
  await run()
  into.record(clock.monotonicMs() - start)
}
