import type { Clock, Domain, MessageStats, TracedMessage } from '@stateward/contract'
import { channels } from './channels.ts'
import { messageFacts } from './message-facts.ts'
import { messageKinds } from './message-keys.ts'
import { MessageMeter } from './message-meter.ts'
import type { Every, ObserveSettings } from './observe-options.ts'
import { Sampling } from './sampling.ts'
import { traced } from './traced.ts'
import { wouldWrite } from './write.ts'

type Watched = TracedMessage['message']

const watchedKinds: readonly string[] = [...messageKinds, 'transaction']

export interface MessagesOptions {
  readonly domain: Domain
  readonly clock: Clock
  readonly settings: Pick<ObserveSettings, 'name' | 'latencies' | 'traces'>
}

/** Measures messages, and tells of them. */
export class Messages {
  readonly #options: MessagesOptions
  readonly #meters: Readonly<Record<string, MessageMeter>> | undefined
  readonly #traces: Readonly<Record<string, Sampling>>
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
   * Counts a message. Whether anybody wants to know of it, and then it is to be watched at once: how many its duration stands
   * for, or `tracedOnly`; 0: nobody does.
   */
  wanted(kind: Watched): number {
    const times = this.#meters?.[kind]?.sampling.take() ?? 0
    this.#isTraced = channels.message.hasSubscribers && (this.#traces[kind]?.take() ?? 0) > 0
    return times === 0 && this.#isTraced ? tracedOnly : times
  }

  /** Settles as `run` does. */
  watch<T>(kind: Watched, body: unknown, times: number, run: () => Promise<T>): Promise<T> {
    const meter = this.#meters?.[kind]
    const measured = meter === undefined || times === tracedOnly ? run : () => meter.measured(times, run)
    if (measured !== run && this.#oldestMs === undefined && isWriting(kind))
      this.#oldestMs = this.#options.clock.monotonicMs()
    if (!this.#isTraced) return measured()
    const { domain, settings } = this.#options
    const context: TracedMessage = { store: settings.name, message: kind, ...messageFacts(domain, kind, body) }
    return traced(channels.message, context, measured)
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
    const asked = Object.entries(this.#meters ?? {}).filter(([, { sampling }]) => sampling.seen > 0)
    return Object.fromEntries(asked.map(([kind, meter]) => [kind, meter.stats]))
  }
}

const tracedOnly = -1

/** Without a prototype: a kind is whatever the caller says. */
function perKind<T>(make: (kind: string) => T): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null), Object.fromEntries(watchedKinds.map((kind) => [kind, make(kind)])))
}

function everyOf(kind: string, { reads, writes }: Required<Every>): number {
  return isWriting(kind) ? writes : reads
}

function isWriting(kind: string): boolean {
  return kind === 'transaction' || wouldWrite(kind)
}
