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
  /** Told when everything is warm and nothing is under way. */
  readonly onWarm?: () => void
  /** Whether the quantiles are to hold the duration of the operation just begun; default: all. */
  readonly isTimed?: () => boolean
  /** Where the duration of the operation just begun is kept beside, if it counts. */
  readonly samples?: () => Samples | undefined
  /** Asked when the time is over: whether it goes on all the same; default: no. */
  readonly goesOn?: () => boolean
}

/**
 * So many callers, each of whom comes again, one turn of the event loop after it was answered, as a next request would.
 * First the code gets warm, with many callers, because one alone would take too long. Then what is acknowledged until the
 * end counts; when that is nothing, the loop goes on to the first acknowledgement, and what is answered in the same turn of the
 * event loop counts with it: it is one group. A duration begins when the caller is
 * ready: waiting while somebody else blocks the loop is part of it.
 */
export async function closedLoop(options: ClosedLoop): Promise<Measured> {
  const { callers, timing, operation, isTimed, samples, onWarm, goesOn } = options
  const begun = performance.now()
  let warming = 0
  await callAll(Math.max(callers, warmingCallers), {
    operation,
    isOver: (now) => isWarm(timing, now - begun, warming),
    onAnswer: () => {
      warming++
    },
  })
  onWarm?.()
  const stall = new StallWatch()
  await stall.start()
  const span = new Span(timing.runMs, goesOn)
  await callAll(callers, {
    operation,
    ...(isTimed !== undefined && { isTimed }),
    ...(samples !== undefined && { samples }),
    isOver: (now) => span.isOver(now),
    onAnswer: (now, duration, into) => span.answered(now, duration, into),
  })
  return span.measured(stall)
}

const warmingCallers = 64

interface Calls extends Pick<ClosedLoop, 'operation' | 'isTimed' | 'samples'> {
  readonly isOver: (now: number) => boolean
  /** `duration` is `undefined` when it is to be kept out of the quantiles. */
  readonly onAnswer: (now: number, duration: number | undefined, into: Samples | undefined) => void
}

async function callAll(callers: number, { operation, isTimed, samples, isOver, onAnswer }: Calls): Promise<void> {
  const call = async (caller: number): Promise<void> => {
    for (let ready = performance.now(); !isOver(ready); ) {
      await turn()
      const answer = operation(caller)
      const timed = isTimed === undefined || isTimed()
      const into = samples?.()
      if (answer instanceof Promise) await answer
      const answered = performance.now()
      onAnswer(answered, timed ? answered - ready : undefined, into)
      ready = answered
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
}

/** The time that counts. */
class Span {
  readonly #from = performance.now()
  readonly #planned: number
  readonly #samples = new Samples()
  readonly #cpu = new CpuWatch()
  #end: number
  #counted = 0
  /** Counted, and answered after the end. */
  #all = 0
  /** While the first answers come, and come late. */
  #isLateGroup = false
  readonly #goesOn: () => boolean

  constructor(runMs: number, goesOn: () => boolean = () => false) {
    this.#goesOn = goesOn
    this.#planned = this.#from + runMs
    this.#end = this.#planned
    this.#cpu.start()
  }

  isOver(now: number): boolean {
    return now >= this.#planned && this.#counted > 0 && !this.#goesOn()
  }

  answered(now: number, duration: number | undefined, into: Samples | undefined): void {
    this.#all++
    if (this.isOver(now) && !this.#isLateGroup) return
    if (now >= this.#planned && this.#counted === 0) this.#countGroup()
    this.#end = Math.max(this.#planned, now)
    this.#counted++
    if (duration === undefined) return
    this.#samples.add(duration)
    into?.add(duration)
  }

  #countGroup(): void {
    this.#isLateGroup = true
    setImmediate(() => {
      this.#isLateGroup = false
    })
  }

  async measured(stall: StallWatch): Promise<Measured> {
    const value = this.#counted / ((this.#end - this.#from) / 1000)
    // What is begun before the end and answered after it costs processor time, too.
    const cpuUs = (this.#cpu.stop() * this.#counted) / this.#all
    return measuredOf(this.#samples, { value, operations: this.#counted, stalls: await stall.stop(), cpuUs })
  }
}
