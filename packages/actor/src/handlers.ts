import type { Delivery, DeliveryContext, DeliveryOf } from './delivery.ts'
import { isPromiseLike } from './is-promise-like.ts'
import type { Kind, Protocol } from './protocol.ts'

/** A function for each kind of message; one that is missing does not compile. */
export type Handlers<P extends Protocol<P>> = {
  readonly [K in Kind<P>]: (body: P[K]['ask'], context: DeliveryContext) => P[K]['answer'] | PromiseLike<P[K]['answer']>
}

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
