import { AbortWatch } from './abort-watch.ts'
import type { Clock } from './clock.ts'
import { Deadlines } from './deadlines.ts'
import type { SomeEnvelope } from './envelope.ts'
import type { Failure } from './reply.ts'

/** Ends asks when their signals are aborted and when their deadlines pass. */
export class CallerWatch<E extends Failure> {
  readonly #deadlines: Deadlines<SomeEnvelope<E>>
  readonly #aborts = new AbortWatch<SomeEnvelope<E>>((envelope) => envelope.abort())

  constructor(clock: Clock) {
    this.#deadlines = new Deadlines(clock, (envelope) => envelope.expire())
  }

  follow(envelope: SomeEnvelope<E>): void {
    const { signal, deadline } = envelope.options
    if (signal !== undefined) this.#aborts.follow(signal, envelope)
    if (deadline !== undefined) this.#deadlines.add(envelope)
  }

  /** Leaves neither listener nor timer behind. */
  unfollow(envelope: SomeEnvelope<E>): void {
    const { signal } = envelope.options
    if (signal !== undefined) this.#aborts.unfollow(signal, envelope)
    if (envelope.deadlineSlot >= 0) this.#deadlines.remove(envelope)
  }

  /** Ends what is late now; O(1) when nothing is. */
  expire(): void {
    this.#deadlines.expire()
  }
}
