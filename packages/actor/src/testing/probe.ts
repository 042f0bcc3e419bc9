import type { Actor } from '../actor.ts'
import type { ActorError } from '../actor-error.ts'
import { type ActorOptions, createBatchActor } from '../create-batch-actor.ts'
import type { Delivery } from '../delivery.ts'
import type { Protocol } from '../protocol.ts'
import type { Failure } from '../reply.ts'

/** Stands for an actor in the test of those who talk to it: it answers nothing by itself. */
export interface Probe<P extends Protocol<P>, E extends Failure = ActorError> {
  readonly actor: Actor<P, E>
  /** All messages it has got, oldest first. The test answers them with `settle`. */
  readonly received: readonly Delivery<P, E>[]
  /** The next message that was not looked at yet; waits until there is one. */
  next(): Promise<Delivery<P, E>>
}

/** A probe; it takes the options of an actor. */
export function createProbe<P extends Protocol<P>, E extends Failure = ActorError>(
  options: Partial<ActorOptions> = {},
): Probe<P, E> {
  const received: Delivery<P, E>[] = []
  const waiting: ((delivery: Delivery<P, E>) => void)[] = []
  let looked = 0
  const lookOn = (): void => {
    for (let at = received[looked]; at !== undefined && waiting.length > 0; at = received[looked]) {
      looked++
      waiting.shift()?.(at)
    }
  }
  const actor = createBatchActor<P, E>({
    name: 'probe',
    schedule: 'microtask',
    ...options,
    drain(batch) {
      received.push(...batch)
      lookOn()
    },
  })
  return {
    actor,
    received,
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        lookOn()
      }),
  }
}
