import {
  type Changes,
  type Collections,
  changes,
  collections,
  type Transact,
  transact,
  type Views,
  views,
} from '@stateward/client'
import type {
  AskOptions,
  CaretakerName,
  Domain,
  Endpoint,
  IndexesReport,
  Notify,
  Protocol,
  RecoveryReport,
  Stats,
  Storage,
  StoreEvent,
} from '@stateward/contract'
import { HookRunner } from '../deciding/commit-hooks.ts'
import { type PastMembers, pastMembers } from '../history/past-members.ts'
import type { ShutdownOptions, StateShutdownReport } from '../lifecycle/shutdown-options.ts'
import { openTerm, type Term } from '../lifecycle/term.ts'
import { type Reopened, Terms } from '../lifecycle/terms.ts'
import { Events } from '../observation/events.ts'
import { logEvents } from '../observation/log-events.ts'
import { Observation } from '../observation/observation.ts'
import { CheckpointGate } from '../recovery/checkpoint-gate.ts'
import { systemEnvironment, timed } from '../scheduling/environment.ts'
import { type HeldSnapshot, heldSnapshot } from '../snapshots/held-snapshot.ts'
import { Snapshots } from '../snapshots/snapshots.ts'
import { Audience } from '../subscriptions/audience.ts'
import { cursorTaker, type TakeCursor } from '../transactions/state-cursor.ts'
import { type RunTransaction, Transactions } from '../transactions/transaction.ts'
import { type BackupMember, backupMember } from './backup.ts'
import { checkedOptions } from './checked-options.ts'
import { Manager } from './manager.ts'
import { type RestoreMember, restoreMember } from './restore-member.ts'
import type { StateManagerOptions } from './state-manager-options.ts'

/** An open store: a collection for each type of the domain, and what concerns the whole. */
export type State<D extends Domain = Domain> = Collections<D> & StateMembers<D> & Endpoint & AsyncDisposable

export interface StateMembers<D extends Domain> extends PastMembers<D>, BackupMember, RestoreMember {
  readonly domain: D
  /** What opening found and did, the first time. */
  readonly recovery: RecoveryReport
  /** A list of operations as one commit: all of them, or none. */
  readonly transact: Transact<D>
  /**
   * Runs `work` on one consistent state: its reads see that and its own writes; its writes become one commit, or nothing
   * does. Serializable: should anything it has read (records, the answers of queries, absence) be changed by others
   * before the commit, it is run again, at most `retries` times after a short random wait, then `CONFLICT` with the
   * record in `details`. So `work` should do nothing but read and write through `tx`, and await every call (`INVALID`).
   * What it throws is thrown, and nothing is written; a transaction that only reads is never run again. Times are those of
   * its beginning. After its end `tx` is `CLOSED`. `TIMEOUT` after `timeoutMs` (default `limits.transactionMs`), retries
   * included; `ABORTED`; `TOO_LARGE` beyond `limits.transactionSteps` writes, `transactionIds`, `transactionQueries` or `commitBytes`; `INVALID` within
   * another transaction of this store.
   */
  readonly transaction: RunTransaction<D>
  /**
   * Every change from commit `since` on (default 1), with the record before and after, then each as it becomes durable, until
   * `signal` aborts: `for await (const { seq, type, before, after } of state.changes({ types: ['spec'] }))`. To go on where it
   * ended, behind a change whose `last` is true: `since: seq + 1`. Nothing is passed over in silence: history that retention
   * let go of is `TRIMMED`, lost commits are told in `lostBefore`; who is slow reads on from the log, or with `maxBehind` is
   * told `SLOW_CONSUMER`. In memory is only what is being told. What an old update rests on may have to be looked for in the
   * log: O(log) then, once a group of commits.
   */
  readonly changes: Changes<D>
  /**
   * A named position in the feed of changes, kept in the log: `for await (const change of await state.cursor('mailer'))`, and
   * `ack(change)` when it is done. Whoever takes it last is its one consumer; one before is `FENCED` at the next `ack`. With
   * `cursor.transaction(change, work)` what is done in this store is done exactly once; see `Cursor`.
   */
  readonly cursor: TakeCursor<D>
  /** A stable view of the state as it is now; must be closed. */
  snapshot(): Promise<HeldSnapshot<D>>
  /**
   * The same reads without a promise: `state.view.plan.get(id)`, `state.view.spec.where({ … }).all()`. Each call answers
   * whole before it returns, as of the newest durable commit, and blocks the event loop meanwhile; at most
   * `limits.viewBodies` records are read from the log for it (`TOO_LARGE`). `UNSUPPORTED` where the storage has no
   * `fetchSync`; `CLOSED` afterwards. Everything that is wrong is thrown, not rejected.
   */
  readonly view: Views<D>
  /**
   * Writes the state as a base, which the next opening begins with, and lets go of history as the storage's retention says.
   * Everything else goes on meanwhile; `state.on` hears how far it is. Aborted: `ABORTED`, and the log is as it was.
   */
  compact(options?: AskOptions): Promise<Protocol['compact']['answer']>
  stats(): Promise<Stats>
  verify(): Promise<Protocol['verify']['answer']>
  /**
   * The part of `verify` that is about indexes: compares each with the records, which are read back from the log. One that
   * differs is not asked any more: answers stay right, are slower for a while and say `degraded`, and it is built again
   * beside everything else, of which `state.on` hears (`index`). O(n) time and memory, of which comparing one type is one
   * turn of the event loop. `CLOSED`; `CORRUPT` or `STORAGE_FAILED` where the log cannot be read.
   */
  checkIndexes(): Promise<IndexesReport>
  flush(): Promise<Protocol['flush']['answer']>
  /** Hears what the store tells unasked: no room, a stop, a compaction, damage. Returns the way to stop hearing. What a listener throws is dropped. */
  on(listener: Notify<StoreEvent>): () => void
  /**
   * The store does this by itself unless told otherwise (option `reopening`). After writing has stopped (`STORAGE_FAILED`, `FENCED`): recovers the log again, into a new file, and takes writes
   * again. Reads go on meanwhile, from the last durable state, and see the recovered one from one turn to the next. A commit that was
   * `UNKNOWN` is there afterwards or it is not; sent again with its txid it is there once. Feeds of `changes` go on
   * without a gap; snapshots go on. Rejects as an opening does (`LOCKED` when another process was faster); then
   * the store is as readable as before, and this may be tried again. A store that takes writes is left as it is.
   */
  reopen(): Promise<Reopened>
  /**
   * Begins again with what the store does by itself, where that has stopped after too many crashes; `stats().caretakers` says
   * what has. Nothing happens to one that is at work. `NOT_FOUND`: this store does not do that; `CLOSED`.
   */
  restart(caretaker: CaretakerName): Promise<void>
  /** Settles every waiting call, then closes the log. Calls afterwards are `CLOSED`. */
  close(): Promise<void>
  /**
   * As `close`, in phases with a time for each (`ShutdownOptions`), and says how that went; also when a phase is late, while
   * `close` waits however long the disk takes. Every call that was taken in is answered, `CLOSED` where there was no time to
   * begin with it, `UNKNOWN` where the disk did not answer. A second call is in a hurry: what is not decided yet is
   * refused, and no checkpoint is saved; nothing acknowledged is lost. Rejects with `INVALID` options only.
   */
  shutdown(options?: ShutdownOptions): Promise<StateShutdownReport>
}

/**
 * Opens a store over any storage: takes the log over, recovers and replays it. Rejects with the storage's code (`LOCKED`,
 * `CORRUPT`, `UNSUPPORTED`, `STORAGE_FAILED` …) and leaves the log as it was then. O(log) time.
 */
export async function createStateManager<const D extends Domain>(options: StateManagerOptions<D>): Promise<State<D>> {
  const checked = checkedOptions(options)
  const { storage, domain, durability, cacheBytes, maxBytes, historyVersions, mailbox, ...automatic } = checked
  const { compaction, checkpoints, scrub, indexCheck, reopening } = automatic
  const environment = {
    ...systemEnvironment(),
    ...(options.clock && { clock: options.clock }),
    ...(options.random && { random: options.random }),
    ...(options.timers && timed(options.timers)),
  }
  const events = new Events()
  if (options.onEvent !== undefined) events.on(options.onEvent)
  const snapshots = new Snapshots({ ...checked.snapshots, setTimer: environment.setTimer, tell: events.tell })
  const audience = new Audience()
  const hooks = new HookRunner(checked.hooks, events.tell)
  const { clock } = environment
  const observation = new Observation({ domain, clock, settings: checked.observe, tell: events.tell })
  events.on(observation.hear)
  if (checked.logger !== undefined) events.on(logEvents(checked.logger, observation.name))
  const owner = options.owner ?? `pid ${process.pid}`
  const { tell } = events
  const gate = new CheckpointGate()
  const shared = { storage, domain, mailbox, environment, snapshots, audience, hooks, tell, observation }
  const open = (): Promise<Term> =>
    openTerm({ ...shared, owner, cacheBytes, maxBytes, historyVersions, checkpoints, gate })
  const first = await open()
  const terms = new Terms({ first, open, snapshots, audience, tell })
  const keepsMemory = maxBytes !== undefined
  const automatically = { compaction, scrub, indexCheck, keepsMemory, reopening, gate, checkpoints }
  const manager = new Manager({ ...shared, durability, ...automatically, terms })
  events.on(manager.housekeeping.hear)
  await manager.housekeeping.start()
  return stateOf(manager, { domain, recovery: first.recovery, events, storage })
}

function stateOf<const D extends Domain>(
  manager: Manager,
  { domain, recovery, events, storage }: { domain: D; recovery: RecoveryReport; events: Events; storage: Storage },
): State<D> {
  const transactions = new Transactions({ domain, ...manager.ground })
  const members: StateMembers<D> & Endpoint & AsyncDisposable = {
    domain,
    recovery,
    transact: transact(manager, domain),
    transaction: (work, transacting) => transactions.run(work, transacting),
    changes: changes(manager, domain),
    cursor: cursorTaker(manager, transactions),
    ...pastMembers(manager, domain),
    ...backupMember(manager, storage),
    ...restoreMember({ domain, ...manager.ground }),
    snapshot: async () => heldSnapshot(manager, domain, await manager.ask('snapshot', {})),
    compact: (asking) => manager.ask('compact', {}, asking),
    view: views(manager.view, domain),
    stats: () => manager.ask('stats', {}),
    verify: () => manager.ask('verify', {}),
    checkIndexes: () => manager.checkIndexes(),
    flush: () => manager.ask('flush', {}),
    on: (listener) => events.on(listener),
    reopen: () => manager.reopen(),
    restart: (caretaker) => manager.restart(caretaker),
    close: () => manager.close(),
    shutdown: (times) => manager.shutdown(times),
    ask: (kind, body, askOptions) => manager.ask(kind, body, askOptions),
    follow: (from, signal) => manager.follow(from, signal),
    watch: (kind, body, signal) => manager.watch(kind, body, signal),
    [Symbol.asyncDispose]: () => manager.close(),
  }
  // A domain has no type that is called like a member, so neither hides the other.
  return Object.freeze({ ...collections(manager, domain, { inProcess: true }), ...members }) as State<D>
}
