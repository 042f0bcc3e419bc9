import { AbortWatch } from './abort-watch.ts'
import type { Actor, AskOptions, StopOptions, StopReport } from './actor.ts'
import type { ActorError } from './actor-error.ts'
import type { ActorStats, Outcome } from './actor-stats.ts'
import type { Clock } from './clock.ts'
import { Deadlines } from './deadlines.ts'
import type { Delivery, DeliveryOptions } from './delivery.ts'
import { Envelope, type EnvelopeIn, type EnvelopeKeeper, type SomeEnvelope } from './envelope.ts'
import { limits } from './limits.ts'
import { Mailbox, type MailboxOptions, type MessageState } from './mailbox.ts'
import type { Kind, Protocol } from './protocol.ts'
import { refusal } from './refusal.ts'
import type { Failure, Reply } from './reply.ts'
import { type Schedule, schedulers } from './schedule.ts'

export interface KernelOptions<P extends Protocol<P>, E extends Failure> extends MailboxOptions {
  readonly name: string
  readonly maxBatch: number
  readonly schedule: Schedule
  readonly clock: Clock
  readonly drain: (batch: readonly Delivery<P, E>[]) => void | PromiseLike<void>
}

const takenIn: Reply<void> = Object.freeze({ ok: true, value: undefined })
const noOptions: DeliveryOptions = Object.freeze({ signal: undefined, deadline: undefined })

/**
 * The machinery of every actor. A message goes from the mailbox into a batch, from the batch to `drain`; what `drain` leaves
 * unsettled stays in `late` until it is settled, so that `stop` can find everyone who waits.
 */
export class Kernel<P extends Protocol<P>, E extends Failure> implements Actor<P, E>, EnvelopeKeeper<E> {
  readonly name: string
  readonly #options: KernelOptions<P, E>
  readonly #mailbox: Mailbox<EnvelopeIn<P, E>>
  readonly #deadlines: Deadlines<SomeEnvelope<E>>
  readonly #abortWatch = new AbortWatch<SomeEnvelope<E>>((envelope) => envelope.abort())
  readonly #late = new Set<SomeEnvelope<E>>()
  readonly #outcomes: Record<Outcome, number> = { handled: 0, failed: 0, expired: 0, aborted: 0, closed: 0 }
  readonly #run = (): void => this.#runBatch()
  #accepted = 0
  #rejected = 0
  #batches = 0
  #batch: readonly EnvelopeIn<P, E>[] = []
  #running = false
  #scheduled = false
  #streak = 0
  #stopped: Promise<StopReport> | undefined
  #finishStop: ((report: StopReport) => void) | undefined
  #cancelStopTimer: (() => void) | undefined

  constructor(options: KernelOptions<P, E>) {
    this.name = options.name
    this.#options = options
    this.#mailbox = new Mailbox(options)
    this.#deadlines = new Deadlines(options.clock, (envelope) => envelope.expire())
  }

  get depth(): number {
    return this.#mailbox.depth
  }

  ask<K extends Kind<P>>(
    kind: K,
    body: P[K]['ask'],
    options?: AskOptions,
  ): Promise<Reply<P[K]['answer'], E | ActorError>> {
    const place = this.#admit(kind, true, options)
    if (typeof place !== 'string') return Promise.resolve({ ok: false, error: place })
    return new Promise((resolve) => {
      const envelope = new Envelope<P, K, E>(this, kind, body, this.#deliveryOptions(options), resolve)
      this.#post(envelope, place)
      if (envelope.options.signal !== undefined) this.#abortWatch.follow(envelope.options.signal, envelope)
      if (envelope.options.deadline !== undefined) this.#deadlines.add(envelope)
    })
  }

  tell<K extends Kind<P>>(kind: K, body: P[K]['ask']): Reply<void> {
    const place = this.#admit(kind, false)
    if (typeof place !== 'string') return { ok: false, error: place }
    this.#post(new Envelope<P, K, E>(this, kind, body, noOptions), place)
    return takenIn
  }

  stop(options: StopOptions = {}): Promise<StopReport> {
    this.#stopped ??= new Promise((resolve) => this.#beginStop(options, resolve))
    return this.#stopped
  }

  stats(): ActorStats {
    const { handled, failed, expired, aborted, closed } = this.#outcomes
    const depth = this.#mailbox.depth
    const waiting = this.#mailbox.waiting
    const inFlight = this.#accepted - depth - waiting - handled - failed - expired - aborted - closed
    return {
      ...{ depth, waiting, inFlight, accepted: this.#accepted, rejected: this.#rejected, batches: this.#batches },
      ...{ handled, failed, expired, aborted, closed },
    }
  }

  released(envelope: SomeEnvelope<E>, from: MessageState, outcome: Outcome): void {
    this.#outcomes[outcome]++
    if (envelope.options.signal !== undefined) this.#abortWatch.unfollow(envelope.options.signal, envelope)
    if (envelope.deadlineSlot >= 0) this.#deadlines.remove(envelope)
    if (from === 'queued' || from === 'waiting') this.#mailbox.forget(from)
    else if (this.#late.size > 0) this.#late.delete(envelope)
    this.#endStopWhenSettled()
  }

  /** Where the message goes, or why it may not come in. */
  #admit(kind: string, mayWait: boolean, options?: AskOptions): 'queued' | 'waiting' | ActorError {
    const to = { actor: this.name, kind }
    const place = this.#mailbox.placeFor(mayWait)
    let error: ActorError | undefined
    if (this.#stopped !== undefined) error = refusal.stopped(to)
    else if (options?.signal?.aborted) error = refusal.aborted(to, 'settled', options.signal.reason)
    else if (options?.timeoutMs !== undefined && !(options.timeoutMs > 0)) error = refusal.expired(to, 'settled')
    else if (place !== undefined) return place
    this.#rejected++
    return error ?? refusal.busy(to, this.#options.capacity)
  }

  #deliveryOptions(options: AskOptions | undefined): DeliveryOptions {
    if (options === undefined) return noOptions
    const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options
    return { signal, deadline: Number.isFinite(timeoutMs) ? this.#options.clock.now() + timeoutMs : undefined }
  }

  #post(envelope: EnvelopeIn<P, E>, place: 'queued' | 'waiting'): void {
    this.#accepted++
    this.#mailbox.push(envelope, place)
    this.#wake()
  }

  #wake(): void {
    if (this.#scheduled || this.#running || this.#mailbox.depth === 0) return
    this.#scheduled = true
    this.#streak++
    const rests = this.#streak >= limits.streakBatches
    if (rests) this.#streak = 0
    schedulers[rests ? 'immediate' : this.#options.schedule](this.#run)
  }

  #runBatch(): void {
    this.#scheduled = false
    const batch = this.#mailbox.take(this.#options.maxBatch)
    if (batch.length === 0) return
    this.#batch = batch
    this.#running = true
    this.#batches++
    let pending: void | PromiseLike<void>
    try {
      pending = this.#options.drain(batch)
    } catch (cause) {
      this.#failBatch(cause)
      return
    }
    if (pending === undefined) this.#endBatch()
    else this.#awaitBatch(Promise.resolve(pending))
  }

  #awaitBatch(pending: Promise<void>): void {
    pending.then(
      () => this.#endBatch(),
      (cause: unknown) => this.#failBatch(cause),
    )
  }

  #failBatch(cause: unknown): void {
    for (const envelope of this.#batch) envelope.fail(cause)
    this.#endBatch()
  }

  #endBatch(): void {
    for (const envelope of this.#batch) if (envelope.state !== 'settled') this.#late.add(envelope)
    this.#batch = []
    this.#running = false
    this.#wake()
    this.#endStopWhenSettled()
  }

  #beginStop(
    { drain = true, timeoutMs = limits.stopTimeoutMs }: StopOptions,
    finish: (report: StopReport) => void,
  ): void {
    this.#finishStop = finish
    if (timeoutMs !== Number.POSITIVE_INFINITY) {
      const delayMs = timeoutMs > 0 ? timeoutMs : 0
      this.#cancelStopTimer = this.#options.clock.setTimer(() => this.#giveUpRest(), delayMs)
    }
    this.#closeAll(this.#mailbox.list('waiting'))
    if (!drain) this.#closeAll(this.#mailbox.list('queued'))
    this.#endStopWhenSettled()
  }

  #giveUpRest(): void {
    this.#closeAll([...this.#mailbox.list('waiting'), ...this.#mailbox.list('queued'), ...this.#batch, ...this.#late])
    this.#endStop()
  }

  #closeAll(envelopes: readonly SomeEnvelope<E>[]): void {
    for (const envelope of envelopes) envelope.close()
  }

  #endStopWhenSettled(): void {
    if (this.#finishStop === undefined || this.#running || this.#late.size > 0) return
    if (this.#mailbox.depth === 0 && this.#mailbox.waiting === 0) this.#endStop()
  }

  #endStop(): void {
    this.#cancelStopTimer?.()
    this.#cancelStopTimer = undefined
    this.#finishStop?.({ closed: this.#outcomes.closed })
    this.#finishStop = undefined
  }
}
