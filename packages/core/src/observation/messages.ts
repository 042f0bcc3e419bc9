import type { Clock, Domain, MessageStats, TracedMessage } from '@stateward/contract'
import { wouldWrite } from '../deciding/write.ts'
import { messageKinds } from '../validation/message-keys.ts'
import { channels } from './channels.ts'
import { isHeard } from './is-heard.ts'
import { messageFacts } from './message-facts.ts'
import { MessageMeter } from './message-meter.ts'
import type { Every, ObserveSettings } from './observe-options.ts'
import { Sampling } from './sampling.ts'
import { traced } from './traced.ts'

type Watched = TracedMessage['message']

const watchedKinds: readonly string[] = [...messageKinds, 'transaction']

export interface MessagesOptions {
  readonly domain: Domain
  readonly clock: Clock
  readonly settings: Pick<ObserveSettings, 'name' | 'latencies' | 'traces'>
}

/** Nobody wants to know of this message. */
export const unwatched = 0
const tracedOnly = -1

/** Measures messages, and tells of them. */
export class Messages {
  readonly #options: MessagesOptions
  readonly #meters: ReadonlyMap<string, MessageMeter> | undefined
  readonly #traces: ReadonlyMap<string, Sampling>
  #isTraced = false
  /** When the first measured write came that may still be in the mailbox. */
  #oldestMs: number | undefined

  constructor(options: MessagesOptions) {
    const { latencies, traces } = options.settings
    this.#options = options
    if (latencies !== undefined)
      this.#meters = perKind((kind) => new MessageMeter(everyOf(kind, latencies), options.clock))
    this.#traces = perKind((kind) => new Sampling(everyOf(kind, traces)))
  }

  /**
   * Counts a message, and says whether anybody wants to know of it: `unwatched`, or what `watch` is to be called with, at
   * once. Called for every message: it makes nothing, and while nobody listens it is a look at that.
   */
  wanted(kind: Watched): number {
    const meters = this.#meters
    const times = meters === undefined ? unwatched : (meters.get(kind)?.sampling.take() ?? unwatched)
    if (!isHeard(channels.message)) {
      if (times !== unwatched) this.#isTraced = false
      return times
    }
    this.#isTraced = (this.#traces.get(kind)?.take() ?? 0) > 0
    return times === unwatched && this.#isTraced ? tracedOnly : times
  }

  /** Settles as `run` does. */
  watch<T>(kind: Watched, body: unknown, times: number, run: () => Promise<T>): Promise<T> {
    const meter = this.#meters?.get(kind)
    if (meter === undefined || times === tracedOnly) return this.#traced(kind, body, run)
    if (this.#oldestMs === undefined && isWriting(kind)) this.#oldestMs = this.#options.clock.monotonicMs()
    if (!this.#isTraced) return meter.measured(times, run)
    return this.#traced(kind, body, () => meter.measured(times, run))
  }

  #traced<T>(kind: Watched, body: unknown, run: () => Promise<T>): Promise<T> {
    const { domain, settings } = this.#options
    const context: TracedMessage = { store: settings.name, message: kind, ...messageFacts(domain, kind, body) }
    return traced(channels.message, context, run)
  }

  /** The writer has taken all that waited, or as much as it takes at once. */
  taken(): void {
    this.#oldestMs = undefined
  }

  /** How long the first measured one has waited of those that the writer has not taken. */
  get ageMs(): number {
    return this.#oldestMs === undefined ? 0 : this.#options.clock.monotonicMs() - this.#oldestMs
  }

  /** By kind, of those that were asked. */
  get stats(): Readonly<Record<string, MessageStats>> {
    const asked = [...(this.#meters ?? [])].filter(([, { sampling }]) => sampling.seen > 0)
    return Object.fromEntries(asked.map(([kind, meter]) => [kind, meter.stats]))
  }
}

function perKind<T>(make: (kind: string) => T): ReadonlyMap<string, T> {
  return new Map(watchedKinds.map((kind) => [kind, make(kind)]))
}

function everyOf(kind: string, { reads, writes }: Required<Every>): number {
  return isWriting(kind) ? writes : reads
}

function isWriting(kind: string): boolean {
  return kind === 'transaction' || wouldWrite(kind)
}
