import type { Actor, AskOptions, StopOptions, StopReport } from './actor.ts'
import type { ActorError } from './actor-error.ts'
import type { ActorStats, Outcome } from './actor-stats.ts'
import { CallerWatch } from './caller-watch.ts'
import type { Clock } from './clock.ts'
import type { DeadLetter, DeadLetters } from './dead-letters.ts'
import { deadReason } from './dead-reason.ts'
import type { Delivery } from './delivery.ts'
import { Envelope, type EnvelopeIn, type EnvelopeKeeper, type SomeEnvelope } from './envelope.ts'
import { type EnvelopeOptions, envelopeOptions, noOptions, over } from './envelope-options.ts'
import { limits } from './limits.ts'
import { Mailbox, type MailboxOptions } from './mailbox.ts'
import type { MessageState } from './message-state.ts'
import type { Kind, Protocol } from './protocol.ts'
import { refusal } from './refusal.ts'
import type { Failure, Reply } from './reply.ts'
import { type Schedule, type Scheduler, schedulerOf } from './schedule.ts'
import { Stash } from './stash.ts'

export interface KernelOptions<P extends Protocol<P>, E extends Failure> extends MailboxOptions {
  readonly name: string
  readonly maxBatch: number
  readonly maxStashed: number
  readonly schedule: Schedule
  readonly clock: Clock
  readonly drain: (batch: readonly Delivery<P, E>[]) => void | PromiseLike<void>
  readonly deadLetters: DeadLetters | undefined
}

const takenIn: Reply<void> = Object.freeze({ ok: true, value: undefined })

/**
 * The machinery of every actor. A message goes from the mailbox into a batch, from the batch to `drain`; what `drain` leaves
 * unsettled stays in `late` until it is settled, so that `stop` can find everyone who waits.
 */
export class Kernel<P extends Protocol<P>, E extends Failure> implements Actor<P, E>, EnvelopeKeeper<P, E> {
  readonly name: string
  readonly #options: KernelOptions<P, E>
  readonly #mailbox: Mailbox<EnvelopeIn<P, E>>
  readonly #callers: CallerWatch<E>
  readonly #late = new Set<SomeEnvelope<E>>()
  #stash: Stash<EnvelopeIn<P, E>> | undefined
  readonly #outcomes: Record<Outcome, number> = { handled: 0, failed: 0, expired: 0, aborted: 0, closed: 0, dropped: 0 }
  readonly #scheduler: Scheduler
  readonly #run = (): void => this.#runBatch()
  /** Told of a batch that threw, after its callers are settled and before the next one begins. */
  onFailure: ((cause: unknown) => void) | undefined
  /** Told when nothing is in hand any more: no batch runs and no reply is outstanding. */
  onIdle: (() => void) | undefined
  #accepted = 0
  #rejected = 0
  #batches = 0
  #batch: readonly EnvelopeIn<P, E>[] = []
  #running = false
  /** Which batch is in hand; a batch that was abandoned finds another number here. */
  #turn = 0
  #held = false
  #scheduled = false
  #streak = 0
  #stopped: Promise<StopReport> | undefined
  #finishStop: ((report: StopReport) => void) | undefined
  #stopAt = Number.POSITIVE_INFINITY
  #cancelStopTimer: (() => void) | undefined

  constructor(options: KernelOptions<P, E>) {
    this.name = options.name
    this.#options = options
    this.#scheduler = schedulerOf(options.schedule)
    this.#mailbox = new Mailbox(options)
    this.#callers = new CallerWatch(options.clock)
  }

  get depth(): number {
    return this.#mailbox.depth
  }

  /** Whether a batch runs, or a reply to one is outstanding. */
  get isBusy(): boolean {
    return this.#running || this.#late.size > 0
  }

  ask<K extends Kind<P>>(
    kind: K,
    body: P[K]['ask'],
    options?: AskOptions,
  ): Promise<Reply<P[K]['answer'], E | ActorError>> {
    const own = options === undefined ? noOptions : envelopeOptions(options, this.#options.clock)
    const place = this.#admit(kind, body, own)
    if (typeof place !== 'string') return Promise.resolve({ ok: false, error: place })
    return new Promise((resolve) => {
      const envelope = new Envelope<P, K, E>(this, kind, body, own, resolve)
      this.#post(envelope, place)
      this.#callers.follow(envelope)
    })
  }

  tell<K extends Kind<P>>(kind: K, body: P[K]['ask']): Reply<void> {
    const place = this.#admit(kind, body, undefined)
    if (typeof place !== 'string') return { ok: false, error: place }
    this.#post(new Envelope<P, K, E>(this, kind, body, noOptions), place)
    return takenIn
  }

  stop(options: StopOptions = {}): Promise<StopReport> {
    if (this.#stopped === undefined) {
      this.#stopped = new Promise((resolve) => {
        this.#finishStop = resolve
      })
      this.unstash()
      this.#hasten({ timeoutMs: limits.stopTimeoutMs, ...options })
      this.#closeAll(this.#mailbox.list('waiting'))
    } else this.#hasten(options)
    this.#whenIdle()
    return this.#stopped
  }

  /** Begins no further batch until `release`; messages are taken in meanwhile. */
  hold(): void {
    this.#held = true
  }

  release(): void {
    this.#held = false
    this.#wake()
  }

  /** Settles what is in hand with `UNKNOWN`. What its handler does from now on is of no consequence here. */
  abandon(cause: unknown): void {
    this.#turn++
    const inHand = [...this.#batch, ...this.#late]
    this.#batch = []
    for (const envelope of inHand) envelope.abandon(cause)
    this.#running = false
    this.#wake()
    this.#whenIdle()
  }

  stash(envelope: SomeEnvelope<E>, again: (place: number) => EnvelopeIn<P, E>): void {
    this.#stash ??= new Stash()
    const aside = again(this.#stash.placeOf(envelope))
    aside.state = 'stashed'
    this.#callers.unfollow(envelope)
    this.#late.delete(envelope)
    if (this.#stopped !== undefined) aside.close()
    else if (this.#stash.size >= this.#options.maxStashed) aside.drop(this.#options.maxStashed)
    else {
      this.#stash.add(aside)
      this.#callers.follow(aside)
    }
    this.#whenIdle()
  }

  unstash(): number {
    if (this.#stash === undefined || this.#stash.size === 0) return 0
    const messages = this.#stash.takeAll()
    this.#mailbox.putBack(messages)
    this.#wake()
    return messages.length
  }

  stats(): ActorStats {
    const { depth, waiting } = this.#mailbox
    const stashed = this.#stash?.size ?? 0
    const [accepted, rejected, batches] = [this.#accepted, this.#rejected, this.#batches]
    const settled = Object.values(this.#outcomes).reduce((sum, count) => sum + count)
    const inFlight = accepted - depth - waiting - stashed - settled
    return { depth, waiting, stashed, inFlight, accepted, rejected, batches, ...this.#outcomes }
  }

  released(envelope: SomeEnvelope<E>, from: MessageState, outcome: Outcome): void {
    this.#outcomes[outcome]++
    this.#callers.unfollow(envelope)
    const wasHandled = from !== 'queued' && from !== 'waiting' && from !== 'stashed'
    if (from === 'stashed') this.#stash?.forget(envelope)
    else if (!wasHandled) this.#mailbox.lane(envelope.kind).forget(from)
    else if (this.#late.size > 0) this.#late.delete(envelope)
    const reason = deadReason(outcome, wasHandled, envelope.isAwaited)
    if (reason !== undefined) this.#bury({ kind: envelope.kind, body: envelope.body, reason })
    this.#whenIdle()
  }

  /** Where the message goes, or why it may not come in. A `tell` has no options, and never waits for room. */
  #admit(kind: string, body: unknown, options: EnvelopeOptions | undefined): 'queued' | 'waiting' | ActorError {
    const to = { actor: this.name, kind }
    if (this.#stopped !== undefined) return this.#refuse(refusal.stopped(to), { kind, body, reason: 'stopped' })
    if (options?.signal?.aborted) return this.#refuse(refusal.aborted(to, 'settled', options.signal.reason))
    if (options?.deadline === over)
      return this.#refuse(refusal.expired(to, 'settled'), { kind, body, reason: 'expired' })
    const place = this.#mailbox.lane(kind).placeFor(options !== undefined)
    return place ?? this.#refuse(refusal.busy(to, this.#options.capacity), { kind, body, reason: 'refused' })
  }

  #refuse(error: ActorError, letter?: Omit<DeadLetter, 'actor' | 'at'>): ActorError {
    this.#rejected++
    if (letter !== undefined) this.#bury(letter)
    return error
  }

  #bury(letter: Omit<DeadLetter, 'actor' | 'at'>): void {
    const { deadLetters, clock } = this.#options
    deadLetters?.record({ actor: this.name, ...letter, at: clock.now() })
  }

  #post(envelope: EnvelopeIn<P, E>, place: 'queued' | 'waiting'): void {
    const lane = this.#mailbox.lane(envelope.kind)
    if (place === 'queued') lane.surplus()?.drop(this.#options.capacity)
    this.#accepted++
    lane.push(envelope, place)
    this.#wake()
  }

  #wake(): void {
    if (this.#scheduled || this.#running || this.#held || this.#mailbox.depth === 0) return
    this.#scheduled = true
    this.#streak++
    const rests = this.#streak >= limits.streakBatches
    if (rests) this.#streak = 0
    if (rests) this.#scheduler.rested(this.#run)
    else this.#scheduler.soon(this.#run)
  }

  #runBatch(): void {
    this.#scheduled = false
    if (this.#held || this.#running) return
    // A handler that blocked the loop has kept the timer from firing: what is late now must not be handled all the same.
    this.#callers.expire()
    const batch = this.#mailbox.take(this.#options.maxBatch)
    if (batch.length === 0) return
    this.#batch = batch
    this.#running = true
    this.#batches++
    const turn = ++this.#turn
    let pending: void | PromiseLike<void>
    try {
      pending = this.#options.drain(batch)
    } catch (cause) {
      this.#failBatch(turn, cause)
      return
    }
    if (pending === undefined) this.#endBatch(turn)
    else this.#awaitBatch(turn, Promise.resolve(pending))
  }

  #awaitBatch(turn: number, pending: Promise<void>): void {
    pending.then(
      () => this.#endBatch(turn),
      (cause: unknown) => this.#failBatch(turn, cause),
    )
  }

  #failBatch(turn: number, cause: unknown): void {
    if (turn !== this.#turn) return
    for (const envelope of this.#batch) envelope.fail(cause)
    this.onFailure?.(cause)
    this.#endBatch(turn)
  }

  #endBatch(turn: number): void {
    if (turn !== this.#turn) return
    for (const envelope of this.#batch) if (envelope.state !== 'settled') this.#late.add(envelope)
    this.#batch = []
    this.#running = false
    this.#wake()
    this.#whenIdle()
  }

  /** A stop that has begun may be made quicker by a second one, never slower. */
  #hasten({ drain, timeoutMs }: StopOptions): void {
    if (drain === false) this.#closeAll(this.#mailbox.list('queued'))
    if (timeoutMs === undefined || timeoutMs === Number.POSITIVE_INFINITY || this.#finishStop === undefined) return
    const { clock } = this.#options
    const delayMs = timeoutMs > 0 ? timeoutMs : 0
    if (clock.now() + delayMs >= this.#stopAt) return
    this.#stopAt = clock.now() + delayMs
    this.#cancelStopTimer?.()
    this.#cancelStopTimer = clock.setTimer(() => this.#giveUpRest(), delayMs)
  }

  #giveUpRest(): void {
    this.#closeAll([...this.#mailbox.list('waiting'), ...this.#mailbox.list('queued'), ...this.#batch, ...this.#late])
    this.#endStop()
  }

  #closeAll(envelopes: readonly SomeEnvelope<E>[]): void {
    for (const envelope of envelopes) envelope.close()
  }

  #whenIdle(): void {
    if (this.isBusy) return
    this.onIdle?.()
    if (this.#finishStop !== undefined && this.#mailbox.depth === 0 && this.#mailbox.waiting === 0) this.#endStop()
  }

  #endStop(): void {
    this.#cancelStopTimer?.()
    this.#cancelStopTimer = undefined
    this.#finishStop?.({ closed: this.#outcomes.closed })
    this.#finishStop = undefined
  }
}
