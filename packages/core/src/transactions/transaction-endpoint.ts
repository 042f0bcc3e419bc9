import {
  type AskOptions,
  type Commit,
  type Domain,
  type Endpoint,
  limits,
  type MessageKind,
  type Protocol,
  StatewardError,
} from '@stateward/contract'
import { decide } from '../deciding/decide.ts'
import type { Step } from '../deciding/step.ts'
import { targetsOf } from '../deciding/targets.ts'
import type { Result } from '../deciding/txid-window.ts'
import { isOfRows, type Write, type WriteKind } from '../deciding/write.ts'
import { runAnalyze } from '../querying/analyze-query.ts'
import { explainAsked, runExplain } from '../querying/explain-query.ts'
import { runAggregate, runCount, runGroupBy, runQuery } from '../querying/run-query.ts'
import type { Handlers, Reads } from '../reading/reads.ts'
import { Draft } from '../records/draft.ts'
import { isSuspension, type Suspension } from '../records/suspension.ts'
import { readMany, readOne } from '../state/read-records.ts'
import { isCold } from '../state/read-view.ts'
import { asRefusal, checkedEntity, checkedId, checkedIds, invalid } from '../validation/check.ts'
import { answerOf } from '../writing/answer.ts'
import type { Door } from '../writing/door.ts'
import { Later } from './later.ts'
import { ReadSet } from './read-set.ts'
import { refuseRestore, tooMany, unanswered } from './transaction-refusals.ts'
import type { TransactionView } from './transaction-view.ts'
import { settled } from './unique-at-end.ts'

export interface TransactionEndpointOptions {
  readonly domain: Domain
  readonly door: Door
  readonly reads: Reads
  readonly view: TransactionView
  readonly timestamp: string
  /** Lets timers and signals have their turn. */
  readonly breathe: () => Promise<void>
}

type Ask<K extends MessageKind> = Protocol[K]['ask']
type Direct<K extends MessageKind> = (body: Ask<K>) => Protocol[K]['answer'] | Later<Protocol[K]['answer']>
type DirectHandlers = { readonly [K in MessageKind]: Direct<K> }

/** Calls that are answered one behind the other before the event loop has a turn: code that calls for ever must meet its end. */
const callsPerTurn = 256
const ofTheWhole = ['durability', 'actor', 'txid'] as const

/**
 * The endpoint of one try of a transaction: reads see its one state and its own writes, writes are decided at once and
 * kept until the end. Calls take effect in the order they are made, awaited or not.
 */
export class TransactionEndpoint implements Endpoint {
  readonly readSet: ReadSet
  readonly steps: Step[] = []
  readonly reasons: Set<string> = new Set()
  readonly #options: TransactionEndpointOptions
  readonly #handlers: Partial<Handlers<MessageKind>>
  readonly #direct: Partial<DirectHandlers>
  #turn: Promise<unknown> = Promise.resolve()
  /** Calls that have not taken effect: what comes behind them waits. */
  #waiting = 0
  /** Calls that have not settled, but for reads that were answered at once. */
  #underWay = 0
  #calls = 0
  /** Makes the refusal of whoever comes late; nobody does, mostly, and an error costs its stack. */
  #ended: (() => StatewardError) | undefined

  constructor(options: TransactionEndpointOptions) {
    this.#options = options
    this.readSet = new ReadSet(options.domain)
    this.#handlers = this.#handlersOf(options)
    this.#direct = this.#directOf(options)
  }

  get underWay(): number {
    return this.#underWay
  }

  /** Every call from now on, and every one under way, is refused with this. */
  end(reason: () => StatewardError): void {
    this.#ended ??= reason
  }

  ask<K extends MessageKind>(kind: K, body: Ask<K>, options: AskOptions = {}): Promise<Protocol[K]['answer']> {
    if (++this.#calls % callsPerTurn === 0)
      return this.#inTurn(() => this.#options.breathe().then(() => this.#answer(kind, body, options)))
    if (this.#ended !== undefined) return Promise.reject(this.#ended())
    const direct = Object.hasOwn(this.#direct, kind) ? this.#direct[kind] : undefined
    if (direct === undefined || this.#waiting > 0) return this.#inTurn(() => this.#answer(kind, body, options))
    // Most calls need to wait for nothing, and each promise less is worth more than the read that it would tell of.
    try {
      const answer = direct(body)
      if (answer instanceof Later) return this.#inTurn(() => this.#later(answer))
      return kind === 'get' ? Promise.resolve(answer) : this.#settled(Promise.resolve(answer))
    } catch (error) {
      return this.#settled(Promise.reject(asRefusal(error)))
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++
    this.#waiting++
    const answer = this.#turn.then(work).finally(() => {
      this.#underWay--
      this.#waiting--
    })
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  /** It settles behind a function that ends without waiting for it, so that the end finds it under way. */
  #settled<T>(answer: Promise<T>): Promise<T> {
    this.#underWay++
    return answer.then().then(
      (value) => {
        this.#underWay--
        return value
      },
      (error: unknown) => {
        this.#underWay--
        throw error
      },
    )
  }

  /** Steps that only the store itself takes within a transaction, in the same commit as the others. */
  async operations(operations: Ask<'transact'>['operations']): Promise<Protocol['transact']['answer']> {
    this.#assertGoesOn()
    const answer = this.#write('transact', { operations })
    return answer instanceof Later ? answer.go() : answer
  }

  async #answer<K extends MessageKind>(kind: K, body: Ask<K>, asking: AskOptions): Promise<Protocol[K]['answer']> {
    this.#assertGoesOn()
    try {
      const direct = Object.hasOwn(this.#direct, kind) ? this.#direct[kind] : undefined
      if (direct !== undefined) {
        const answer = direct(body)
        return answer instanceof Later ? await this.#later(answer) : answer
      }
      const handler = Object.hasOwn(this.#handlers, kind) ? this.#handlers[kind] : undefined
      if (handler === undefined) throw unanswered(kind)
      const answer = await handler(body, asking)
      this.#assertGoesOn()
      return answer
    } catch (error) {
      throw asRefusal(error)
    }
  }

  async #later<T>(later: Later<T>): Promise<T> {
    try {
      const answer = await later.go()
      this.#assertGoesOn()
      return answer
    } catch (error) {
      throw asRefusal(error)
    }
  }

  #assertGoesOn(): void {
    if (this.#ended !== undefined) throw this.#ended()
  }

  #directOf({ view, domain }: TransactionEndpointOptions): Partial<DirectHandlers> {
    const written =
      <K extends WriteKind>(kind: K): Direct<K> =>
      (body) =>
        this.#write(kind, body)
    return {
      get: ({ type, id }) => {
        checkedEntity(domain, type)
        this.readSet.addId(type, checkedId(id))
        const liveType = view.live.type(type)
        const found = view.find(liveType, id)
        return found !== undefined && isCold(found) ? new Later(() => readOne(view, liveType, id)) : found
      },
      create: written('create'),
      update: written('update'),
      delete: written('delete'),
      createMany: written('createMany'),
      updateMany: written('updateMany'),
      deleteMany: written('deleteMany'),
    }
  }

  #handlersOf({ view, reads, domain }: TransactionEndpointOptions): Partial<Handlers<MessageKind>> {
    const { readSet } = this
    return {
      getMany: ({ type, ids }) => {
        checkedEntity(domain, type)
        for (const id of checkedIds(ids)) readSet.addId(type, id)
        return readMany(view, view.live.type(type), ids)
      },
      query: async (query, asking) => {
        const ground = reads.groundOf(query, view)
        const answer = await runQuery(ground, query, asking)
        readSet.addQuery(query, answer.rows)
        for (const { type, id } of targetsOf(ground.entity, query.include ?? [], answer.rows)) readSet.addId(type, id)
        return answer
      },
      count: async (query, asking) => {
        const count = await runCount(reads.groundOf(query, view), query, asking)
        readSet.addQuery(query)
        return count
      },
      groupBy: async ({ query, field }, asking) => {
        const groups = await runGroupBy(reads.groundOf(query, view), query, field, asking)
        readSet.addQuery(query)
        return groups
      },
      aggregate: async (body, asking) => {
        const rows = await runAggregate(reads.groundOf(body.query, view), body, asking)
        readSet.addQuery(body.query)
        return rows
      },
      explain: (body, asking) => this.#explain(body, asking),
    }
  }

  async #explain(body: Ask<'explain'>, asking: AskOptions): Promise<Protocol['explain']['answer']> {
    const { reads, view } = this.#options
    const { query, by, isAnalyzed } = explainAsked(body)
    const ground = reads.groundOf(query, view)
    if (!isAnalyzed) return runExplain(ground, query, by)
    const explanation = await runAnalyze(ground, query, by, asking)
    // It tells how many rows there are, as a count does.
    this.readSet.addQuery(query)
    return explanation
  }

  #write<K extends WriteKind>(kind: K, body: Ask<K>): Protocol[K]['answer'] | Later<Protocol[K]['answer']> {
    for (const option of ofTheWhole) {
      if (body[option] !== undefined)
        throw invalid(
          `expected ${option} in the options of the transaction, found it in a ${kind} within; move it there`,
        )
    }
    const write = this.#options.door.check(kind, body)
    const { ready } = write
    if (ready !== undefined) return new Later(() => ready.then(() => this.#carriedOut(kind, write)))
    const results = this.#tried(write)
    return isSuspension(results) ? new Later(() => this.#carriedOut(kind, write)) : this.#taken(kind, write, results)
  }

  async #carriedOut<K extends WriteKind>(kind: K, write: Write): Promise<Protocol[K]['answer']> {
    for (;;) {
      this.#assertGoesOn()
      const results = this.#tried(write)
      if (!isSuspension(results)) return this.#taken(kind, write, results)
      await settled(results, this.#options)
    }
  }

  /** What the write leaves; or what has to be there before that is known. */
  #tried(write: Write): readonly Result[] | Suspension {
    if (this.steps.length + write.steps.length > limits.transactionSteps) throw tooMany()
    for (const { type, id } of write.steps) this.readSet.addId(type, id)
    try {
      return this.#decide(write)
    } catch (reason) {
      if (isSuspension(reason)) return reason
      throw reason
    }
  }

  #taken<K extends WriteKind>(kind: K, write: Write, results: readonly Result[]): Protocol[K]['answer'] {
    this.steps.push(...write.steps)
    if (write.reason !== undefined) this.reasons.add(write.reason)
    return answerOf(kind, { seq: 0, results })
  }

  #decide({ kind, steps, checks }: Write): readonly Result[] {
    const { domain, view, timestamp } = this.#options
    // All writes of the transaction will be one commit, so that a record gets one rev of it, however many calls touch it.
    const draft = new Draft(view, timestamp, (type, id) => view.revBefore(type, id))
    const deciding = { domain, draft, checks, last: refuseRestore }
    const results = steps.map((step) => decide(step, deciding))
    for (const { change, after, patches } of draft.finish())
      view.own.set(change.type, change.id, { record: after, rev: change.rev, seq: 0, patches })
    return isOfRows(kind) || kind === 'transact' ? results : results.slice(0, 1)
  }

  follow(): AsyncIterable<readonly Commit[]> {
    throw new StatewardError('UNSUPPORTED', 'a transaction sees one state; follow the state itself')
  }

  watch(): never {
    throw new StatewardError('UNSUPPORTED', 'a transaction sees one state; watch the state itself')
  }

  async close(): Promise<void> {}
}
