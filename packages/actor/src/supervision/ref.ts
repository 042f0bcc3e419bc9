import type { Actor } from '../actor.ts'
import type { ActorError } from '../actor-error.ts'
import type { Protocol } from '../protocol.ts'
import type { Failure } from '../reply.ts'
import type { End } from './ending.ts'

/** `restarting`: from a crash until it begins anew. In `starting` and `restarting` messages wait in the mailbox. */
export type LifeState = 'starting' | 'running' | 'restarting' | 'stopping' | 'stopped'

/** Somebody whose end can be waited for. */
export interface Mortal {
  /** A path such as `app/orders`. */
  readonly name: string
  readonly state: LifeState
  /** Resolves with how it ended; never rejects. */
  readonly ended: Promise<End>
  /** Calls back once, when it has ended or, if it has already, a moment later. The returned function ends the watch. */
  watch(watcher: (end: End) => void): () => void
}

/** An actor in a tree. It stays the same across restarts: messages sent to it while it restarts wait for the new state. */
export interface ActorRef<P extends Protocol<P>, E extends Failure = ActorError> extends Actor<P, E>, Mortal {
  /** How often it was begun anew. */
  readonly restarts: number
}
