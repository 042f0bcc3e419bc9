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
  type Seq,
  StatewardError,
  type Storage,
  type StoredRecord,
} from '@stateward/contract'
import { answerOf } from './answer.ts'
import { Compactor } from './compactor.ts'
import { type Answerers, dispatch, type Message, noOptions } from './dispatch.ts'
import { Door } from './door.ts'
import type { Environment } from './environment.ts'
import type { Events } from './events.ts'
import { follow } from './follow.ts'
import { HeadLayer } from './heads.ts'
import { uuidv7Maker } from './ids.ts'
import { Lane } from './lane.ts'
import type { Live } from './live.ts'
import { LogPump } from './log-pump.ts'
import { Past } from './past.ts'
import { type Handlers, Reads } from './reads.ts'
import { closed, fromActor } from './refusals.ts'
import { SchemaChecks } from './schema-check.ts'
import { statsOf } from './stats.ts'
import { timestamps } from './timestamps.ts'
import { madeBy, type TxidWindow } from './txid-window.ts'
import { verify } from './verify.ts'
import { isWrite, type Write, type WriteKind } from './write.ts'
import { type WriteProtocol, writeActor } from './write-actor.ts'

export interface ManagerOptions {
  readonly storage: Storage
  readonly writer: LogWriter
  readonly domain: Domain
  readonly live: Live
  readonly txids: TxidWindow
  readonly durability: Durability
  readonly mailbox: { readonly capacity: number; readonly overflow: 'reject' | 'wait' }
  readonly environment: Environment
  readonly events: Events
  /** Why nothing can be written; `undefined` where it can be. */
  readonly readOnly: StatewardError | undefined
}

type Ask<K extends MessageKind> = Protocol[K]['ask']
type Answer<K extends MessageKind> = Protocol[K]['answer']

/** The state manager: an endpoint. Writes go through one actor; reads answer from the durable state at once. */
export class Manager implements Endpoint {
  readonly #options: ManagerOptions
  readonly #door: Door
  readonly #pump: LogPump
  readonly #actor: Actor<WriteProtocol, StatewardError>
  readonly #reads: Reads
  readonly #now: () => string
  readonly #answerers: Answerers
  readonly #closing = new AbortController()
  readonly #lane: Lane
  readonly #compactor: Compactor
  /** Calls so far; and as of the last look of the compaction, which gives way to them. */
  #asked = 0
  #seen = 0
  #closed: Promise<void> | undefined

  constructor(options: ManagerOptions) {
    const { storage, writer, domain, live, durability, environment } = options
    const { clock, random } = environment
    this.#options = options
    this.#now = timestamps(clock)
    this.#lane = new Lane(options.mailbox.capacity)
    this.#reads = new Reads({ domain, live, reader: writer, environment })
    const pending = new HeadLayer(live)
    const pump = pumpOf(options, pending)
    const past = new Past({ live, pending, pump, reader: writer })
    this.#pump = pump
    this.#actor = writeActor({ ...options, pending, pump, caps: storage.caps, past })
    this.#door = new Door({
      domain,
      makeId: uuidv7Maker(clock, random),
      lowestDurability: durability,
      offered: storage.caps.survives,
      peek: (type, id) => this.#peek(type, id),
    })
    this.#compactor = new Compactor({
      live,
      writer,
      environment,
      snapshots: this.#reads.snapshots,
      now: this.#now,
      tell: options.events.tell,
      share: 0.25,
      isBusy: () => this.#isBusy(),
    })
    const handlers: Handlers<Exclude<MessageKind, WriteKind>> = {
      ...this.#reads.handlers,
      compact: (_, { signal }) => this.#compactor.run('asked', signal),
      stats: () => this.#stats(),
      verify: () => this.#pump.drained().then(() => verify(writer, live)),
      flush: (_, asking) => this.#flush(asking),
    }
    this.#answerers = { handlers, special: (message) => this.#write(message), setTimer: environment.setTimer }
  }

  ask<K extends MessageKind>(kind: K, body: Ask<K>, options: AskOptions = noOptions): Promise<Answer<K>> {
    if (this.#closed !== undefined) return Promise.reject(closed())
    this.#asked++
    return dispatch({ kind, body, options }, this.#answerers)
  }

  #write({ kind, body, options }: Message<MessageKind>): Promise<unknown> | undefined {
    const { readOnly } = this.#options
    if (readOnly !== undefined && (isWrite(kind) || kind === 'compact' || kind === 'flush')) throw readOnly
    if (!isWrite(kind)) return undefined
    const write = this.#door.check(kind, body as Ask<WriteKind>)
    return this.#inOrder(write.ready, kind, options, async (left) => {
      const reply = await this.#actor.ask('write', write, left)
      if (reply.ok) return answerOf(write.kind, reply.value)
      throw fromActor(reply.error)
    })
  }

  /** Runs `go` behind every call before it, with what is left of the caller's time. */
  #inOrder<T>(
    ready: Promise<void> | undefined,
    what: string,
    options: AskOptions,
    go: (left: AskOptions) => Promise<T>,
  ): Promise<T> {
    const { clock, setTimer } = this.#options.environment
    const { timeoutMs } = options
    const start = timeoutMs === undefined ? 0 : clock.monotonicMs()
    const left = (): AskOptions =>
      timeoutMs === undefined
        ? options
        : { ...options, timeoutMs: Math.max(0, timeoutMs - (clock.monotonicMs() - start)) }
    return this.#lane.pass(ready, () => go(left()), { options, setTimer, what })
  }

  /** Everything asked for before is handed over first; whether it succeeded is not the flush's to tell. */
  async #flush(options: AskOptions): Promise<Answer<'flush'>> {
    const before = await this.#inOrder(undefined, 'flush', options, (left) => this.#actor.ask('write', nothing, left))
    if (!before.ok && !(before.error instanceof StatewardError)) throw fromActor(before.error)
    await this.#pump.flush()
    return { lastSeq: this.#options.live.lastSeq }
  }

  #peek(type: string, id: string): StoredRecord | undefined {
    const { live } = this.#options
    const liveType = live.type(type)
    const slot = liveType.rows.slotOf(id)
    return slot === undefined ? undefined : live.hot(liveType, slot)
  }

  #stats(): Promise<Answer<'stats'>> {
    const { live, storage, writer, durability } = this.#options
    const failed = this.#pump.failure === undefined ? 'ok' : 'failed'
    const health = this.#options.readOnly === undefined ? failed : 'readonly'
    return statsOf({ live, storage, reader: writer, durability, health, depth: this.#actor.depth })
  }

  #isBusy(): boolean {
    const isBusy = this.#asked !== this.#seen || this.#actor.depth > 0
    this.#seen = this.#asked
    return isBusy
  }

  follow(from: Seq, signal: AbortSignal): AsyncIterable<readonly Commit[]> {
    if (this.#closed !== undefined) throw closed()
    return follow(this.#options.writer, from, [signal, this.#closing.signal])
  }

  /** Refuses new calls, settles those that wait, closes the log. Further calls answer with the same promise. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#closing.abort()
    this.#compactor.stop()
    const { environment } = this.#options
    const cancel = environment.setTimer(() => this.#lane.close(), limits.closeTimeoutMs)
    await this.#lane.empty()
    cancel()
    await this.#actor.stop({ drain: true, timeoutMs: limits.closeTimeoutMs })
    await this.#pump.drained()
    this.#reads.snapshots.releaseAll()
    await this.#compactor.settled()
    await this.#options.writer.close()
  }
}

function pumpOf({ storage, writer, live, txids, environment }: ManagerOptions, pending: HeadLayer): LogPump {
  return new LogPump({
    writer,
    caps: storage.caps,
    lastSeq: live.lastSeq,
    nonce: Buffer.from(environment.random.bytes(9)).toString('base64url'),
    wait: environment.wait,
    forget: () => pending.clear(),
    apply: (commits, { ptrs }) => {
      for (const [at, { seq, changes, txid, results }] of commits.entries()) {
        live.apply(seq, ptrs[at] ?? 0, changes)
        for (const { change } of changes) pending.settle(change.type, change.id, seq)
        if (txid !== undefined)
          txids.add(txid, { seq, results, made: madeBy({ changes: changes.map(({ change }) => change) }) })
      }
    },
  })
}

/** A write of nothing, which settles when everything before it has. */
const nothing: Write = {
  kind: 'transact',
  steps: [],
  checks: new SchemaChecks(),
  ready: undefined,
  actor: undefined,
  txid: undefined,
  reason: undefined,
  durability: 'none',
}
