import {
  type Appended,
  type AppendOptions,
  type AppendStats,
  type Clock,
  Histogram,
  type LogWriter,
  type TracedCommit,
} from '@stateward/contract'
import { channels } from './channels.ts'
import { durationUnit } from './message-meter.ts'
import type { ObserveSettings } from './observe-options.ts'
import { traced } from './traced.ts'

type Append = LogWriter['append']

/** Measures what is handed to the storage, group by group, and tells of it. */
export class AppendMeter {
  readonly #settings: Pick<ObserveSettings, 'name' | 'latencies'>
  readonly #clock: Clock
  readonly #commits = new Histogram(1)
  readonly #bytes = new Histogram(1)
  readonly #ms = new Histogram(durationUnit)
  #failed = 0

  constructor(settings: Pick<ObserveSettings, 'name' | 'latencies'>, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** Appends as this writer does. */
  of(writer: Pick<LogWriter, 'append'>): Pick<LogWriter, 'append'> {
    const append: Append = (records, options) => writer.append(records, options)
    const measured: Append =
      this.#settings.latencies === undefined ? append : (records, options) => this.#measured(append, records, options)
    return {
      append: (records, options) =>
        channels.commit.hasSubscribers
          ? traced(channels.commit, this.#facts(records, options), () => measured(records, options))
          : measured(records, options),
    }
  }

  /** How long a line is, in the mean; 0 while none is known. */
  get bytesOfCommit(): number {
    const { sum } = this.#commits
    return sum === 0 ? 0 : this.#bytes.sum / sum
  }

  /** Of groups that the storage has taken; `failed` were refused, or their outcome is unknown. */
  get stats(): AppendStats {
    return {
      commits: this.#commits.distribution(),
      bytes: this.#bytes.distribution(),
      ms: this.#ms.distribution(),
      failed: this.#failed,
    }
  }

  async #measured(append: Append, records: readonly Uint8Array[], options: AppendOptions): Promise<Appended> {
    const start = this.#clock.monotonicMs()
    try {
      const appended = await append(records, options)
      this.#ms.record(this.#clock.monotonicMs() - start)
      if (records.length > 0) {
        this.#commits.record(records.length)
        this.#bytes.record(bytesOf(records))
      }
      return appended
    } catch (error) {
      this.#failed++
      throw error
    }
  }

  #facts(records: readonly Uint8Array[], { durability, expectedSeq }: AppendOptions): TracedCommit {
    const own = { store: this.#settings.name, durability, commits: records.length, bytes: bytesOf(records) }
    return records.length === 0 ? own : { ...own, from: expectedSeq + 1, to: expectedSeq + records.length }
  }
}

function bytesOf(records: readonly Uint8Array[]): number {
  return records.reduce((sum, { byteLength }) => sum + byteLength, 0)
}
