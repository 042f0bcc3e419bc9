import { type Collections, collections, type Transact, transact } from '@stateward/client'
import type {
  AskOptions,
  Commit,
  Domain,
  Endpoint,
  Notify,
  OpenedWriter,
  Protocol,
  RecoveryReport,
  Seq,
  Stats,
  Storage,
  StoreEvent,
} from '@stateward/contract'
import { Bodies } from './bodies.ts'
import { checkedOptions } from './checked-options.ts'
import { systemEnvironment } from './environment.ts'
import { Events } from './events.ts'
import { oneByOne } from './follow.ts'
import { guardedWriter } from './guarded-storage.ts'
import { type HeldSnapshot, heldSnapshot } from './held-snapshot.ts'
import { Live } from './live.ts'
import { Manager } from './manager.ts'
import { whyReadOnly } from './read-only.ts'
import { replay } from './replay.ts'
import type { StateManagerOptions } from './state-manager-options.ts'
import { storageError } from './storage-error.ts'
import { TxidWindow } from './txid-window.ts'

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
  /**
   * Writes the state as a base, which the next opening begins with, and lets go of history as the storage's retention says.
   * Everything else goes on meanwhile; `state.on` hears how far it is. Aborted: `ABORTED`, and the log is as it was.
   */
  compact(options?: AskOptions): Promise<Protocol['compact']['answer']>
  stats(): Promise<Stats>
  verify(): Promise<Protocol['verify']['answer']>
  flush(): Promise<Protocol['flush']['answer']>
  /** Hears what the store tells unasked: no room, a stop, a compaction. Returns the way to stop hearing. What a listener throws is dropped. */
  on(listener: Notify<StoreEvent>): () => void
  /** Settles every waiting call, then closes the log. Calls afterwards are `CLOSED`. */
  close(): Promise<void>
}

/**
 * Opens a store over any storage: takes the log over, recovers and replays it. Rejects with the storage's code (`LOCKED`,
 * `CORRUPT`, `UNSUPPORTED`, `STORAGE_FAILED` …) and leaves the log as it was then. O(log) time.
 */
export async function createStateManager<const D extends Domain>(options: StateManagerOptions<D>): Promise<State<D>> {
  const { storage, domain, durability, cacheBytes, mailbox } = checkedOptions(options)
  const environment = {
    ...systemEnvironment(),
    ...(options.clock && { clock: options.clock }),
    ...(options.random && { random: options.random }),
  }
  const events = new Events()
  if (options.onEvent !== undefined) events.on(options.onEvent)
  const { writer, recovery } = await openedWriter(storage, options.owner ?? `pid ${process.pid}`, events)
  try {
    const live = new Live(domain, new Bodies(writer, cacheBytes))
    const txids = new TxidWindow()
    await replay(writer, live, txids)
    const manager = new Manager({
      storage,
      writer,
      domain,
      live,
      txids,
      durability,
      mailbox,
      environment,
      events,
      readOnly: whyReadOnly(recovery),
    })
    return stateOf(manager, { domain, recovery, events })
  } catch (error) {
    await writer.close().catch(() => undefined)
    throw error
  }
}

async function openedWriter(storage: Storage, owner: string, { tell }: Events): Promise<OpenedWriter> {
  try {
    const { writer, recovery } = await storage.openWriter(owner, { notify: tell })
    return { writer: guardedWriter(writer), recovery }
  } catch (error) {
    throw storageError(error)
  }
}

function stateOf<const D extends Domain>(
  manager: Manager,
  { domain, recovery, events }: { domain: D; recovery: RecoveryReport; events: Events },
): State<D> {
  const members: StateMembers<D> & Endpoint & AsyncDisposable = {
    domain,
    recovery,
    transact: transact(manager, domain),
    changes: ({ since = 1, signal = new AbortController().signal } = {}) => oneByOne(manager.follow(since, signal)),
    snapshot: async () => heldSnapshot(manager, domain, await manager.ask('snapshot', {})),
    compact: (asking) => manager.ask('compact', {}, asking),
    stats: () => manager.ask('stats', {}),
    verify: () => manager.ask('verify', {}),
    flush: () => manager.ask('flush', {}),
    on: (listener) => events.on(listener),
    close: () => manager.close(),
    ask: (kind, body, askOptions) => manager.ask(kind, body, askOptions),
    follow: (from, signal) => manager.follow(from, signal),
    [Symbol.asyncDispose]: () => manager.close(),
  }
  // A domain has no type that is called like a member, so neither hides the other.
  return Object.freeze({ ...collections(manager, domain, { inProcess: true }), ...members }) as State<D>
}
