import type {
  Clock,
  CommitHooks,
  Domain,
  Durability,
  Notify,
  Random,
  Storage,
  StoreEvent,
  Timers,
} from '@stateward/contract'
import type { ReopeningOptions } from '../caretakers/reopening.ts'
import type { CompactionOptions } from '../compaction/compaction-options.ts'
import type { IndexCheckOptions } from '../integrity/index-check-options.ts'
import type { ScrubbingOptions } from '../integrity/scrub-options.ts'
import type { Logger } from '../observation/logger.ts'
import type { ObserveOptions } from '../observation/observe-options.ts'
import type { CheckpointOptions } from '../recovery/checkpoint-options.ts'
import type { SnapshotOptions } from '../snapshots/snapshot-options.ts'

/** What `createStateManager` takes. */
export interface StateManagerOptions<D extends Domain> {
  readonly storage: Storage
  readonly domain: D
  /** The least that every write's acknowledgement means; default: the storage's own, else `commit`. A write may ask for more. */
  readonly durability?: Durability
  readonly memory?: {
    /** Bound of the records kept in memory, in bytes; default 64 MiB. Colder ones are read from the log when asked for. */
    readonly cacheBytes?: number
    /**
     * Bound of cache, indexes and tables (ids and places of records, about 45 bytes each) together, in bytes; default: none. Where indexes
     * take more than there is room for, those that were asked for least are dropped: `onEvent` and `explain` say which, answers stay
     * right and are slower, and they are built again where there is room. Tables and relations are never dropped; should
     * they alone be more, `onEvent` hears `memory`, the cache is empty, and everything goes on.
     */
    readonly maxBytes?: number
    /**
     * Versions of records that the index of histories knows, the newest ones; 8 bytes each; default and most `limits.indexedVersions`. The
     * past before them is answered too, by reading the log up to there.
     */
    readonly historyVersions?: number
  }
  readonly mailbox?: {
    /** Writes that may wait, default 10 000. */
    readonly capacity?: number
    /** What happens to one more: `reject` (default) answers `BUSY`, `wait` holds the caller back. */
    readonly overflow?: 'reject' | 'wait'
  }
  /** Names this writer to whoever is locked out; default: this process. */
  readonly owner?: string
  /** Hears from the first step of opening on what the store tells unasked; `state.on` hears what comes later. */
  readonly onEvent?: Notify<StoreEvent>
  /** When the store compacts itself; `false`: only when asked. Such a compaction is told to `onEvent`, and ends with the store. */
  readonly compaction?: CompactionOptions | false
  /** When the state is saved beside the log for the next opening; `false`: never. Where the storage keeps no caches, never. */
  readonly checkpoints?: CheckpointOptions | false
  /**
   * How what is complete of the log is read again while the store is open; `false`: never. What it finds is told to `onEvent`
   * and stands in the statistics; nothing is mended or stopped for it. Where the storage has no medium to doubt, never.
   */
  readonly scrub?: ScrubbingOptions | false
  /**
   * How indexes are compared with the records while the store is open; `false`: only when asked (`checkIndexes`). One that differs
   * is not asked any more and built again, of which `onEvent` hears.
   */
  readonly indexCheck?: IndexCheckOptions | false
  /**
   * When the store reopens its log by itself after the storage has failed: as `state.reopen()`, a bounded number of times, after
   * pauses; `onEvent` hears of each. `'manual'`: never. Never after `FENCED` and the like, which another try does not mend.
   */
  readonly reopening?: ReopeningOptions | 'manual'
  /** How old a snapshot may grow before it is told of, and before it is closed. */
  readonly snapshots?: SnapshotOptions
  /** Code of the application's own around each commit: one that may refuse it, one that hears of it. */
  readonly hooks?: CommitHooks
  /** What the store watches of itself, for `stats()` and for who listens; `false`: nothing that costs. */
  readonly observe?: ObserveOptions | false
  /**
   * Gets a line for whatever the store tells unasked: names, numbers and codes, never a record, an id or the text of an error.
   * What it throws is dropped.
   */
  readonly logger?: Logger
  readonly clock?: Clock
  readonly random?: Random
  readonly timers?: Timers
}
