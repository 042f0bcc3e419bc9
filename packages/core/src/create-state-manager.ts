import { type Collections, collections, type Transact, transact } from '@stateward/client'
import {
  type Clock,
  type Commit,
  type Domain,
  type Durability,
  type Endpoint,
  limits,
  type Protocol,
  type Random,
  type RecoveryReport,
  type Seq,
  StatewardError,
  type Stats,
  type Storage,
} from '@stateward/contract'
import { Bodies } from './bodies.ts'
import { bounded } from './bounded.ts'
import { systemEnvironment } from './environment.ts'
import { oneByOne } from './follow.ts'
import { describe } from './frozen-json.ts'
import { type HeldSnapshot, heldSnapshot } from './held-snapshot.ts'
import { Live } from './live.ts'
import { Manager } from './manager.ts'
import { replay } from './replay.ts'
import { TxidWindow } from './txid-window.ts'

export interface StateManagerOptions<D extends Domain> {
  readonly storage: Storage
  readonly domain: D
  /** The least that every write's acknowledgement means; default: the storage's own, else `commit`. A write may ask for more. */
  readonly durability?: Durability
  readonly memory?: {
    /** Bound of the records kept in memory, in bytes; default 64 MiB. Colder ones are read from the log when asked for. */
    readonly cacheBytes?: number
  }
  readonly mailbox?: {
    /** Writes that may wait, default 10 000. */
    readonly capacity?: number
    /** What happens to one more: `reject` (default) answers `BUSY`, `wait` holds the caller back. */
    readonly overflow?: 'reject' | 'wait'
  }
  /** Names this writer to whoever is locked out; default: this process. */
  readonly owner?: string
  readonly clock?: Clock
  readonly random?: Random
}

/** An open store: a collection for each type of the domain, and what concerns the whole. */
export type State<D extends Domain = Domain> = Collections<D> & StateMembers<D> & Endpoint & AsyncDisposable

export interface StateMembers<D extends Domain> {
  readonly domain: D
  /** What opening found and did. */
  readonly recovery: RecoveryReport
  /** A list of operations as one commit: all of them, or none. */
  readonly transact: Transact<D>
  /** Every commit from `since` on (default 1), then each as it becomes durable, until `signal` aborts. */
  changes(options?: { readonly since?: Seq; readonly signal?: AbortSignal }): AsyncIterable<Commit>
  /** A stable view of the state as it is now; must be closed. */
  snapshot(): Promise<HeldSnapshot<D>>
  compact(): Promise<Protocol['compact']['answer']>
  stats(): Promise<Stats>
  verify(): Promise<Protocol['verify']['answer']>
  flush(): Promise<Protocol['flush']['answer']>
  /** Settles every waiting call, then closes the log. Calls afterwards are `CLOSED`. */
  close(): Promise<void>
}

/**
 * Opens a store over any storage: takes the log over, recovers and replays it. Rejects with the storage's code (`LOCKED`,
 * `CORRUPT`, `UNSUPPORTED`, `STORAGE_FAILED` …) and leaves the log as it was then. O(log) time.
 */
export async function createStateManager<const D extends Domain>(options: StateManagerOptions<D>): Promise<State<D>> {
  const { storage, domain, durability = storage.defaultDurability ?? 'commit' } = options
  const environment = {
    ...systemEnvironment(),
    ...(options.clock && { clock: options.clock }),
    ...(options.random && { random: options.random }),
  }
  if (storage.caps.survives[durability] === undefined) {
    throw new StatewardError(
      'UNSUPPORTED',
      `expected one of the levels that the ${storage.kind} storage offers (${Object.keys(storage.caps.survives).join(', ')}), found ${describe(durability)}`,
    )
  }
  const cacheBytes = bounded('memory.cacheBytes', options.memory?.cacheBytes ?? limits.cacheBytes)
  const capacity = bounded('mailbox.capacity', options.mailbox?.capacity ?? limits.mailboxAsks)
  const { writer, recovery } = await storage.openWriter(options.owner ?? `pid ${process.pid}`)
  try {
    const live = new Live(domain, new Bodies(writer, cacheBytes))
    const txids = new TxidWindow()
    await replay(writer, live, txids)
    const mailbox = { capacity, overflow: options.mailbox?.overflow ?? 'reject' } as const
    return stateOf(
      new Manager({ storage, writer, domain, live, txids, durability, mailbox, environment }),
      domain,
      recovery,
    )
  } catch (error) {
    await writer.close().catch(() => undefined)
    throw error
  }
}

function stateOf<const D extends Domain>(manager: Manager, domain: D, recovery: RecoveryReport): State<D> {
  const members: StateMembers<D> & Endpoint & AsyncDisposable = {
    domain,
    recovery,
    transact: transact(manager, domain),
    changes: ({ since = 1, signal = new AbortController().signal } = {}) => oneByOne(manager.follow(since, signal)),
    snapshot: async () => heldSnapshot(manager, domain, await manager.ask('snapshot', {})),
    compact: () => manager.ask('compact', {}),
    stats: () => manager.ask('stats', {}),
    verify: () => manager.ask('verify', {}),
    flush: () => manager.ask('flush', {}),
    close: () => manager.close(),
    ask: (kind, body, askOptions) => manager.ask(kind, body, askOptions),
    follow: (from, signal) => manager.follow(from, signal),
    [Symbol.asyncDispose]: () => manager.close(),
  }
  // A domain has no type that is called like a member, so neither hides the other.
  return Object.freeze({ ...collections(manager, domain, { inProcess: true }), ...members }) as State<D>
}
