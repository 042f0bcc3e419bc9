import { performance } from 'node:perf_hooks'
import type { Soon } from '../contender.ts'
import { type Measured, measuredOf } from './measured.ts'
import { Samples } from './samples.ts'
import { StallWatch } from './stall-watch.ts'
import type { Timing } from './timing.ts'
import { turn } from './turn.ts'

export interface ClosedLoop {
  readonly callers: number
  readonly timing: Timing
  /** Begins one operation of this caller. */
  readonly operation: (caller: number) => Soon<unknown>
  /** Whether the quantiles are to hold the durations of this caller's operation just begun; default: all. */
  readonly isTimed?: (caller: number) => boolean
}

/**
 * So many callers, each of whom comes again, one turn of the event loop after it was answered, as a next request would.
 * What is acknowledged between the end of the warm-up and the end counts; when that is nothing, the loop goes on to the
 * first acknowledgement. A duration begins when the caller is ready: waiting while somebody else blocks the loop is part
 * of it.
 */
export async function closedLoop({ callers, timing, operation, isTimed }: ClosedLoop): Promise<Measured> {
  const samples = new Samples()
  const stall = new StallWatch()
  const from = performance.now() + timing.warmMs
  const to = from + timing.runMs
  let end = to
  let counted = 0
  const watchFrom = setTimeout(() => stall.start(), timing.warmMs)
  const call = async (caller: number): Promise<void> => {
    for (let ready = performance.now(); ready < to || counted === 0; ) {
      await turn()
      const answer = operation(caller)
      const timed = isTimed === undefined || isTimed(caller)
      if (answer instanceof Promise) await answer
      const answered = performance.now()
      if (answered >= from && (answered < to || counted === 0)) {
        end = Math.max(to, answered)
        counted++
        if (timed) samples.add(answered - ready)
      }
      ready = answered
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  clearTimeout(watchFrom)
  return measuredOf(samples, { value: counted / ((end - from) / 1000), operations: counted, stallMs: stall.stop() })
}
