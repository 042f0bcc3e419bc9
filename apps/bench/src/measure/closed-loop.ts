import { performance } from 'node:perf_hooks'
import type { Soon } from '../contender.ts'
import { CpuWatch } from './cpu-watch.ts'
import { type Measured, measuredOf } from './measured.ts'
import { Samples } from './samples.ts'
import { StallWatch } from './stall-watch.ts'
import { isWarm, type Timing } from './timing.ts'
import { turn } from './turn.ts'

export interface ClosedLoop {
  readonly callers: number
  readonly timing: Timing
  /** Begins one operation of this caller. */
  readonly operation: (caller: number) => Soon<unknown>
  /** Whether the quantiles are to hold the duration of the operation just begun; default: all. */
  readonly isTimed?: () => boolean
}

/**
 * So many callers, each of whom comes again, one turn of the event loop after it was answered, as a next request would.
 * What is acknowledged between the end of the warm-up and the end counts; when that is nothing, the loop goes on to the
 * first acknowledgement. A duration begins when the caller is ready: waiting while somebody else blocks the loop is part
 * of it.
 */
export async function closedLoop({ callers, timing, operation, isTimed }: ClosedLoop): Promise<Measured> {
  const span = new Span(timing)
  const call = async (caller: number): Promise<void> => {
    for (let ready = performance.now(); !span.isOver(ready); ) {
      await turn()
      const answer = operation(caller)
      const timed = isTimed === undefined || isTimed()
      if (answer instanceof Promise) await answer
      const answered = performance.now()
      span.answered(answered, timed ? answered - ready : undefined)
      ready = answered
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  return span.measured()
}

/** The time that counts: begins when everything is warm. */
class Span {
  readonly #timing: Timing
  readonly #begun = performance.now()
  readonly #samples = new Samples()
  readonly #stall = new StallWatch()
  readonly #cpu = new CpuWatch()
  #from = Number.POSITIVE_INFINITY
  #end = Number.POSITIVE_INFINITY
  #warming = 0
  #counted = 0
  /** Counted, and answered after the end. */
  #all = 0

  constructor(timing: Timing) {
    this.#timing = timing
  }

  isOver(now: number): boolean {
    return now >= this.#from + this.#timing.runMs && this.#counted > 0
  }

  answered(now: number, duration: number | undefined): void {
    if (this.#from === Number.POSITIVE_INFINITY) {
      if (isWarm(this.#timing, now - this.#begun, ++this.#warming)) this.#start(now)
      return
    }
    this.#all++
    const planned = this.#from + this.#timing.runMs
    if (now >= planned && this.#counted > 0) return
    this.#end = Math.max(planned, now)
    this.#counted++
    if (duration !== undefined) this.#samples.add(duration)
  }

  measured(): Measured {
    const value = this.#counted / ((this.#end - this.#from) / 1000)
    // What is begun before the end and answered after it costs processor time, too.
    const cpuUs = (this.#cpu.stop() * this.#counted) / this.#all
    return measuredOf(this.#samples, { value, operations: this.#counted, stallMs: this.#stall.stop(), cpuUs })
  }

  #start(now: number): void {
    this.#from = now
    this.#stall.start()
    this.#cpu.start()
  }
}
