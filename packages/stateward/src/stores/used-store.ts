import type { Domain } from '@stateward/contract'
import type { State } from '@stateward/core'

/** A store while it is used: everything but its end, which is not for one of its users to decide. */
export type UsedStore<D extends Domain = Domain> = Omit<State<D>, 'close' | 'shutdown' | typeof Symbol.asyncDispose>

/** What the pool holds of an open store. */
export interface OpenedStore<D extends Domain> {
  readonly state: State<D>
  readonly used: UsedStore<D>
}
