import type { ActorError } from './actor-error.ts'
import type { Hop } from './hop.ts'
import type { Kind, Protocol } from './protocol.ts'
import type { Failure, Reply } from './reply.ts'
import type { Stashed } from './stash.ts'

/** What the caller asked for, with the deadline on the actor's clock. */
export interface DeliveryOptions {
  readonly signal: AbortSignal | undefined
  /** Milliseconds on the actor's clock; `undefined`: the caller waits as long as it takes. */
  readonly deadline: number | undefined
}

export interface ClaimOptions<E extends Failure> {
  /**
   * Makes the error for a caller who cannot wait for the outcome any longer: its deadline passed (`why.code` is
   * `TIMEOUT`) or `stop` ran out of time (`CLOSED`). Without it the caller gets `why` itself.
   */
  readonly onTimeout?: (why: ActorError) => E
}

/** A message that is being handled, as `from` of the asks that its handler makes. */
export interface Handling {
  readonly options: DeliveryOptions
  /** For the kernel, which follows chains of asks by it. */
  readonly hop: Hop
}

/** The part of a delivery that a handler sees beside the body. */
export interface DeliveryContext<E extends Failure = ActorError> extends Handling {
  /**
   * Passes the point of no return: from here on an abort is ignored, and a timeout says that the outcome is unknown.
   * `false`: the caller is already settled (aborted, timed out, closed) and the message is to be skipped.
   */
  claim(options?: ClaimOptions<E>): boolean
  /**
   * Puts the message aside, for later: `return context.stash()`. It counts as not handled, so this comes before anything that
   * it may do. Its deadline and its signal run on. It comes back by `unstash`, by a restart and by a stop, before everything
   * that is queued and in the order in which it was put aside. Its caller hears `BUSY` when `maxStashed` are put aside
   * already, and `CLOSED` when the actor is stopping. The delivery is of no further use: what is settled by it is ignored.
   * Throws `INVALID` once the message is claimed.
   */
  stash(): Stashed
  /** Brings all that was put aside back into the queue, at any time; returns how many messages that are. */
  unstash(): number
}

/** One message of kind `K` in the hands of a `drain`. */
export interface DeliveryOf<P extends Protocol<P>, K extends Kind<P>, E extends Failure = ActorError>
  extends DeliveryContext<E> {
  readonly kind: K
  readonly body: P[K]['ask']
  /** Answers the caller, during the drain or at any time after it. `false`: it was settled before; this is ignored. */
  settle(reply: Reply<P[K]['answer'], E | ActorError>): boolean
}

/** Any message of a protocol: a `switch` over `kind` narrows `body` and `settle`. */
export type Delivery<P extends Protocol<P>, E extends Failure = ActorError> = {
  readonly [K in Kind<P>]: DeliveryOf<P, K, E>
}[Kind<P>]
