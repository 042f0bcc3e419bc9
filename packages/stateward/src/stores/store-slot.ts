import type { Delivery } from '@stateward/actor'
import type { StatewardError } from '@stateward/contract'

/** One life of a store in the pool: from the first call that asks for it until it is passivated. */
export interface Slot<S> {
  readonly name: string
  /** Calls that hear when it is open, or why not. */
  callers: Caller<S>[]
  /** Settles when it is open, or has failed to open. */
  opened: Promise<void> | undefined
  store: S | undefined
  users: number
  /** Calls that have been given the store and have not gone on yet. */
  given: number
}

/** What the pool's actor is asked. */
export type Waking<S> = { wake: { ask: string; answer: Slot<S> } }
/** A call that waits for a store to open. */
export type Caller<S> = Delivery<Waking<S>, StatewardError>

/** Whether it has neither been aborted nor run out of time. */
export function stillWaits<S>({ options: { signal, deadline } }: Caller<S>, nowMs: number): boolean {
  return signal?.aborted !== true && (deadline === undefined || deadline > nowMs)
}
