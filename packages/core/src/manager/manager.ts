import type { ViewSource } from '@stateward/client'
import {
  type AskOptions,
  type CaretakerName,
  type Commit,
  type Domain,
  type Endpoint,
  type IndexesReport,
  type MessageKind,
  type Protocol,
  type Seq,
  StatewardError,
  type Watching,
  type WatchKind,
} from '@stateward/contract'
import { Housekeeping } from '../caretakers/housekeeping.ts'
import { Compactor } from '../compaction/compactor.ts'
import { isWrite, nothing, type Write, type WriteKind, wouldWrite } from '../deciding/write.ts'
import { checkIndexes } from '../integrity/check-indexes.ts'
import { verify } from '../integrity/verify.ts'
import { currentReads } from '../lifecycle/current-reads.ts'
import { Ending } from '../lifecycle/ending.ts'
import { checkedShutdown, type ShutdownOptions, type StateShutdownReport } from '../lifecycle/shutdown-options.ts'
import type { Reopened, Terms } from '../lifecycle/terms.ts'
import { checkedStart } from '../log/follow.ts'
import { type Messages, unwatched } from '../observation/messages.ts'
import { askedAgain } from '../reading/asked-again.ts'
import { type Answerers, dispatch, type Message, noOptions } from '../reading/dispatch.ts'
import type { Handlers } from '../reading/reads.ts'
import { statsOf } from '../reading/stats.ts'
import { viewSource } from '../reading/view-source.ts'
import { Lane } from '../scheduling/lane.ts'
import { timeLeft } from '../scheduling/time-left.ts'
import { timestamps } from '../scheduling/timestamps.ts'
import type { Whole } from '../state/whole.ts'
import type { TransactionsOptions } from '../transactions/transaction.ts'
import { closed, fromActor, mailboxFull } from '../validation/refusals.ts'
import { refused } from '../validation/refused.ts'
import { Door } from '../writing/door.ts'
import { uuidv7Maker } from '../writing/ids.ts'
import { replied } from '../writing/replied.ts'
import type { ManagerOptions } from './manager-options.ts'
import { type Watches, watchesOf } from './watches.ts'

type Ask<K extends MessageKind> = Protocol[K]['ask']
type Answer<K extends MessageKind> = Protocol[K]['answer']

/** The state manager: an endpoint. Writes go through one actor; reads answer from the durable state at once. */
export class Manager implements Endpoint {
  readonly #options: ManagerOptions
  readonly #terms: Terms
  readonly #messages: Messages
  readonly #door: Door
  readonly #now: () => string
  readonly #answerers: Answerers
  readonly #closing = new AbortController()
  readonly #lane: Lane
  readonly #compactor: Compactor
  readonly #watches: Watches
  /** What is done beside answering. */
  readonly housekeeping: Housekeeping
  /** Calls so far; and as of the last look of the compaction, which gives way to them. */
  #asked = 0
  #seen = 0
  #isClosed = false
  #ending: Ending | undefined

  constructor(options: ManagerOptions) {
    const { storage, domain, durability, environment, terms } = options
    const { clock, random } = environment
    this.#options = options
    this.#terms = terms
    this.#messages = options.observation.messages
    this.#now = timestamps(clock)
    this.#lane = new Lane(options.mailbox.capacity)
    this.#door = new Door({
      domain,
      makeId: uuidv7Maker(clock, random),
      lowestDurability: durability,
      offered: storage.caps.survives,
      lastSeq: () => terms.current.live.lastSeq,
      peek: (type, id) => terms.current.peek(type, id),
    })
    this.#compactor = new Compactor({
      ...options,
      now: this.#now,
      share: options.compaction.share,
      isBusy: () => this.#isBusy(),
    })
    this.housekeeping = new Housekeeping({ ...options, compactor: this.#compactor })
    this.#watches = watchesOf(options)
    this.#answerers = {
      handlers: this.#handlers(),
      special: (message) => this.#write(message),
      setTimer: environment.setTimer,
    }
  }

  #handlers(): Handlers<Exclude<MessageKind, WriteKind>> {
    const terms = this.#terms
    return {
      ...currentReads(terms),
      compact: (_, { signal }) => this.#compactor.run('asked', signal),
      stats: () => this.#stats(),
      verify: () =>
        terms.steadily(({ pump, writer, live }) => pump.drained().then(() => verify(writer, live, this.#options.tell))),
      flush: (_, asking) => this.#flush(asking),
      undo: (body, asking) => this.#undo({ ...body }, asking),
    }
  }

  ask<K extends MessageKind>(kind: K, body: Ask<K>, options: AskOptions = noOptions): Promise<Answer<K>> {
    const times = this.#messages.wanted(kind)
    if (times === unwatched) return this.#answer(kind, body, options)
    return this.#watched(kind, body, options, times)
  }

  // A function that is made within `ask` would have every call of it put its arguments aside, made or not.
  #watched<K extends MessageKind>(kind: K, body: Ask<K>, options: AskOptions, times: number): Promise<Answer<K>> {
    return this.#messages.watch(kind, body, times, () => this.#answer(kind, body, options))
  }

  #answer<K extends MessageKind>(kind: K, body: Ask<K>, options: AskOptions): Promise<Answer<K>> {
    if (this.#isClosed) return Promise.reject(closed())
    this.#asked++
    const { whole } = this.#terms.current.live
    const message = { kind, body, options }
    if (whole.isReached || isWrite(kind)) return dispatch(message, this.#answerers)
    return this.#answerAgain(whole, message)
  }

  #answerAgain<K extends MessageKind>(whole: Whole, message: Message<K>): Promise<Answer<K>> {
    return askedAgain(whole, () => dispatch(message, this.#answerers))
  }

  #write({ kind, body, options }: Message<MessageKind>): Promise<unknown> | undefined {
    const { readOnly } = this.#terms.current
    if (wouldWrite(kind)) {
      if (readOnly !== undefined) throw readOnly
      this.#options.hooks.assertOutside()
    }
    if (!isWrite(kind)) return undefined
    if (this.#isFull) return refused(mailboxFull(this.#options.mailbox.capacity))
    return this.#carryOut(this.#door.check(kind, body as Ask<WriteKind>), kind, options)
  }

  /** Whether the actor would refuse a write that is sent to it now. */
  get #isFull(): boolean {
    const { capacity, overflow } = this.#options.mailbox
    return overflow === 'reject' && this.#terms.current.actor.depth >= capacity && !this.#lane.isBusy
  }

  async #undo(body: Ask<'undo'>, options: AskOptions): Promise<Answer<'undo'>> {
    const { past } = this.#terms.current.reads
    const write = await past.undo(body, (transact) => this.#door.check('transact', transact))
    return this.#carryOut(write, 'undo', options) as Promise<Answer<'undo'>>
  }

  #carryOut(write: Write, kind: MessageKind, options: AskOptions): Promise<unknown> {
    // As nearly all: what is made for one waits in the mailbox with it.
    if (write.ready === undefined && !this.#lane.isBusy) return this.#handOver(write, options)
    return this.#inOrder(write.ready, kind, options, (left) => this.#handOver(write, left))
  }

  #handOver(write: Write, left: AskOptions): Promise<unknown> {
    return this.#terms.current.actor.ask('write', write, left).then(replied[write.kind])
  }

  /** Runs `go` behind every call before it, with what is left of the caller's time. */
  #inOrder<T>(
    ready: Promise<void> | undefined,
    what: string,
    options: AskOptions,
    go: (left: AskOptions) => Promise<T>,
  ): Promise<T> {
    const { clock, setTimer } = this.#options.environment
    const left = timeLeft(options, clock)
    return this.#lane.pass(ready, () => go(left()), { options, setTimer, what })
  }

  /** Everything asked for before is handed over first; whether it succeeded is not the flush's to tell. */
  async #flush(options: AskOptions): Promise<Answer<'flush'>> {
    let term = this.#terms.current
    const before = await this.#inOrder(undefined, 'flush', options, (left) => {
      term = this.#terms.current
      return term.actor.ask('write', nothing, left)
    })
    if (!before.ok && !(before.error instanceof StatewardError)) throw fromActor(before.error)
    // Of the term that has taken what was asked for before: it is of no use to prove a later one.
    await term.pump.flush()
    return { lastSeq: term.live.lastSeq }
  }

  #stats(): Promise<Answer<'stats'>> {
    const { storage, durability, observation, audience } = this.#options
    const { live, writer: reader, health, actor, pump, history: histories } = this.#terms.current
    const waiting = { writes: actor.depth, bytesEach: observation.appends.bytesOfCommit }
    const beside = { histories, pump, waiting, feeds: audience.recent }
    const { scrubStats: scrub, indexCheckStats: indexCheck, stats: caretakers } = this.housekeeping
    const observed = {
      ...observation.stats(actor.depth),
      ...(caretakers.length > 0 && { caretakers }),
      ...(indexCheck && { indexCheck }),
    }
    return statsOf({ live, storage, reader, durability, health, depth: actor.depth, scrub, observed, beside })
  }

  #isBusy(): boolean {
    const isBusy = this.#asked !== this.#seen || this.#terms.current.actor.depth > 0
    this.#seen = this.#asked
    return isBusy
  }

  watch<K extends WatchKind>(
    kind: K,
    body: Watching[K]['ask'],
    signal: AbortSignal,
  ): AsyncIterable<Watching[K]['item']> {
    if (this.#isClosed) throw closed()
    return this.#watches.watch(kind, body, [signal, this.#closing.signal])
  }

  follow(from: Seq, signal: AbortSignal): AsyncIterable<readonly Commit[]> {
    if (this.#isClosed) throw closed()
    return this.#terms.follow(checkedStart(from, signal), [signal, this.#closing.signal])
  }

  /** What writes need that come by no message. */
  get ground(): Omit<TransactionsOptions<Domain>, 'domain'> {
    const { environment, durability, storage, hooks, observation } = this.#options
    return {
      hooks,
      messages: observation.messages,
      door: this.#door,
      environment,
      now: this.#now,
      term: () => this.#terms.current,
      lowestDurability: durability,
      offered: storage.caps.survives,
      isClosed: () => this.#isClosed,
    }
  }

  /** Reads of the newest state, within the call. */
  get view(): ViewSource {
    return viewSource({
      current: () => ({ source: this.#terms.current.reads.now, reader: this.#terms.current.writer }),
      isClosed: () => this.#isClosed,
    })
  }

  /** Recovers the log again after writing has stopped, while reads go on. `CLOSED`, and as an opening. */
  async reopen(): Promise<Reopened> {
    if (this.#isClosed) throw closed()
    const reopened = await this.#terms.reopen()
    this.housekeeping.reopened()
    return reopened
  }

  /** Begins again with what has stopped. */
  async restart(caretaker: CaretakerName): Promise<void> {
    if (this.#isClosed) throw closed()
    await this.housekeeping.restart(caretaker)
  }

  /** Compares every index with the records, as they are in the log. */
  async checkIndexes(): Promise<IndexesReport> {
    if (this.#isClosed) throw closed()
    return this.#terms.steadily(({ live }) => checkIndexes(live, this.#options.tell))
  }

  /** Refuses new calls, settles those that wait, closes the log. Further calls answer with the same promise. */
  close(): Promise<void> {
    this.#ending ??= this.#end({})
    return this.#ending.ended
  }

  /** The same, and how it went. A second call hurries. */
  async shutdown(options: ShutdownOptions = {}): Promise<StateShutdownReport> {
    this.#ending ??= this.#end(options)
    return this.#ending.report()
  }

  #end(options: ShutdownOptions): Ending {
    const { storage, durability } = this.#options
    const times = checkedShutdown(options)
    this.#isClosed = true
    return new Ending({
      ...{ ...this.#options, lane: this.#lane, times },
      flushes: storage.caps.survives[durability] !== storage.caps.survives.commit,
      rest: () => {
        this.#options.observation.close()
        this.#closing.abort(closed())
        for (const one of [this.housekeeping, this.#compactor]) one.stop()
      },
      rested: () => Promise.all([this.#compactor.settled(), this.housekeeping.settled()]),
    })
  }
}
