import type { ActorError } from './actor-error.ts'
import type { ActorStats } from './actor-stats.ts'
import type { Handling } from './delivery.ts'
import type { Kind, Protocol } from './protocol.ts'
import type { Failure, Reply } from './reply.ts'

export interface AskOptions {
  /** Aborted before the message is claimed: `ABORTED`. The listener is removed as soon as the ask is settled. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds from now. Zero, negative or NaN: `TIMEOUT` at once. Absent or infinite: no deadline. */
  readonly timeoutMs?: number | undefined
  /**
   * The message in whose handling this ask is made: a handler passes its context on. The ask then has its deadline at the
   * latest (`limits.nestedAskMs` where there is none) and its signal, unless another is given; and a `TIMEOUT` names the chain
   * of actors that wait for each other. Actors that ask each other share a clock.
   */
  readonly from?: Handling | undefined
}

export interface StopOptions {
  /** `true` (default): what is queued is handled. `false`: it is settled with `CLOSED`. */
  readonly drain?: boolean | undefined
  /** Milliseconds until everything still unsettled gets `CLOSED`; `limits.stopTimeoutMs` by default, `Infinity` to wait. */
  readonly timeoutMs?: number | undefined
}

export interface StopReport {
  /** Messages that had been taken in and were settled with `CLOSED` (or their `onTimeout` error) instead of an answer. */
  readonly closed: number
}

/** The sender's side of an actor. */
export interface Actor<P extends Protocol<P>, E extends Failure = ActorError> {
  readonly name: string
  /** Messages queued now. */
  readonly depth: number
  /**
   * Sends a message and waits for its reply. Never throws and never rejects. Messages are handled in the order of the
   * calls. Errors: `BUSY`, `TIMEOUT`, `ABORTED`, `CLOSED`, `FAILED`, and `E` of the actor's own.
   */
  ask<K extends Kind<P>>(
    kind: K,
    body: P[K]['ask'],
    options?: AskOptions,
  ): Promise<Reply<P[K]['answer'], E | ActorError>>
  /** Sends a message and forgets it. Says at once whether it was queued: if not, `BUSY` (whatever the policy) or `CLOSED`. */
  tell<K extends Kind<P>>(kind: K, body: P[K]['ask']): Reply<void>
  /**
   * Closes the intake, lets what is queued be handled (or not, see `drain`) and resolves when every caller is settled;
   * nothing is handled after that. Callers who still wait for room get `CLOSED`. A second call returns the same promise.
   * Awaited inside the actor's own handler it waits for itself, until `timeoutMs`.
   */
  stop(options?: StopOptions): Promise<StopReport>
  /** Plain data, O(1). */
  stats(): ActorStats
}
