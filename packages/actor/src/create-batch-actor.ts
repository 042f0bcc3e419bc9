import type { Actor } from './actor.ts'
import { ActorError } from './actor-error.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Delivery } from './delivery.ts'
import { Kernel } from './kernel.ts'
import { limits } from './limits.ts'
import type { Overflow } from './mailbox.ts'
import type { Protocol } from './protocol.ts'
import type { Failure } from './reply.ts'
import type { Schedule } from './schedule.ts'

/** What every actor is made of; absent options are the defaults in `limits`. */
export interface ActorOptions {
  /** For messages of errors. */
  readonly name: string
  /** Messages that may be queued, from 1. */
  readonly capacity?: number
  /** When the queue is full: `reject` (default) or `wait`. */
  readonly overflow?: Overflow
  /** With `wait`: callers that may wait for room, from 1; the next one is `BUSY`. */
  readonly maxWaiting?: number
  readonly schedule?: Schedule
  readonly clock?: Clock
}

export interface BatchActorOptions<P extends Protocol<P>, E extends Failure = ActorError> extends ActorOptions {
  /** Deliveries in one batch at most, from 1. */
  readonly maxBatch?: number
  /** `immediate` by default: a batch is there to share something costly, so it should gather the whole turn. */
  readonly schedule?: Schedule
  /**
   * Gets everything that waits, oldest first, at least one. The next call comes after this one has returned, or after its
   * promise has settled. A delivery may be settled later still. Throwing settles what is unsettled in this batch: `FAILED`.
   */
  readonly drain: (batch: readonly Delivery<P, E>[]) => void | PromiseLike<void>
}

/** An actor that handles all that waits at once, so that many messages share one costly step. Throws `INVALID`. */
export function createBatchActor<P extends Protocol<P>, E extends Failure = ActorError>(
  options: BatchActorOptions<P, E>,
): Actor<P, E> {
  const { name, overflow = 'reject', schedule = 'immediate', clock = systemClock, drain } = options
  const {
    capacity = limits.mailboxMessages,
    maxWaiting = limits.waitingAsks,
    maxBatch = limits.batchMessages,
  } = options
  for (const [option, value] of Object.entries({ capacity, maxWaiting, maxBatch })) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    throw new ActorError('INVALID', `actor "${name}" expects ${option} to be a whole number from 1, found ${value}`)
  }
  return new Kernel<P, E>({ name, capacity, overflow, maxWaiting, maxBatch, schedule, clock, drain })
}
