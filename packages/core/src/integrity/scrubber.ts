import {
  type Clock,
  hasCode,
  type LogWriter,
  type Notify,
  type ScrubPlace,
  type ScrubPortion,
  type ScrubStats,
  type StoreEvent,
} from '@stateward/contract'
import type { Environment } from '../scheduling/environment.ts'
import { closed } from '../validation/refusals.ts'
import { storageError } from '../validation/storage-error.ts'
import { namedPlaces, ScrubFindings } from './scrub-findings.ts'
import type { ScrubSettings } from './scrub-options.ts'

export interface ScrubberOptions {
  readonly settings: ScrubSettings
  readonly clock: Clock
  readonly setTimer: Environment['setTimer']
  /** The writer of the present term. */
  readonly writer: () => LogWriter
  readonly tell: Notify<StoreEvent>
  /** Called when it has ended for a reason that it does not expect. */
  readonly failed: (error: unknown) => void
}

/** So long after the opening the first pass begins; so long after a writer has retired its successor is looked for. */
const firstMs = 10_000

/**
 * Reads the log again while the store is open, pass by pass, at the pace of the settings. It tells what it finds and
 * changes nothing: neither the log nor what the store takes.
 */
export class Scrubber {
  readonly #options: ScrubberOptions
  readonly #stopping = new AbortController()
  readonly #findings = new ScrubFindings()
  /** Where the pass that runs goes on; `undefined` between two passes. */
  #place: ScrubPlace | undefined
  #beganMs = 0
  #told = 0
  #cancel: () => void = () => {}
  #running: Promise<void> = Promise.resolve()

  constructor(options: ScrubberOptions) {
    this.#options = options
  }

  get stats(): ScrubStats {
    return this.#findings.stats
  }

  start(): void {
    this.#arm(firstMs)
  }

  /** Begins nothing until the next `start`, which goes on from the same place. */
  rest(): void {
    this.#cancel()
  }

  /** Ends what runs, and begins no more. */
  stop(): void {
    this.#stopping.abort(closed())
    this.#cancel()
  }

  /** Settles when nothing is read any more. */
  async settled(): Promise<void> {
    await this.#running
  }

  #arm(ms: number): void {
    if (this.#stopping.signal.aborted) return
    this.#cancel = this.#options.setTimer(() => {
      this.#running = this.#run().then((waitMs) => this.#arm(waitMs), this.#options.failed)
    }, ms)
  }

  /** Runs a pass, or what is left of one. Resolves with how long to wait for the next. */
  async #run(): Promise<number> {
    const { settings, clock, tell, writer } = this.#options
    // Reopened as damaged: what reads of such a log is not complete, and what is wrong with it is known.
    if (writer().scrub === undefined) return settings.everyMs
    if (this.#place === undefined) {
      this.#beganMs = clock.monotonicMs()
      this.#told = 0
      tell({ kind: 'scrub', phase: 'started' })
    }
    try {
      await this.#read()
      tell({ kind: 'scrub', phase: 'finished', ...this.#findings.ended(new Date(clock.now()).toISOString()) })
    } catch (reason) {
      const { code, message } = storageError(reason)
      if (this.#stopping.signal.aborted) return firstMs
      // The writer has retired: the next one goes on from the same place.
      if (hasCode(reason, 'CLOSED')) return firstMs
      tell({ kind: 'scrub', phase: 'failed', code, message })
    }
    this.#place = undefined
    return Math.max(0, this.#beganMs + settings.everyMs - clock.monotonicMs())
  }

  async #read(): Promise<void> {
    const { settings, writer } = this.#options
    const { signal } = this.#stopping
    const from = this.#place
    const portions = writer().scrub?.({ signal, ...(from === undefined ? {} : { from }) })
    if (portions === undefined) return
    for await (const portion of portions) {
      this.#place = portion.next
      this.#findings.take(portion)
      this.#report(portion)
      await this.#pause((portion.bytes / settings.bytesPerSecond) * 1_000)
    }
  }

  #report({ damage, unread }: ScrubPortion): void {
    const { tell } = this.#options
    const named = damage.slice(0, namedPlaces - this.#told)
    this.#told += named.length
    if (named.length > 0) tell({ kind: 'scrub', phase: 'damaged', code: 'CORRUPT', damage: named })
    if (unread !== undefined) tell({ kind: 'scrub', phase: 'failed', code: unread.code, message: unread.message })
  }

  /** The process may end meanwhile, and a stop ends it. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping
    if (ms <= 0 || signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', aborted)
        resolve()
      }
      const cancel = this.#options.setTimer(done, ms)
      const aborted = (): void => {
        cancel()
        done()
      }
      signal.addEventListener('abort', aborted)
    })
  }
}
