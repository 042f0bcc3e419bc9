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
import { runAnalyze } from './analyze-query.ts'
import { answerOf } from './answer.ts'
import { asRefusal, checkedEntity, checkedId, checkedIds, invalid } from './check.ts'
import { decide } from './decide.ts'
import type { Door } from './door.ts'
import { Draft } from './draft.ts'
import { explainAsked, runExplain } from './explain-query.ts'
import { readMany, readOne } from './read-records.ts'
import { ReadSet } from './read-set.ts'
import type { Handlers, Reads } from './reads.ts'
import { namedBy } from './related-records.ts'
import { runAggregate, runCount, runGroupBy, runQuery } from './run-query.ts'
import type { Step } from './step.ts'
import { ColdBodies, PendingCheck } from './suspension.ts'
import type { TransactionView } from './transaction-view.ts'
import type { Result } from './txid-window.ts'
import { isOfRows, type Write, type WriteKind } from './write.ts'

export interface TransactionEndpointOptions {
  readonly domain: Domain
  readonly door: Door
  readonly reads: Reads
  readonly view: TransactionView
  readonly timestamp: string
}

type Ask<K extends MessageKind> = Protocol[K]['ask']

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
  #turn: Promise<unknown> = Promise.resolve()
  /** Calls that have not settled. */
  #underWay = 0
  /** Makes the refusal of whoever comes late; nobody does, mostly, and an error costs its stack. */
  #ended: (() => StatewardError) | undefined

  constructor(options: TransactionEndpointOptions) {
    this.#options = options
    this.readSet = new ReadSet(options.domain)
    this.#handlers = this.#handlersOf(options)
  }

  get underWay(): number {
    return this.#underWay
  }

  /** Every call from now on, and every one under way, is refused with this. */
  end(reason: () => StatewardError): void {
    this.#ended ??= reason
  }

  ask<K extends MessageKind>(kind: K, body: Ask<K>, options: AskOptions = {}): Promise<Protocol[K]['answer']> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended())
    this.#underWay++
    const answer = this.#turn
      .then(() => this.#answer(kind, body, options))
      .finally(() => {
        this.#underWay--
      })
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  /** Steps that only the store itself takes within a transaction, in the same commit as the others. */
  async operations(operations: Ask<'transact'>['operations']): Promise<Protocol['transact']['answer']> {
    this.#assertGoesOn()
    return this.#write('transact', { operations })
  }

  async #answer<K extends MessageKind>(kind: K, body: Ask<K>, asking: AskOptions): Promise<Protocol[K]['answer']> {
    this.#assertGoesOn()
    try {
      const handler = Object.hasOwn(this.#handlers, kind) ? this.#handlers[kind] : undefined
      if (handler === undefined) throw unanswered(kind)
      const answer = await handler(body, asking)
      this.#assertGoesOn()
      return answer
    } catch (error) {
      throw asRefusal(error)
    }
  }

  #assertGoesOn(): void {
    if (this.#ended !== undefined) throw this.#ended()
  }

  #handlersOf({ view, reads, domain }: TransactionEndpointOptions): Partial<Handlers<MessageKind>> {
    const { readSet } = this
    const written =
      <K extends WriteKind>(kind: K) =>
      (body: Ask<K>): Promise<Protocol[K]['answer']> =>
        this.#write(kind, body)
    return {
      get: ({ type, id }) => {
        checkedEntity(domain, type)
        readSet.addId(type, checkedId(id))
        return readOne(view, view.live.type(type), id)
      },
      getMany: ({ type, ids }) => {
        checkedEntity(domain, type)
        for (const id of checkedIds(ids)) readSet.addId(type, id)
        return readMany(view, view.live.type(type), ids)
      },
      query: async (query, asking) => {
        const ground = reads.groundOf(query, view)
        const answer = await runQuery(ground, query, asking)
        readSet.addQuery(query, answer.rows)
        for (const { type, id } of namedBy(ground.entity, query.include ?? [], answer.rows)) readSet.addId(type, id)
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
      create: written('create'),
      update: written('update'),
      delete: written('delete'),
      createMany: written('createMany'),
      updateMany: written('updateMany'),
      deleteMany: written('deleteMany'),
    }
  }

  async #explain(body: Ask<'explain'>, asking: AskOptions): Promise<Protocol['explain']['answer']> {
    const { reads, view } = this.#options
    const { query, isAnalyzed } = explainAsked(body)
    const ground = reads.groundOf(query, view)
    if (!isAnalyzed) return runExplain(ground, query)
    const explanation = await runAnalyze(ground, query, asking)
    // It tells how many rows there are, as a count does.
    this.readSet.addQuery(query)
    return explanation
  }

  async #write<K extends WriteKind>(kind: K, body: Ask<K>): Promise<Protocol[K]['answer']> {
    for (const option of ofTheWhole) {
      if (body[option] !== undefined)
        throw invalid(
          `expected ${option} in the options of the transaction, found it in a ${kind} within; move it there`,
        )
    }
    const write = this.#options.door.check(kind, body)
    await write.ready
    if (this.steps.length + write.steps.length > limits.transactionSteps) throw tooMany()
    const results = await this.#decided(write)
    this.steps.push(...write.steps)
    if (write.reason !== undefined) this.reasons.add(write.reason)
    return answerOf(kind, { seq: 0, results })
  }

  async #decided(write: Write): Promise<readonly Result[]> {
    for (const { type, id } of write.steps) this.readSet.addId(type, id)
    for (;;) {
      this.#assertGoesOn()
      try {
        return this.#decide(write)
      } catch (reason) {
        if (reason instanceof ColdBodies) await this.#options.view.load(reason.requests)
        else if (reason instanceof PendingCheck) await reason.settled
        else throw reason
      }
    }
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

function unanswered(kind: string): StatewardError {
  return new StatewardError(
    'UNSUPPORTED',
    `a transaction answers get, getMany, query, count, groupBy, aggregate, explain and writes; found ${kind}: ask the state itself`,
    { details: { message: kind } },
  )
}

function refuseRestore(type: string, id: string): never {
  throw new StatewardError(
    'UNSUPPORTED',
    `a transaction cannot restore ${type} ${id}, whose last version is in the log; use transact for it`,
  )
}

function tooMany(): StatewardError {
  return new StatewardError(
    'TOO_LARGE',
    `expected a transaction of at most ${limits.transactionSteps} writes, found more; write less at once`,
    { details: { most: limits.transactionSteps } },
  )
}
