import type { Clock, Domain, Durability, Random } from '@stateward/contract'
import {
  type CompactionOptions,
  createStateManager,
  openStateReader,
  type ReopeningOptions,
  type ScrubbingOptions,
  type State,
  type StateManagerOptions,
  type StateReader,
} from '@stateward/core'
import type { domain as workDomain } from '@stateward/domain'
import { type JsonlStorageOptions, jsonlStorage } from '@stateward/storage-jsonl'
import { domainOr } from './domain-or.ts'

/** How `openState` opens a directory. Everything has a default. */
export interface OpenStateOptions<D extends Domain = Domain> {
  /** The types of records; default: the built-in plans, specs, phases and executions. */
  readonly domain?: D
  /** The least that every write's acknowledgement means; default `commit`, which survives a power cut. */
  readonly durability?: Durability
  readonly memory?: NonNullable<StateManagerOptions<D>['memory']>
  readonly mailbox?: NonNullable<StateManagerOptions<D>['mailbox']>
  /** Names this writer to whoever is locked out; default: this process. */
  readonly owner?: string
  /**
   * What to do with a damaged log: `refuse` (default) rejects with `CORRUPT`; `readonly` opens what reads up to the first
   * damage, and every write is `STORAGE_FAILED`; `salvage` keeps what reads, and `stats().lost` says what is lost.
   */
  readonly recovery?: NonNullable<JsonlStorageOptions['recovery']>
  /**
   * What becomes of history that a compaction has covered: `all` (default) keeps it, compressed; `{ days }` and `{ versions }`
   * let go of what is older, or more; `none` keeps none.
   */
  readonly retention?: NonNullable<JsonlStorageOptions['retention']>
  /**
   * How much an opening reads: `full` every byte; `tail` the ends of complete files that a checkpoint rests on, and the
   * others, so that it takes as long as the checkpoint and not as the log. What it did not read is checked when it is.
   * Default: `tail`; `full` with a `recovery` that does something about damage.
   */
  readonly verify?: NonNullable<JsonlStorageOptions['verify']>
  /** When the state is saved beside the log, so that opening is fast; `false`: never. */
  readonly checkpoints?: NonNullable<StateManagerOptions<D>['checkpoints']>
  /** When the store compacts itself; `false`: only when asked. */
  readonly compaction?: CompactionOptions | false
  /** How the log is read again in the background, so that what the disk loses is found while a backup still has it; `false`: never. */
  readonly scrub?: ScrubbingOptions | false
  /** How indexes are compared with the records in the background; `false`: only by `state.checkIndexes()` and `state.verify()`. */
  readonly indexCheck?: NonNullable<StateManagerOptions<D>['indexCheck']>
  /** When the store reopens its log by itself after the storage has failed; `'manual'`: only `state.reopen()` does. */
  readonly reopening?: ReopeningOptions | 'manual'
  /** How old a snapshot may grow before it is told of (5 minutes), and before it is closed (an hour). */
  readonly snapshots?: NonNullable<StateManagerOptions<D>['snapshots']>
  /** Code of the application's own around each commit: `beforeCommit` may refuse it, `afterCommit` hears of it. */
  readonly hooks?: NonNullable<StateManagerOptions<D>['hooks']>
  /** What the store watches of itself, for `stats()` and for who listens; `false`: nothing that costs. */
  readonly observe?: NonNullable<StateManagerOptions<D>['observe']>
  /** Gets a line for whatever the store tells unasked; `pino` fits. */
  readonly logger?: NonNullable<StateManagerOptions<D>['logger']>
  readonly clock?: Clock
  readonly random?: Random
}

/**
 * Opens the state in a directory, which is made when it is not there: recovers and replays its log, in O(log) time. One
 * process at a time may hold it for writing. Rejects with `LOCKED` (`details`: `pid`, `host` of the holder), `CORRUPT`
 * (`details.damage`: every bad line), `INVALID` (the directory holds something else), `UNSUPPORTED` (files of a newer
 * version), `STORAGE_FAILED`; the directory is left as it was then.
 */
export async function openState<const D extends Domain = typeof workDomain>(
  dir: string,
  options: OpenStateOptions<D> = {},
): Promise<State<D>> {
  const { domain, recovery = 'refuse', retention = 'all', verify, ...rest } = options
  const storage = jsonlStorage({ dir, recovery, retention, ...(verify === undefined ? {} : { verify }) })
  return createStateManager({ ...rest, domain: domainOr(domain), storage })
}

/** How `readState` looks at a directory. */
export type ReadStateOptions<D extends Domain = Domain> = Pick<OpenStateOptions<D>, 'domain' | 'memory' | 'observe'>

/**
 * Looks at the state in a directory as it is at this moment, beside the process that writes it, if there is one: takes no
 * lock and writes nothing. What is not proven to be durable yet is not seen. `changes` goes on with what comes; every
 * write is `UNSUPPORTED`. A directory that is not there reads as an empty store. Errors as `openState`, but for `LOCKED`.
 */
export async function readState<const D extends Domain = typeof workDomain>(
  dir: string,
  options: ReadStateOptions<D> = {},
): Promise<StateReader<D>> {
  const { domain, ...rest } = options
  return openStateReader({ ...rest, domain: domainOr(domain), storage: jsonlStorage({ dir }) })
}
