import type { Delivery, DeliveryContext, DeliveryOf } from './delivery.ts'
import { isPromiseLike } from './is-promise-like.ts'
import type { Kind, Protocol } from './protocol.ts'
import { type Stashed, stashed } from './stash.ts'

/** A function for each kind of message; one that is missing does not compile. */
export type Handlers<P extends Protocol<P>> = {
  readonly [K in Kind<P>]: (
    body: P[K]['ask'],
    context: DeliveryContext,
  ) => Answer<P[K]['answer']> | PromiseLike<Answer<P[K]['answer']>>
}

type Answer<T> = T | Stashed

/** A `drain` for batches of one message, which gives it to its handler. */
export function handlerDrain<P extends Protocol<P>>(
  handlers: Handlers<P>,
): (batch: readonly Delivery<P>[]) => void | PromiseLike<void> {
  return ([delivery]) => (delivery === undefined ? undefined : handle(handlers, delivery))
}

function handle<P extends Protocol<P>, K extends Kind<P>>(
  handlers: Handlers<P>,
  delivery: DeliveryOf<P, K>,
): void | PromiseLike<void> {
  expectHandler(handlers, delivery.kind)
  const answer = handlers[delivery.kind](delivery.body, delivery)
  if (!isPromiseLike(answer)) return settle(delivery, answer)
  return answer.then((value) => settle(delivery, value))
}

function settle<P extends Protocol<P>, K extends Kind<P>>(
  delivery: DeliveryOf<P, K>,
  value: Answer<P[K]['answer']>,
): void {
  if (value !== stashed) delivery.settle({ ok: true, value })
  // It would never be answered.
  else if (delivery.claim()) throw new TypeError(`"${delivery.kind}" was answered with the stash() of another message`)
}

/** The names that every object inherits are no handlers; the methods of a class instance are. */
function expectHandler(handlers: object, kind: string): void {
  if (Object.hasOwn(handlers, kind) || (kind in handlers && !(kind in Object.prototype))) return
  throw new TypeError(`no handler for "${kind}"; there are ${Object.keys(handlers).join(', ')}`)
}
