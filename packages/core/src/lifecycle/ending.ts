import { createShutdown, type Shutdown, type ShutdownReport } from '@stateward/actor'
import type { Environment } from '../scheduling/environment.ts'
import type { Lane } from '../scheduling/lane.ts'
import type { Snapshots } from '../snapshots/snapshots.ts'
import type { ShutdownOptions, StateShutdownReport } from './shutdown-options.ts'
import type { Terms } from './terms.ts'

export interface EndingOptions {
  readonly terms: Terms
  readonly lane: Lane
  readonly snapshots: Snapshots
  readonly environment: Environment
  /** Whether what is acknowledged may be less safe than the storage can make it. */
  readonly flushes: boolean
  readonly times: Required<ShutdownOptions>
  /** Ends what runs by itself, as soon as that can. */
  readonly rest: () => void
  /** Settles when nothing runs by itself any more. */
  readonly rested: () => Promise<unknown>
}

/** Who drains by the time hears of it a little before the phase is given up. */
const graceMs = 100

/** The end of a store, in phases: each has its time, and none is left out for one before it. */
export class Ending {
  readonly #options: EndingOptions
  readonly #shutdown: Shutdown
  readonly #report: Promise<ShutdownReport>
  /** Settles when the log is closed, however long that takes; rejects as that does. */
  readonly ended: Promise<void>
  #close: () => Promise<void> = async () => undefined
  #isAwaited = false
  #unanswered = 0

  constructor(options: EndingOptions) {
    const { environment, times } = options
    const { drainMs, flushMs, checkpointMs, closeMs } = times
    this.#options = options
    this.ended = new Promise((resolve, reject) => {
      this.#close = () => this.#closeLog().then(resolve, reject)
    })
    // Who asks for the report alone is told in it.
    this.ended.catch(() => undefined)
    this.#shutdown = createShutdown(
      [
        { name: 'intake', timeoutMs: drainMs, run: () => this.#stopIntake() },
        { name: 'drain', timeoutMs: drainMs + graceMs, run: (hurry) => this.#drain(hurry) },
        { name: 'flush', timeoutMs: flushMs, run: () => this.#flush() },
        { name: 'checkpoint', timeoutMs: checkpointMs + graceMs, run: (hurry) => this.#save(hurry) },
        { name: 'close', timeoutMs: closeMs, run: () => this.#close().then(() => this.ended) },
      ],
      { clock: { now: () => environment.clock.monotonicMs(), setTimer: environment.setTimer } },
    )
    this.#report = this.#shutdown.begin()
  }

  /** How it goes; who asks a second time is in a hurry. */
  async report(): Promise<StateShutdownReport> {
    if (this.#isAwaited) void this.#shutdown.begin()
    this.#isAwaited = true
    const report = await this.#report
    return { ...report, clean: report.clean && this.#unanswered === 0, unanswered: this.#unanswered }
  }

  async #stopIntake(): Promise<void> {
    this.#options.rest()
    await this.#options.terms.closing()
  }

  /** What waits is carried out. In a hurry only what has been decided is: the rest hears that it was not written. */
  async #drain(hurry: AbortSignal): Promise<void> {
    const { lane, terms, environment, times } = this.#options
    const { actor } = terms.current
    const hasten = (timeoutMs?: number): void => {
      this.#unanswered += lane.close()
      void actor.stop({ drain: false, timeoutMs })
    }
    const cancel = environment.setTimer(() => hasten(0), times.drainMs)
    hurry.addEventListener('abort', () => hasten(times.drainMs), { once: true })
    if (hurry.aborted) hasten(times.drainMs)
    await lane.empty()
    const { closed } = await actor.stop({ drain: true, timeoutMs: times.drainMs })
    this.#unanswered += closed
    cancel()
  }

  async #flush(): Promise<void> {
    const { pump } = this.#options.terms.current
    await pump.drained()
    // Whoever was told that writing has stopped need not be told again.
    if (this.#options.flushes && pump.failure === undefined) await pump.flush()
  }

  /** Snapshots and what runs by itself give way first: both hold what a checkpoint is made of. */
  async #save(hurry: AbortSignal): Promise<void> {
    const { terms, snapshots, rested, times } = this.#options
    snapshots.releaseAll()
    await rested()
    await terms.save(times.checkpointMs, hurry)
  }

  async #closeLog(): Promise<void> {
    const { terms, snapshots, rested } = this.#options
    await terms.current.pump.drained()
    snapshots.releaseAll()
    await rested()
    await terms.close()
  }
}
