import type { Actor } from '@stateward/actor'
import {
  type Domain,
  type LogWriter,
  limits,
  type Notify,
  type RecoveryReport,
  StatewardError,
  type Storage,
  type StorageEvent,
  type StorageHealth,
  type StoredRecord,
  type StoreEvent,
} from '@stateward/contract'
import type { HookRunner } from '../deciding/commit-hooks.ts'
import { madeBy, type TxidWindow } from '../deciding/txid-window.ts'
import { nothing } from '../deciding/write.ts'
import { HistoryIndex } from '../history/history-index.ts'
import { guardedWriter } from '../log/guarded-storage.ts'
import type { Observation } from '../observation/observation.ts'
import { tracedOpening } from '../observation/traced-opening.ts'
import { Reads } from '../reading/reads.ts'
import { Bodies } from '../records/bodies.ts'
import { HeadLayer } from '../records/heads.ts'
import { within } from '../records/within.ts'
import type { CheckpointGate } from '../recovery/checkpoint-gate.ts'
import { type CheckpointSettings, Checkpoints } from '../recovery/checkpoints.ts'
import { restore } from '../recovery/restore.ts'
import type { Environment } from '../scheduling/environment.ts'
import { inSlices } from '../scheduling/pace.ts'
import { turnTaker } from '../scheduling/turn-taker.ts'
import type { Snapshots } from '../snapshots/snapshots.ts'
import { Live } from '../state/live.ts'
import { liveHeads } from '../state/live-heads.ts'
import { MemoryBudget } from '../state/memory-budget.ts'
import { Projections } from '../state/projections.ts'
import type { Audience } from '../subscriptions/audience.ts'
import { storageError } from '../validation/storage-error.ts'
import { LogPump } from '../writing/log-pump.ts'
import { Past } from '../writing/past.ts'
import { type WriteProtocol, writeActor } from '../writing/write-actor.ts'
import { whyReadOnly } from './read-only.ts'

export interface TermOptions {
  readonly storage: Storage
  readonly domain: Domain
  /** Names the writer to whoever is locked out. */
  readonly owner: string
  readonly cacheBytes: number
  readonly maxBytes: number | undefined
  readonly historyVersions: number
  readonly mailbox: { readonly capacity: number; readonly overflow: 'reject' | 'wait' }
  readonly environment: Environment
  readonly snapshots: Snapshots
  readonly checkpoints: CheckpointSettings | undefined
  readonly gate: CheckpointGate
  readonly audience: Audience
  readonly hooks: HookRunner
  readonly tell: Notify<StoreEvent>
  readonly observation: Observation
}

interface Opened {
  readonly writer: LogWriter
  readonly recovery: RecoveryReport
  readonly live: Live
  readonly txids: TxidWindow
  readonly checkpoint: number | undefined
  readonly stop: StopOnce
}

/** Everything that rests on one writer: what holds from one opening of the log to the next. */
export class Term {
  readonly writer: LogWriter
  readonly live: Live
  /** What this opening found and did. */
  readonly recovery: RecoveryReport
  readonly pump: LogPump
  readonly actor: Actor<WriteProtocol, StatewardError>
  readonly reads: Reads
  readonly checkpoints: Checkpoints
  readonly history: HistoryIndex
  readonly budget: MemoryBudget
  /** Why nothing can be written in this term; `undefined` where it can be. */
  readonly readOnly: StatewardError | undefined
  readonly #ended = new AbortController()
  readonly #environment: Environment
  readonly #savesAt: number
  #saving: Promise<unknown> = Promise.resolve()

  constructor(options: TermOptions, { writer, recovery, live, txids, checkpoint, stop }: Opened) {
    const { domain, environment, snapshots, storage } = options
    this.writer = writer
    this.live = live
    this.recovery = recovery
    this.readOnly = whyReadOnly(recovery)
    this.budget = new MemoryBudget(options, options.tell)
    if (options.maxBytes !== undefined) live.alarm.grown = () => this.budget.changed(live)
    this.budget.keep(live)
    live.alarm.ring = (type, index, failure) =>
      options.tell({
        ...{ kind: 'index', type, index },
        ...(failure === undefined ? { phase: 'damaged' } : { phase: 'failed', message: failure }),
      })
    for (const told of live.alarm.unheard?.splice(0) ?? []) live.alarm.ring(...told)
    const pending = new HeadLayer(liveHeads(live))
    const settings = this.readOnly === undefined ? options.checkpoints : undefined
    const { name: store, queries } = options.observation
    const state = { domain, live, txids, writer, environment }
    const checkpoints = new Checkpoints({ ...state, store, settings, gate: options.gate, loaded: checkpoint })
    this.checkpoints = checkpoints
    this.#environment = environment
    this.#savesAt = settings?.atClose ?? Number.POSITIVE_INFINITY
    const { lastSeq } = live
    const history = new HistoryIndex({
      reader: writer,
      lastSeq,
      versions: options.historyVersions,
      breathe: environment.breathe,
    })
    this.history = history
    const pump = pumpOf(options, { writer, live, txids, pending, stop, checkpoints, history })
    const past = new Past({ live, pending, pump, reader: writer })
    this.pump = pump
    const projections = new Projections({ live, clock: environment.clock, breathe: environment.breathe })
    this.actor = writeActor({ ...options, live, txids, pending, pump, caps: storage.caps, past, projections })
    const reading = { reader: writer, snapshots, index: history, projections, queries }
    this.reads = new Reads({ domain, live, environment, ...reading })
    stop.pump = pump
    if (stop.failure !== undefined) pump.stop(stop.failure)
  }

  /** What is known of it here; `undefined` where the storage knows. */
  get health(): StorageHealth | undefined {
    if (this.readOnly !== undefined) return 'readonly'
    return this.pump.failure === undefined ? undefined : 'failed'
  }

  /** Aborts when the next term has begun. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** The log was compacted: what is saved beside it belongs to the log as it was. */
  compacted(): void {
    this.checkpoints.outdated()
    this.history.outdated()
    void this.saveHistory(limits.closeTimeoutMs)
  }

  /** Saves the index of histories, if that is worth it, within the time. Never rejects. */
  saveHistory(timeoutMs: number): Promise<unknown> {
    const { writer, history } = this
    const controller = new AbortController()
    this.#saving = this.#saving
      .then(async () => {
        const cancel = this.#environment.setTimer(() => controller.abort(), timeoutMs)
        await history.save(writer.caches, this.#savesAt, controller.signal).finally(cancel)
      })
      .catch(() => undefined)
    return this.#saving
  }

  /** The next term has begun. Writes that still wait here are refused, each of them. */
  end(): void {
    this.#ended.abort()
    const stop = (): unknown => this.actor.stop({ drain: true })
    // A stop sends those away who wait for room in the mailbox: their turn comes before.
    this.actor.ask('write', nothing).then(stop, stop)
  }

  /** The log is closed: gives back the memory that the state has taken. */
  release(): Promise<void> {
    return this.live.release(inSlices(this.#environment))
  }

  /** The record as it is known now, if it is in memory. */
  peek(type: string, id: string): StoredRecord | undefined {
    if (!this.live.whole.isReached) return undefined
    const liveType = this.live.type(type)
    const slot = liveType.rows.slotOf(id)
    return slot === undefined ? undefined : this.live.hot(liveType, slot)
  }

  /** Whether commits that this term has acknowledged are missing from the log as `later` found it, and which. */
  lostBy(later: Term): { readonly from: number; readonly to: number } | undefined {
    const { lastSeq } = later.recovery
    return lastSeq < this.live.lastSeq ? { from: lastSeq + 1, to: this.live.lastSeq } : undefined
  }
}

/** Opens the log for writing and builds the state from it. Rejects with the storage's code; the log is let go of then. */
export function openTerm(options: TermOptions): Promise<Term> {
  return tracedOpening(options.observation.name, () => opened(options))
}

async function opened(options: TermOptions): Promise<Term> {
  const { storage, domain, owner, cacheBytes, environment, tell } = options
  const stop = new StopOnce(tell)
  const { writer, recovery } = await openedWriter(storage, owner, stop)
  try {
    const restored = await restore({
      reader: writer,
      domain,
      fresh: (instead) => new Live(domain, instead?.bodies ?? new Bodies(writer, cacheBytes), undefined, instead),
      random: environment.random,
      remembersTxids: true,
      breathe: inSlices(environment),
      tell,
    })
    return new Term(options, { writer, recovery, stop, ...restored })
  } catch (error) {
    await writer.close().catch(() => undefined)
    throw error
  }
}

async function openedWriter(
  storage: Storage,
  owner: string,
  { hear }: StopOnce,
): Promise<{ writer: LogWriter; recovery: RecoveryReport }> {
  try {
    const { writer, recovery } = await storage.openWriter(owner, { notify: hear })
    return { writer: guardedWriter(writer), recovery }
  } catch (error) {
    throw storageError(error)
  }
}

/** Tells of a term's stop once, whoever finds it out first: the storage unasked, or an append. */
class StopOnce {
  readonly #tell: Notify<StoreEvent>
  pump: LogPump | undefined
  failure: StatewardError | undefined

  constructor(tell: Notify<StoreEvent>) {
    this.#tell = tell
  }

  readonly hear = (event: StorageEvent): void => {
    if (event.kind !== 'stopped') this.#tell(event)
    else this.stopped(new StatewardError(event.code, event.message))
  }

  stopped(failure: StatewardError): void {
    if (this.failure !== undefined) return
    this.failure = failure
    this.pump?.stop(failure)
    this.#tell({ kind: 'stopped', code: failure.code, message: failure.message })
  }
}

function pumpOf(
  { storage, environment, audience, hooks, observation }: TermOptions,
  {
    writer,
    live,
    txids,
    pending,
    stop,
    checkpoints,
    history,
  }: Omit<Opened, 'recovery' | 'checkpoint'> & {
    readonly pending: HeadLayer
    readonly checkpoints: Checkpoints
    readonly history: HistoryIndex
  },
): LogPump {
  return new LogPump({
    writer: observation.appends.of(writer),
    caps: storage.caps,
    lastSeq: live.lastSeq,
    nonce: Buffer.from(environment.random.bytes(9)).toString('base64url'),
    wait: environment.wait,
    turn: turnTaker(environment),
    stopped: (failure) => stop.stopped(failure),
    forget: () => pending.clear(),
    apply: (commits, { ptrs }) => {
      for (const [at, { seq, timestamp, changes, txid, results }] of commits.entries()) {
        live.apply(seq, within(ptrs, at), changes)
        history.noted(seq, timestamp, changes)
        for (const { change } of changes) pending.settle(change.type, change.id, seq)
        if (txid !== undefined)
          txids.add(txid, { seq, results, made: madeBy({ changes: changes.map(({ change }) => change) }) })
      }
      checkpoints.applied(live.lastSeq)
      audience.applied(commits)
      hooks.committed(commits)
    },
  })
}
