import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock, CompactionStats, Domain, EventLoopStats, Notify, Stats, StoreEvent } from '@stateward/contract'
import { AppendMeter } from './append-meter.ts'
import { Messages } from './messages.ts'
import type { ObserveSettings } from './observe-options.ts'
import { QueryWatch } from './query-watch.ts'

export interface ObservationOptions {
  readonly domain: Domain
  readonly clock: Clock
  readonly settings: ObserveSettings
  readonly tell: Notify<StoreEvent>
}

const loopResolutionMs = 20
const nanosPerMs = 1e6

/** What one store watches of itself, over all its terms. */
export class Observation {
  /** What the store is called where it is told of. */
  readonly name: string
  readonly messages: Messages
  readonly appends: AppendMeter
  readonly queries: QueryWatch
  readonly #settings: ObserveSettings
  readonly #loop: ReturnType<typeof monitorEventLoopDelay> | undefined
  #compaction: CompactionStats = { finished: 0, failed: 0, cancelled: 0 }

  constructor(options: ObservationOptions) {
    const { settings, clock } = options
    this.name = settings.name
    this.messages = new Messages(options)
    this.appends = new AppendMeter(settings, clock)
    this.queries = new QueryWatch(options)
    this.#settings = settings
    if (settings.eventLoop) this.#loop = monitorEventLoopDelay({ resolution: loopResolutionMs })
    this.#loop?.enable()
  }

  /** Hears what the store tells. */
  readonly hear: Notify<StoreEvent> = (event) => {
    if (event.kind !== 'compaction' || event.phase === 'started' || event.phase === 'progress') return
    const counted = { ...this.#compaction, [event.phase]: this.#compaction[event.phase] + 1 }
    if (event.phase !== 'finished') this.#compaction = counted
    else {
      const { upTo, bytesBefore, bytesAfter } = event
      this.#compaction = { ...counted, last: { upTo, bytesBefore, bytesAfter } }
    }
  }

  /** Its part of the statistics. @param depth of the mailbox */
  stats(depth: number): Partial<Stats> {
    const { messages, appends, queries } = this
    const compaction = this.#compaction
    const loop = this.#loop === undefined ? {} : { eventLoop: loopStats(this.#loop) }
    if (this.#settings.latencies === undefined) return { compaction, ...loop }
    const mailboxAgeMs = depth === 0 ? 0 : messages.ageMs
    return { mailboxAgeMs, messages: messages.stats, appends: appends.stats, plans: queries.stats, compaction, ...loop }
  }

  /** Gives the timer back. */
  close(): void {
    this.#loop?.disable()
  }
}

function loopStats(loop: ReturnType<typeof monitorEventLoopDelay>): EventLoopStats {
  // What it records is the time between two of its ticks, which is the resolution on an idle loop.
  const late = (nanos: number): number => Math.max(0, nanos / nanosPerMs - loopResolutionMs)
  return { p50: late(loop.percentile(50)), p99: late(loop.percentile(99)), max: late(loop.max) }
}
