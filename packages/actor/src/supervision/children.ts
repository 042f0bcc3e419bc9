import type { StopOptions, StopReport } from '../actor.ts'
import type { ActorError } from '../actor-error.ts'
import type { ActorOptions, Priorities } from '../create-batch-actor.ts'
import type { Delivery } from '../delivery.ts'
import type { Handlers } from '../handlers.ts'
import type { Protocol } from '../protocol.ts'
import type { Failure } from '../reply.ts'
import type { Supervision } from './crash.ts'
import type { End } from './ending.ts'
import type { ActorRef, Mortal } from './ref.ts'

/** What `start` is given: one for each life of an actor. */
export interface StartContext {
  readonly name: string
  /** How often the actor was begun before: 0 the first time. */
  readonly restarts: number
  /** Aborted when this life is over, also when it is given up while a handler still runs. */
  readonly signal: AbortSignal
  /** The actor's own children: ended before it, and with each of its lives. If they escalate, it has crashed. */
  readonly children: Children
  /** As the same of a message's context; nothing once this life is over. */
  unstash(): number
  /** As `other.watch`, until this life is over. */
  watch(other: Mortal, watcher: (end: End) => void): void
}

/** Why a life is over: `crash` includes a crash of those it rests on. */
export type LifeEnd = 'stop' | 'crash'

interface Hooks {
  /**
   * Called when this life is over, after the last message and after its children have ended. What it throws, or that it takes
   * longer than `stopTimeoutMs`, is told as an event and holds nothing up.
   */
  stop?(why: LifeEnd): void | PromiseLike<void>
}

/** A life that handles one message after the other. */
export interface Life<P extends Protocol<P>> extends Hooks {
  readonly handlers: Handlers<P>
}

/** A life that takes all that waits, as in `createBatchActor`. */
export interface BatchLife<P extends Protocol<P>, E extends Failure = ActorError> extends Hooks {
  readonly drain: (batch: readonly Delivery<P, E>[]) => void | PromiseLike<void>
}

interface CommonSpawnOptions<P extends Protocol<P>> extends Omit<ActorOptions, 'clock' | 'deadLetters'> {
  readonly priorities?: Priorities<P>
  /** How it deals with the children of its own. */
  readonly supervision?: Supervision
  /** How long `start` may take, `limits.startTimeoutMs` by default. */
  readonly startTimeoutMs?: number
  /** How long one message, or one batch, may be handled: more is a crash. Absent: for ever. */
  readonly handleTimeoutMs?: number
  /** How long what is in hand may take when others make it restart, and how long its hook `stop` may; `limits.stopTimeoutMs` by default. */
  readonly stopTimeoutMs?: number
}

export interface SpawnOptions<P extends Protocol<P>> extends CommonSpawnOptions<P> {
  /** Makes a fresh state and its handlers, at first and at each restart. Messages wait until it is there. */
  readonly start: (context: StartContext) => Life<P> | PromiseLike<Life<P>>
}

export interface BatchSpawnOptions<P extends Protocol<P>, E extends Failure = ActorError>
  extends CommonSpawnOptions<P> {
  readonly maxBatch?: number
  readonly start: (context: StartContext) => BatchLife<P, E> | PromiseLike<BatchLife<P, E>>
}

/** Whoever can have children. All three throw `INVALID` for an odd name, `ALREADY_EXISTS` for one that is taken, `CLOSED` when it is too late. */
export interface Children {
  /** Begins an actor. That `start` fails is no error here but a crash, which the parent deals with. */
  spawn<P extends Protocol<P>>(options: SpawnOptions<P>): ActorRef<P>
  spawnBatch<P extends Protocol<P>, E extends Failure = ActorError>(options: BatchSpawnOptions<P, E>): ActorRef<P, E>
  /** A branch of the tree with a strategy of its own. */
  supervise(name: string, supervision?: Supervision): Supervisor
}

/** A parent that handles no messages itself. */
export interface Supervisor extends Children, Mortal {
  /** The paths of its children, in the order in which they were begun. */
  readonly childNames: readonly string[]
  /**
   * Stops its children, the last first, one after the other, and closes the intake of each as its turn comes. `timeoutMs` is
   * for all of them together. A second call makes it quicker. Never rejects.
   */
  stop(options?: StopOptions): Promise<StopReport>
}
