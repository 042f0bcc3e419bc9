import {
  type CompactReport,
  hasCode,
  type Notify,
  type Seq,
  type StatewardError,
  type StoreEvent,
} from '@stateward/contract'
import type { Term } from '../lifecycle/term.ts'
import type { Terms } from '../lifecycle/terms.ts'
import { channels } from '../observation/channels.ts'
import type { Observation } from '../observation/observation.ts'
import { traced } from '../observation/traced.ts'
import type { Environment } from '../scheduling/environment.ts'
import { Pace } from '../scheduling/pace.ts'
import type { Snapshots } from '../snapshots/snapshots.ts'
import { closed } from '../validation/refusals.ts'
import { storageError } from '../validation/storage-error.ts'
import { BaseRows } from './base-rows.ts'
import { compact } from './compact.ts'

export type CompactionCause = Extract<StoreEvent, { kind: 'compaction' }>['cause']

export interface CompactorOptions {
  readonly terms: Terms
  readonly snapshots: Snapshots
  readonly environment: Environment
  readonly now: () => string
  readonly tell: Notify<StoreEvent>
  readonly observation: Observation
  /** As `Pace` takes it. */
  readonly share: number
  readonly isBusy: () => boolean
}

interface Run {
  readonly term: Term
  readonly cause: CompactionCause
  readonly signal: AbortSignal
  readonly breathe: () => Promise<void>
}

interface Running {
  readonly report: Promise<CompactReport>
  readonly controller: AbortController
  /** Those who have asked for it and have not given up. */
  wanted: number
}

/** Runs compactions, one at a time, and tells how they go. */
export class Compactor {
  readonly #options: CompactorOptions
  #running: Running | undefined
  #lastMs: number | undefined
  /** What the newest base of this term holds: where nothing came behind it, another one would be the same. */
  #based: { readonly term: Term; readonly upTo: Seq } | undefined
  /** What is let go of when the last snapshot closes. */
  #truncation: Promise<void> = Promise.resolve()
  readonly #closing = new AbortController()

  constructor(options: CompactorOptions) {
    this.#options = options
  }

  /** When the last one has ended well, on the monotonic clock. */
  get lastMs(): number | undefined {
    return this.#lastMs
  }

  /**
   * Compacts; who asks while one runs hears of that one. It is cancelled (`ABORTED`) when everybody who asked for it has
   * given up, and by `stop` (`CLOSED`).
   */
  async run(cause: CompactionCause, signal?: AbortSignal): Promise<CompactReport> {
    // One that is being cancelled was not asked for by this caller.
    while (this.#running?.controller.signal.aborted === true) await this.#running.report.catch(ignore)
    if (this.#closing.signal.aborted) throw closed()
    this.#running ??= this.#start(cause)
    const running = this.#running
    running.wanted++
    const giveUp = (): void => {
      running.wanted--
      if (running.wanted === 0) running.controller.abort(signal?.reason)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      return await running.report
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** Cancels what runs, and takes no more. */
  stop(): void {
    this.#closing.abort(closed())
    this.#running?.controller.abort(closed())
  }

  /** Settles when nothing runs any more. */
  async settled(): Promise<void> {
    await this.#running?.report.catch(ignore)
    await this.#truncation
  }

  #start(cause: CompactionCause): Running {
    const controller = new AbortController()
    const report = this.#traced(cause, () => this.#run(cause, controller.signal)).finally(() => {
      this.#running = undefined
    })
    return { report, controller, wanted: 0 }
  }

  #traced(cause: CompactionCause, run: () => Promise<CompactReport>): Promise<CompactReport> {
    if (!channels.compaction.hasSubscribers) return run()
    return traced(channels.compaction, { store: this.#options.observation.name, cause }, run, Object.assign)
  }

  async #run(cause: CompactionCause, signal: AbortSignal): Promise<CompactReport> {
    const { tell, environment } = this.#options
    try {
      const { bytesBefore, report } = await this.#compact(cause, signal)
      const { upTo, bytesAfter } = report
      this.#lastMs = environment.clock.monotonicMs()
      tell({ kind: 'compaction', cause, phase: 'finished', upTo, bytesBefore, bytesAfter })
      return report
    } catch (reason) {
      throw this.#failed(cause, storageError(reason), signal)
    }
  }

  #failed(cause: CompactionCause, error: StatewardError, signal: AbortSignal): StatewardError {
    const { tell } = this.#options
    const isCancelled = signal.aborted && (hasCode(error, 'ABORTED') || hasCode(error, 'CLOSED'))
    if (!isCancelled) {
      tell({ kind: 'compaction', cause, phase: 'failed', code: error.code, message: error.message })
      return error
    }
    tell({ kind: 'compaction', cause, phase: 'cancelled' })
    return this.#closing.signal.aborted ? closed() : error
  }

  async #compact(
    cause: CompactionCause,
    signal: AbortSignal,
  ): Promise<{ readonly bytesBefore: number; readonly report: CompactReport }> {
    const { terms, now, tell } = this.#options
    const term = terms.current
    const { live, writer } = term
    await live.whole.reached()
    const { bytes: bytesBefore } = await writer.stats()
    const { breathe } = this.#pace(cause, signal)
    const rows = new BaseRows(live)
    const { upTo } = rows
    const records = live.size
    tell({ kind: 'compaction', cause, phase: 'started', upTo })
    const isBased = cause === 'interval' && this.#based?.term === term && this.#based.upTo === upTo
    try {
      const told = (progress: { readonly written: number; readonly rows: number }): void =>
        tell({ kind: 'compaction', cause, phase: 'progress', ...progress })
      if (!isBased) await compact({ live, writer, rows, timestamp: now(), signal, breathe, told })
      this.#based = { term, upTo }
    } finally {
      rows.release()
    }
    await term.history.preload(writer.caches).catch(ignore)
    await this.#truncate(upTo, { term, cause, signal, breathe })
    term.compacted()
    const { bytes: bytesAfter } = await writer.stats()
    return { bytesBefore, report: { upTo, records, bytesBefore, bytesAfter } }
  }

  /** Snapshots read at the old places; what they hold on to is let go of when the last of them closes. */
  async #truncate(upTo: Seq, { term, cause, signal, breathe }: Run): Promise<void> {
    const { snapshots, terms } = this.#options
    const { live, writer } = term
    const isHeld = snapshots.count > 0
    const newestRev = (type: string, id: string): number => live.types.get(type)?.rows.lastRev(id) ?? 0
    const maintenance = { signal: isHeld ? this.#closing.signal : signal, breathe, newestRev }
    const truncated = snapshots
      .noneOpen()
      .then(() => terms.alone())
      .then(() => live.bodies.released())
      .then(() => writer.truncate(upTo, maintenance))
    this.#truncation = Promise.allSettled([this.#truncation, truncated]).then(ignore)
    if (!isHeld) await truncated
    else truncated.catch((reason: unknown) => this.#failed(cause, storageError(reason), this.#closing.signal))
  }

  #pace(cause: CompactionCause, signal: AbortSignal): Pace {
    const { environment, share, isBusy } = this.#options
    const { clock, breathe, wait, setTimer } = environment
    // Nobody waits for one that nobody has asked for, and the process may end before it.
    const timer = (ms: number): Promise<void> =>
      cause === 'asked' ? wait(ms) : new Promise((resolve) => void setTimer(resolve, ms))
    const pause = async (ms: number): Promise<void> => {
      if (signal.aborted) return
      let onAbort: () => void = ignore
      const aborted = new Promise<void>((resolve) => {
        onAbort = resolve
        signal.addEventListener('abort', onAbort)
      })
      await Promise.race([timer(ms), aborted])
      signal.removeEventListener('abort', onAbort)
    }
    return new Pace({ clock, share, isBusy, pause, turn: breathe })
  }
}

function ignore(): void {}
