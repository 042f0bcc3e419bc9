import { type Collections, collections, type Transact, transact } from '@stateward/client'
import type { AskOptions, Clock, Domain, Endpoint } from '@stateward/contract'
import type { RunTransaction, State } from '@stateward/core'
import type { StorePool } from './store-pool.ts'
import type { OpenedStore } from './used-store.ts'

/** A store by its name, open or not: each call opens it when it is not, and keeps it open until it is answered. */
export type Store<D extends Domain = Domain> = Collections<D> & StoreMembers<D>

export interface StoreMembers<D extends Domain> extends Omit<Endpoint, 'close'> {
  readonly domain: D
  readonly transact: Transact<D>
  readonly transaction: RunTransaction<D>
}

export interface HandleOptions<D extends Domain> {
  readonly directory: string
  readonly domain: D
  readonly pool: StorePool<OpenedStore<D>>
  readonly clock: Clock
}

/** Makes the handle of one store; opens nothing. What watches or follows keeps its store open until it ends. */
export function storeHandle<D extends Domain>({ directory, domain, pool, clock }: HandleOptions<D>): Store<D> {
  const asking = async <O extends AskOptions, T>(
    ask: (store: State<D>, options: O) => Promise<T>,
    options: O,
  ): Promise<T> => {
    const { timeoutMs } = options
    const began = timeoutMs === undefined ? 0 : clock.monotonicMs()
    const { store, release } = await pool.hold(directory, options)
    try {
      if (timeoutMs === undefined) return await ask(store.state, options)
      return await ask(store.state, { ...options, timeoutMs: Math.max(0, timeoutMs - (clock.monotonicMs() - began)) })
    } finally {
      release()
    }
  }
  async function* streaming<T>(read: (store: State<D>) => AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
    const held = await pool.hold(directory, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    if (held === undefined) return
    try {
      yield* read(held.store.state)
    } finally {
      held.release()
    }
  }
  const endpoint: Endpoint = {
    ask: (kind, body, options = {}) => asking((store, left) => store.ask(kind, body, left), options),
    follow: (from, signal) => streaming((store) => store.follow(from, signal), signal),
    watch: (kind, body, signal) => streaming((store) => store.watch(kind, body, signal), signal),
    close: async () => void (await pool.passivate(directory)),
  }
  const { ask, follow, watch } = endpoint
  const members: StoreMembers<D> = {
    domain,
    transact: transact(endpoint, domain),
    transaction: (work, options = {}) => asking((store, left) => store.transaction(work, left), options),
    ask,
    follow,
    watch,
  }
  const store: Store<D> = { ...collections(endpoint, domain, { inProcess: true }), ...members }
  Object.freeze(store)
  return store
}
