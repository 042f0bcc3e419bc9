import type { Actor } from './actor.ts'
import { type ActorOptions, createBatchActor, type Priorities } from './create-batch-actor.ts'
import { type Handlers, handlerDrain } from './handlers.ts'
import type { Protocol } from './protocol.ts'

export interface HandlerActorOptions<P extends Protocol<P>> extends ActorOptions {
  readonly handlers: Handlers<P>
  readonly priorities?: Priorities<P>
}

/**
 * An actor that handles one message at a time, in order: the next begins when an asynchronous handler has finished. A handler
 * that throws or rejects gives `UNKNOWN` to its caller, and the actor lives on. A caller whose signal is aborted or whose time
 * is over while the handler runs is settled at once, unless the handler has claimed the message; the handler runs to its end.
 * Scheduled in a microtask by default. Throws `INVALID`.
 */
export function createActor<P extends Protocol<P>>({ handlers, ...options }: HandlerActorOptions<P>): Actor<P> {
  return createBatchActor<P>({ schedule: 'microtask', ...options, maxBatch: 1, drain: handlerDrain(handlers) })
}
