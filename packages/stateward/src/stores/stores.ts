import type { AskOptions, Domain } from '@stateward/contract'
import type { PoolStats } from './pool-options.ts'
import type { StopStoresOptions, StoresReport } from './stop-stores.ts'
import type { Store } from './store-handle.ts'
import type { UsedStore } from './used-store.ts'

/** How a store is asked for. */
export interface UseOptions extends AskOptions {
  /** `false`: `NOT_FOUND` where there is none of this name yet. Default: it is made. */
  readonly create?: boolean
}

/** Many stores by name, each in a directory of its own, open only while they are used. */
export interface Stores<D extends Domain = Domain> extends AsyncDisposable {
  /**
   * A store that is opened by each call that finds it closed: `await stores.get('ada').plan.create({ name: 'x' })`. Opens
   * nothing itself. Calls made one after the other are carried out so. `INVALID`: see `storeDirectory`.
   */
  get(name: string): Store<D>
  /**
   * Runs `work` with the open store, which stays open until that has settled, and resolves with what it does. Rejects as
   * opening does (`LOCKED`, `CORRUPT` …; a store that did not open is not tried again at once), with `BUSY` or `TIMEOUT`
   * where too many wait or it takes too long, `ABORTED`, `CLOSED` after `stop`. `signal` and `timeoutMs` are for the
   * opening alone. One `work` that uses another store holds one while it waits for the other: with as many of those at a
   * time as `maxOpen`, each waits for the others until its time is up.
   */
  use<T>(name: string, work: (store: UsedStore<D>) => Promise<T> | T, options?: UseOptions): Promise<T>
  /** Closes a store now, for moving or copying its directory; `false` when somebody uses it. It opens again when asked for. */
  passivate(name: string): Promise<boolean>
  /** The names of all stores there are, open or not, in no order. Reads one folder: O(number of stores). */
  names(): Promise<readonly string[]>
  stats(): PoolStats
  /**
   * Takes no more calls (`CLOSED`), waits for those that use a store, closes all stores, and says how that went. A second
   * call waits no longer for those that use one; what a store has taken it still answers. Never rejects.
   */
  stop(options?: StopStoresOptions): Promise<StoresReport>
}
