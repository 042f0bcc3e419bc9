import type { Actor } from '@stateward/actor'
import {
  type AskOptions,
  type Commit,
  type Domain,
  type Durability,
  type Endpoint,
  type LogWriter,
  limits,
  type MessageKind,
  type Protocol,
  type RecoveryReport,
  type Seq,
  StatewardError,
  type Storage,
} from '@stateward/contract'
import { answerOf } from './answer.ts'
import { checkedAsk, checkedEntity, checkedId, checkedIds, invalid } from './check.ts'
import { compact } from './compact.ts'
import { Door } from './door.ts'
import type { Environment } from './environment.ts'
import { follow } from './follow.ts'
import { describe } from './frozen-json.ts'
import { HeadLayer } from './heads.ts'
import { historyPage } from './history.ts'
import { uuidv7Maker } from './ids.ts'
import type { Live } from './live.ts'
import { LogPump } from './log-pump.ts'
import { readMany, readOne } from './read-records.ts'
import { LiveView, type ReadView } from './read-view.ts'
import { Resurrection } from './resurrection.ts'
import { type QueryGround, runCount, runExplain, runGroupBy, runQuery } from './run-query.ts'
import { Snapshots } from './snapshots.ts'
import { statsOf } from './stats.ts'
import { timestamps } from './timestamps.ts'
import type { TxidWindow } from './txid-window.ts'
import { verify } from './verify.ts'
import { isWrite, type Write, type WriteKind } from './write.ts'
import { type WriteProtocol, writeActor } from './write-actor.ts'

export interface ManagerOptions {
  readonly storage: Storage
  readonly writer: LogWriter
  readonly recovery: RecoveryReport
  readonly domain: Domain
  readonly live: Live
  readonly txids: TxidWindow
  readonly durability: Durability
  readonly mailbox: { readonly capacity: number; readonly overflow: 'reject' | 'wait' }
  readonly environment: Environment
}

type Ask<K extends MessageKind> = Protocol[K]['ask']
type Answer<K extends MessageKind> = Protocol[K]['answer']
/** A message without a reader here does not compile. */
type Readers = {
  [K in Exclude<MessageKind, WriteKind>]: (body: Ask<K>, options: AskOptions) => Answer<K> | Promise<Answer<K>>
}

/** The state manager: an endpoint. Writes go through one actor; reads answer from the durable state at once. */
export class Manager implements Endpoint {
  readonly #options: ManagerOptions
  readonly #door: Door
  readonly #pump: LogPump
  readonly #actor: Actor<WriteProtocol, StatewardError>
  readonly #view: LiveView
  readonly #snapshots: Snapshots
  readonly #now: () => string
  readonly #readers: Readers
  readonly #closing = new AbortController()
  /** The calls before that wait for a slow schema: those behind them wait too, so that none overtakes another. */
  #lane: Promise<void> | undefined
  #compaction: Promise<Answer<'compact'>> | undefined
  #truncation: Promise<void> = Promise.resolve()
  #closed: Promise<void> | undefined

  constructor(options: ManagerOptions) {
    const { storage, writer, domain, live, txids, durability, mailbox, environment } = options
    this.#options = options
    this.#now = timestamps(environment.clock)
    this.#view = new LiveView(live)
    this.#snapshots = new Snapshots(live)
    const pending = new HeadLayer(live)
    const nonce = Buffer.from(environment.random.bytes(9)).toString('base64url')
    this.#pump = new LogPump({
      writer,
      caps: storage.caps,
      lastSeq: live.lastSeq,
      nonce,
      wait: environment.wait,
      forget: () => pending.clear(),
      apply: (commits, { ptrs }) => {
        for (const [at, { seq, changes, txid, results }] of commits.entries()) {
          live.apply(seq, ptrs[at] ?? 0, changes)
          for (const { change } of changes) pending.settle(change.type, change.id, seq)
          if (txid !== undefined) txids.add(txid, { seq, results })
        }
      },
    })
    const resurrection = new Resurrection({ live, pending, pump: this.#pump, reader: writer })
    this.#actor = writeActor({
      domain,
      live,
      pending,
      pump: this.#pump,
      txids,
      caps: storage.caps,
      clock: environment.clock,
      resurrection,
      mailbox,
    })
    this.#door = new Door({
      domain,
      makeId: uuidv7Maker(environment.clock, environment.random),
      lowestDurability: durability,
      offered: storage.caps.survives,
      peek: (type, id) => this.#peek(type, id),
    })
    this.#readers = this.#makeReaders()
  }

  ask<K extends MessageKind>(kind: K, body: Ask<K>, options: AskOptions = {}): Promise<Answer<K>> {
    try {
      if (this.#closed !== undefined) throw closed()
      // The commonest message, answered without a further look when the record is in memory.
      if (kind === 'get' && options.signal === undefined && options.timeoutMs === undefined)
        return this.#readers.get(body as Ask<'get'>, options) as Promise<Answer<K>>
      checkedAsk(options)
      if (options.signal?.aborted === true)
        throw new StatewardError('ABORTED', `expected to ${kind}, found the signal aborted before the call`, {
          cause: options.signal.reason,
        })
      if (isWrite(kind)) return this.#write(kind, body as Ask<WriteKind>, options) as Promise<Answer<K>>
      const reader = Object.hasOwn(this.#readers, kind) ? this.#readers[kind as Exclude<K, WriteKind>] : undefined
      if (reader === undefined)
        throw new StatewardError('UNSUPPORTED', `expected a message of the protocol, found ${describe(kind)}`)
      return Promise.resolve((reader as (body: unknown, options: AskOptions) => Promise<Answer<K>>)(body, options))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #write(kind: WriteKind, body: Ask<WriteKind>, options: AskOptions): Promise<Answer<WriteKind>> {
    const write = this.#door.check(kind, body)
    if (this.#lane === undefined && write.ready === undefined) return this.#send(write, options)
    const before = this.#lane ?? Promise.resolve()
    const ready = before.then(() => write.ready)
    const lane = ready.then(ignore, ignore).then(() => {
      if (this.#lane === lane) this.#lane = undefined
    })
    this.#lane = lane
    return ready.then(() => this.#send(write, options))
  }

  async #send(write: Write, options: AskOptions): Promise<Answer<WriteKind>> {
    const reply = await this.#actor.ask('write', write, options)
    if (reply.ok) return answerOf(write.kind, reply.value)
    const { error } = reply
    throw error instanceof StatewardError ? error : fromActor(error)
  }

  #peek(type: string, id: string): ReturnType<Live['hot']> {
    const liveType = this.#options.live.type(type)
    const slot = liveType.rows.slotOf(id)
    return slot === undefined ? undefined : this.#options.live.hot(liveType, slot)
  }

  #makeReaders(): Readers {
    const { live, writer } = this.#options
    return {
      get: ({ type, id, snapshot }) => readOne(live, this.#viewOf(snapshot), this.#typeOf(type), checkedId(id)),
      getMany: ({ type, ids, snapshot }) => readMany(live, this.#viewOf(snapshot), this.#typeOf(type), checkedIds(ids)),
      query: (query, options) => runQuery(this.#ground(query), query, options),
      count: (query, options) => runCount(this.#ground(query), query, options),
      groupBy: ({ query, field }, options) => runGroupBy(this.#ground(query), query, field, options),
      explain: (query) => runExplain(this.#ground(query), query),
      history: ({ type, id, from = 1 }) =>
        historyPage(writer, { type: this.#typeOf(type).name, id: checkedId(id), from: checkedFrom(from) }),
      snapshot: () => this.#snapshots.open(),
      release: ({ snapshot }) => {
        this.#snapshots.release(snapshot)
        return null
      },
      compact: () => this.#compact(),
      stats: () => statsOf({ ...this.#options, pump: this.#pump, depth: this.#actor.depth }),
      verify: async () => {
        await this.#pump.drained()
        return verify(writer, live)
      },
      flush: async () => {
        await this.#pump.flush()
        return { lastSeq: live.lastSeq }
      },
    }
  }

  #typeOf(type: string): ReturnType<Live['type']> {
    checkedEntity(this.#options.domain, type)
    return this.#options.live.type(type)
  }

  #viewOf(snapshot: string | undefined): ReadView {
    return snapshot === undefined ? this.#view : this.#snapshots.get(snapshot)
  }

  #ground(query: Ask<'query'>): QueryGround {
    if (typeof query !== 'object' || query === null) throw invalid(`expected a query, found ${describe(query)}`)
    const { live, domain, environment } = this.#options
    const entity = checkedEntity(domain, query.type)
    return {
      view: this.#viewOf(query.snapshot),
      type: live.type(query.type),
      entity,
      live,
      breathe: environment.breathe,
      monotonicMs: () => environment.clock.monotonicMs(),
    }
  }

  /** One compaction at a time; who asks meanwhile hears of the one that runs. */
  #compact(): Promise<Answer<'compact'>> {
    this.#compaction ??= this.#runCompaction().finally(() => {
      this.#compaction = undefined
    })
    return this.#compaction
  }

  async #runCompaction(): Promise<Answer<'compact'>> {
    const { live, writer } = this.#options
    await this.#truncation
    const { upTo, report } = await compact({ live, writer, timestamp: this.#now() })
    // Snapshots read at the old places; what they hold on to is let go of when the last of them closes.
    this.#truncation = this.#snapshots
      .noneOpen()
      .then(() => live.bodies.released())
      .then(() => writer.truncate(upTo))
    if (this.#snapshots.count > 0) this.#truncation.catch(ignore)
    else await this.#truncation
    return report()
  }

  follow(from: Seq, signal: AbortSignal): AsyncIterable<readonly Commit[]> {
    if (this.#closed !== undefined) throw closed()
    if (!Number.isSafeInteger(from) || from < 0)
      throw invalid(`expected to follow from a seq, a whole number from 0, found ${describe(from)}`)
    return follow(this.#options.writer, Math.max(1, from), AbortSignal.any([signal, this.#closing.signal]))
  }

  /** Refuses new calls, settles those that wait, closes the log. Further calls answer with the same promise. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#closing.abort()
    if (this.#lane !== undefined) await this.#lane
    await this.#actor.stop({ drain: true, timeoutMs: limits.closeTimeoutMs })
    await this.#pump.drained()
    this.#snapshots.releaseAll()
    await this.#compaction?.catch(ignore)
    await this.#truncation.catch(ignore)
    await this.#options.writer.close()
  }
}

function ignore(): void {}

function closed(): StatewardError {
  return new StatewardError('CLOSED', 'expected an open store, found it closed; open it again')
}

function checkedFrom(from: unknown): Seq {
  if (typeof from === 'number' && Number.isSafeInteger(from) && from >= 0) return from
  throw invalid(`expected from to be a seq, a whole number from 0, found ${describe(from)}`)
}

/** The kernel's own refusals, in the words of the protocol. */
function fromActor(error: { readonly code: string; readonly message: string }): StatewardError {
  switch (error.code) {
    case 'BUSY':
    case 'TIMEOUT':
    case 'ABORTED':
    case 'CLOSED':
      return new StatewardError(error.code, error.message, { cause: error })
    default:
      return new StatewardError('STORAGE_FAILED', `the state manager failed: ${error.message}`, { cause: error })
  }
}
