import { ActorError } from './actor-error.ts'
import type { Outcome } from './actor-stats.ts'
import type { ClaimOptions, Delivery, DeliveryOf } from './delivery.ts'
import type { EnvelopeOptions } from './envelope-options.ts'
import { Hop } from './hop.ts'
import type { MessageState } from './message-state.ts'
import type { Kind, Protocol } from './protocol.ts'
import { refusal } from './refusal.ts'
import type { Failure, Reply } from './reply.ts'
import { type Stashed, stashed } from './stash.ts'

/** Whoever keeps envelopes and is told when one is settled. */
export interface EnvelopeKeeper<P extends Protocol<P>, E extends Failure> {
  readonly name: string
  /** `from` is where the envelope was; it is `settled` now, and its caller is told. */
  released(envelope: SomeEnvelope<E>, from: MessageState, outcome: Outcome): void
  /** Puts a message aside: what `again` makes takes the place of the envelope, which is `settled` now. */
  stash(envelope: SomeEnvelope<E>, again: (place: number) => EnvelopeIn<P, E>): void
  unstash(): number
}

/** The part of an envelope that does not depend on its kind. */
export interface SomeEnvelope<E extends Failure = Failure> {
  readonly kind: string
  readonly body: unknown
  /** Whether somebody waits for the reply: not so after a `tell`. */
  readonly isAwaited: boolean
  readonly options: EnvelopeOptions
  readonly place: number | undefined
  readonly deadline: number
  deadlineSlot: number
  state: MessageState
  claim(options?: ClaimOptions<E>): boolean
  expire(): void
  abort(): void
  close(): void
  drop(capacity: number): void
  fail(cause: unknown): void
  abandon(cause: unknown): void
}

/** One message from `ask` or `tell` until it is settled: the only place where a reply is given, once. */
export class Envelope<P extends Protocol<P>, K extends Kind<P>, E extends Failure>
  implements DeliveryOf<P, K, E>, SomeEnvelope<E>
{
  readonly kind: K
  readonly body: P[K]['ask']
  readonly options: EnvelopeOptions
  deadlineSlot = -1
  state: MessageState = 'queued'
  readonly #keeper: EnvelopeKeeper<P, E>
  readonly #resolve: ((reply: Reply<P[K]['answer'], E | ActorError>) => void) | undefined
  #onTimeout: ((why: ActorError) => E) | undefined
  #hop: Hop | undefined

  /** Without `resolve` nobody waits for the reply: a `tell`. */
  constructor(
    keeper: EnvelopeKeeper<P, E>,
    kind: K,
    body: P[K]['ask'],
    options: EnvelopeOptions,
    resolve?: (reply: Reply<P[K]['answer'], E | ActorError>) => void,
  ) {
    this.#keeper = keeper
    this.kind = kind
    this.body = body
    this.options = options
    this.#resolve = resolve
    if (options.from !== undefined) this.#hop = new Hop(keeper, kind, options.from)
  }

  get actor(): string {
    return this.#keeper.name
  }

  get place(): number | undefined {
    return this.options.place
  }

  get isAwaited(): boolean {
    return this.#resolve !== undefined
  }

  get hop(): Hop {
    this.#hop ??= new Hop(this.#keeper, this.kind, undefined)
    return this.#hop
  }

  get deadline(): number {
    return this.options.deadline ?? Number.POSITIVE_INFINITY
  }

  claim(options?: ClaimOptions<E>): boolean {
    if (this.state === 'settled') return false
    this.state = 'claimed'
    this.#onTimeout = options?.onTimeout ?? this.#onTimeout
    return true
  }

  settle(reply: Reply<P[K]['answer'], E | ActorError>): boolean {
    return this.#finish(reply, 'handled')
  }

  /** What comes back is another envelope, so that a handler that still has this one answers nothing by it. */
  stash(): Stashed {
    if (this.state === 'settled') return stashed
    if (this.state === 'claimed') {
      throw new ActorError('INVALID', `expected "${this.kind}" to be put aside before it is claimed, found it claimed`)
    }
    this.state = 'settled'
    this.#hop?.answered()
    const { kind, body, options } = this
    this.#keeper.stash(
      this,
      (place) => new Envelope<P, K, E>(this.#keeper, kind, body, { ...options, place }, this.#resolve),
    )
    return stashed
  }

  unstash(): number {
    return this.#keeper.unstash()
  }

  expire(): void {
    this.#giveUp(refusal.expired(this, this.state, this.#hop), 'expired')
  }

  abort(): void {
    if (this.state === 'claimed') return
    this.#giveUp(refusal.aborted(this, this.state, this.options.signal?.reason), 'aborted')
  }

  close(): void {
    this.#giveUp(refusal.closed(this, this.state), 'closed')
  }

  drop(capacity: number): void {
    this.#giveUp(refusal.dropped(this, this.state, capacity), 'dropped')
  }

  fail(cause: unknown): void {
    if (this.state !== 'settled') this.#giveUp(refusal.failed(this, cause), 'failed')
  }

  abandon(cause: unknown): void {
    if (this.state !== 'settled') this.#giveUp(refusal.abandoned(this, cause), 'failed')
  }

  #giveUp(why: ActorError, outcome: Outcome): void {
    const error = outcome === 'failed' ? why : this.#errorInsteadOf(why)
    this.#finish({ ok: false, error }, outcome)
  }

  /** A caller must hear something even when the claim's own function throws. */
  #errorInsteadOf(why: ActorError): E | ActorError {
    try {
      return this.#onTimeout?.(why) ?? why
    } catch {
      return why
    }
  }

  #finish(reply: Reply<P[K]['answer'], E | ActorError>, outcome: Outcome): boolean {
    const from = this.state
    if (from === 'settled') return false
    this.state = 'settled'
    if (outcome !== 'expired') this.#hop?.answered()
    // Whoever waits for the actor to be idle, or stopped, hears of it after the caller.
    this.#resolve?.(reply)
    this.#keeper.released(this, from, outcome)
    return true
  }
}

/** Any envelope of a protocol, as the kernel holds it. */
export type EnvelopeIn<P extends Protocol<P>, E extends Failure> = Delivery<P, E> & SomeEnvelope<E>
