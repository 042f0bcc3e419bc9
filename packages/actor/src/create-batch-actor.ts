import type { Actor } from './actor.ts'
import { ActorError } from './actor-error.ts'
import { type Clock, systemClock } from './clock.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Delivery } from './delivery.ts'
import { Kernel, type KernelOptions } from './kernel.ts'
import type { Overflow } from './lane.ts'
import { limits } from './limits.ts'
import { type Priority, priorities } from './priority.ts'
import type { Kind, Protocol } from './protocol.ts'
import type { Failure } from './reply.ts'
import type { Schedule } from './schedule.ts'

/** What every actor is made of; absent options are the defaults in `limits`. */
export interface ActorOptions {
  /** For messages of errors. */
  readonly name: string
  /** Messages that may be queued, from 1, in each priority: a flood of one leaves room for the others. */
  readonly capacity?: number
  /** When the queue is full: `reject` (default), `wait` or `drop-oldest`. */
  readonly overflow?: Overflow
  /** With `wait`: callers that may wait for room, from 1; the next one is `BUSY`. */
  readonly maxWaiting?: number
  /** Messages that may be put aside, from 1, see `stash()`; `limits.stashedMessages` by default. */
  readonly maxStashed?: number
  readonly schedule?: Schedule
  readonly clock?: Clock
  /** Messages of a higher priority that may go before one of a lower that came earlier, each time, from 1. */
  readonly maxBypass?: number
  /** Gets what nobody handled; absent: it is only counted in `stats()`. */
  readonly deadLetters?: DeadLetters | undefined
}

/** The kinds that are not `normal`. Messages of one priority are handled in the order of the calls. */
export type Priorities<P extends Protocol<P>> = { readonly [K in Kind<P>]?: Priority }

export interface BatchActorOptions<P extends Protocol<P>, E extends Failure = ActorError> extends ActorOptions {
  readonly priorities?: Priorities<P>
  /** Deliveries in one batch at most, from 1. */
  readonly maxBatch?: number
  /** `immediate` by default: a batch is there to share something costly, so it should gather the whole turn. */
  readonly schedule?: Schedule
  /**
   * Gets everything that waits, oldest first, at least one. The next call comes after this one has returned, or after its
   * promise has settled. A delivery may be settled later still. Throwing settles what is unsettled in this batch: `UNKNOWN`.
   */
  readonly drain: (batch: readonly Delivery<P, E>[]) => void | PromiseLike<void>
}

/** An actor that handles all that waits at once, so that many messages share one costly step. Throws `INVALID`. */
export function createBatchActor<P extends Protocol<P>, E extends Failure = ActorError>(
  options: BatchActorOptions<P, E>,
): Actor<P, E> {
  return new Kernel<P, E>(kernelOptions(options))
}

/** The options with their defaults. Throws `INVALID`. */
export function kernelOptions<P extends Protocol<P>, E extends Failure>(
  options: BatchActorOptions<P, E>,
): KernelOptions<P, E> {
  const { name, overflow = 'reject', schedule = 'immediate', clock = systemClock, drain, deadLetters } = options
  const {
    capacity = limits.mailboxMessages,
    maxWaiting = limits.waitingAsks,
    maxStashed = limits.stashedMessages,
    maxBatch = limits.batchMessages,
    maxBypass = limits.bypassMessages,
  } = options
  const bounds = { capacity, maxWaiting, maxStashed, maxBatch, maxBypass }
  for (const [option, value] of Object.entries(bounds)) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    throw new ActorError('INVALID', `actor "${name}" expects ${option} to be a whole number from 1, found ${value}`)
  }
  const priorities = prioritiesOf(options)
  return { name, ...bounds, overflow, schedule, clock, drain, deadLetters, priorities }
}

function prioritiesOf<P extends Protocol<P>, E extends Failure>({
  name,
  priorities: given,
}: BatchActorOptions<P, E>): ReadonlyMap<string, Priority> | undefined {
  if (given === undefined) return undefined
  const named = new Map<string, Priority>()
  for (const [kind, priority] of Object.entries<Priority | undefined>(given)) {
    if (priority === undefined) continue
    if (!priorities.includes(priority)) {
      const found = `found ${String(priority)} for "${kind}"`
      throw new ActorError('INVALID', `actor "${name}" expects priorities to be ${priorities.join(', ')}, ${found}`)
    }
    named.set(kind, priority)
  }
  return named
}
