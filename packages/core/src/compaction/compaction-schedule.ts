import type { Clock, LogStats } from '@stateward/contract'
import type { Environment } from '../scheduling/environment.ts'
import { type CompactionFacts, compactionDue, type DueCause } from './compaction-due.ts'
import type { CompactionSettings } from './compaction-options.ts'

export interface CompactionScheduleOptions {
  readonly settings: CompactionSettings
  readonly clock: Clock
  readonly setTimer: Environment['setTimer']
  readonly stats: () => Promise<LogStats>
  readonly counts: () => Pick<CompactionFacts, 'versions' | 'newest'>
  /** When the last compaction has ended well, on the monotonic clock; `undefined` before the first. */
  readonly lastMs: () => number | undefined
  /** Joins the one that runs, if one does. Rejects when it fails, which it tells itself. */
  readonly run: (cause: DueCause) => Promise<unknown>
  /** When the store was opened, on the monotonic clock. */
  readonly startedMs: number
  /** Called when a compaction has failed, or a look at whether it is time: the schedule is over then. */
  readonly failed: (error: unknown) => void
}

/** How often the schedule looks whether it is time. */
const lookMs = 10_000
/** An opening that finds so many times the segments of the setting does not put it off. */
const overdueTimes = 4

/** Has a store compacted when it is time: never two at once. One that fails ends it. */
export class CompactionSchedule {
  readonly #options: CompactionScheduleOptions
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(options: CompactionScheduleOptions) {
    this.#options = options
  }

  /** Begins to look; resolves at once, or, where every opening so far was too short for it, when it has compacted. Rejects as that does. */
  async start(): Promise<void> {
    const { stats, settings } = this.#options
    const { opening, health = 'ok' } = await stats()
    if (health === 'ok' && (opening?.logSegments ?? 0) >= settings.segments * overdueTimes)
      await this.#options.run('segments')
    this.#arm()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  #arm(): void {
    if (this.#isStopped) return
    const look = (): Promise<void> =>
      this.#look().then(
        () => this.#arm(),
        (error: unknown) => this.#fail(error),
      )
    this.#cancel = this.#options.setTimer(() => void look(), lookMs)
  }

  async #look(): Promise<void> {
    const { clock, stats, counts, lastMs, settings, startedMs } = this.#options
    // What is wrong with the storage is told to those who need it.
    const found = await stats().catch(() => undefined)
    if (found === undefined || this.#isStopped || (found.health !== undefined && found.health !== 'ok')) return
    const elapsedMs = clock.monotonicMs() - (lastMs() ?? startedMs)
    const cause = compactionDue({ stats: found, ...counts(), elapsedMs }, settings)
    if (cause !== undefined) await this.#options.run(cause)
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return
    this.stop()
    this.#options.failed(error)
  }
}
