import type { Actor } from './actor.ts'
import { type ActorOptions, createBatchActor, type Priorities } from './create-batch-actor.ts'
import type { DeliveryContext, DeliveryOf } from './delivery.ts'
import type { Kind, Protocol } from './protocol.ts'

/** A function for each kind of message; one that is missing does not compile. */
export type Handlers<P extends Protocol<P>> = {
  readonly [K in Kind<P>]: (body: P[K]['ask'], context: DeliveryContext) => P[K]['answer'] | PromiseLike<P[K]['answer']>
}

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
  return createBatchActor<P>({
    schedule: 'microtask',
    ...options,
    maxBatch: 1,
    drain: ([delivery]) => (delivery === undefined ? undefined : handle(handlers, delivery)),
  })
}

function handle<P extends Protocol<P>, K extends Kind<P>>(
  handlers: Handlers<P>,
  delivery: DeliveryOf<P, K>,
): void | PromiseLike<void> {
  expectHandler(handlers, delivery.kind)
  const answer = handlers[delivery.kind](delivery.body, delivery)
  if (!isPromiseLike(answer)) {
    delivery.settle({ ok: true, value: answer })
    return
  }
  return answer.then((value) => {
    delivery.settle({ ok: true, value })
  })
}

/** The names that every object inherits are no handlers; the methods of a class instance are. */
function expectHandler(handlers: object, kind: string): void {
  if (Object.hasOwn(handlers, kind) || (kind in handlers && !(kind in Object.prototype))) return
  throw new TypeError(`no handler for "${kind}"; there are ${Object.keys(handlers).join(', ')}`)
}

function isPromiseLike<T>(answer: T | PromiseLike<T>): answer is PromiseLike<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function'
}
