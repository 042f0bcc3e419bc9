import { AsyncLocalStorage } from 'node:async_hooks'
import { type Collection, collections } from '@stateward/client'
import {
  type AskOptions,
  type Domain,
  type Durability,
  limits,
  StatewardError,
  type TypeOf,
  type WriteOptions,
} from '@stateward/contract'
import type { HookRunner } from '../deciding/commit-hooks.ts'
import { SchemaChecks } from '../deciding/schema-check.ts'
import type { Write } from '../deciding/write.ts'
import type { Term } from '../lifecycle/term.ts'
import { type Messages, unwatched } from '../observation/messages.ts'
import type { Environment } from '../scheduling/environment.ts'
import { patiently } from '../scheduling/patience.ts'
import { checkedAsk, checkedWrite, checkKeys, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import { closed, fromActor } from '../validation/refusals.ts'
import type { Door } from '../writing/door.ts'
import { TransactionEndpoint } from './transaction-endpoint.ts'
import { TransactionView } from './transaction-view.ts'
import { checkUniqueAtEnd } from './unique-at-end.ts'

export interface TransactionOptions extends WriteOptions, AskOptions {
  /** How often it is tried again after a conflict: 0 … 1 000, default `limits.transactionRetries`. */
  readonly retries?: number
}

/** The records of one type within a transaction. */
export type TransactionCollection<D extends Domain, T extends TypeOf<D>> = Pick<
  Collection<D, T>,
  'get' | 'getMany' | 'where' | 'create' | 'update' | 'delete' | 'createMany' | 'updateMany' | 'deleteMany'
>

/** What a transaction works with: a collection for each type. */
export type Transaction<D extends Domain = Domain> = { readonly [T in TypeOf<D>]: TransactionCollection<D, T> }

/** Runs a function whose reads and writes are one: see `StateMembers.transaction`. */
export type RunTransaction<D extends Domain> = <T>(
  work: (tx: Transaction<D>) => Promise<T> | T,
  options?: TransactionOptions,
) => Promise<T>

export interface TransactionsOptions<D extends Domain> {
  readonly domain: D
  readonly messages: Messages
  readonly door: Door
  readonly environment: Environment
  readonly now: () => string
  readonly term: () => Term
  readonly lowestDurability: Durability
  readonly offered: Readonly<Partial<Record<Durability, unknown>>>
  readonly isClosed: () => boolean
  readonly hooks: HookRunner
}

const optionKeys = new Set(['durability', 'actor', 'txid', 'signal', 'timeoutMs', 'retries'])
const retriesMax = 1_000
const firstDelayMs = 1
const maxDelayMs = 64

/** In which transactions, of which stores, the present code runs. */
const inside = new AsyncLocalStorage<ReadonlySet<object>>()

/** Tries under way in this process, of all stores. While there are none, no promise of the process pays for `inside`. */
let underWay = 0

interface Work<D extends Domain, T> {
  readonly work: (tx: Transaction<D>) => Promise<T> | T
  readonly finish: ((within: TransactionEndpoint) => Promise<void>) | undefined
}

/** What one try has come to. */
type Outcome<T> = { readonly value: T } | { readonly conflict: StatewardError }

/**
 * Runs transactions. Optimistic: each try works on the state of one commit, and is written if nothing it has looked at was
 * changed meanwhile, which the one writer knows; else it is run again. So transactions are serializable, in the order of
 * their commits. Source: Kung and Robinson, "On Optimistic Methods for Concurrency Control", 1981, backward validation.
 */
export class Transactions<D extends Domain> {
  readonly #options: TransactionsOptions<D>

  constructor(options: TransactionsOptions<D>) {
    this.#options = options
  }

  /** `finish` is called in each try, behind `work`: what it writes is of the same commit. */
  run<T>(
    work: (tx: Transaction<D>) => Promise<T> | T,
    options: TransactionOptions = {},
    finish?: (within: TransactionEndpoint) => Promise<void>,
  ): Promise<T> {
    const { messages } = this.#options
    const times = messages.wanted('transaction')
    if (times === unwatched) return this.#run(work, options, finish)
    return messages.watch('transaction', {}, times, () => this.#run(work, options, finish))
  }

  async #run<T>(
    work: (tx: Transaction<D>) => Promise<T> | T,
    options: TransactionOptions,
    finish: ((within: TransactionEndpoint) => Promise<void>) | undefined,
  ): Promise<T> {
    const { environment, lowestDurability, offered, isClosed, hooks } = this.#options
    if (isClosed()) throw closed()
    hooks.assertOutside()
    if (typeof work !== 'function') throw invalid(`expected a function to run, found ${describe(work)}`)
    if (typeof options !== 'object' || options === null)
      throw invalid(`expected options to be an object, found ${describe(options)}`)
    checkKeys(options, optionKeys, 'the options of a transaction')
    checkedAsk(options)
    checkedWrite(options, lowestDurability, offered)
    const retries = checkedRetries(options.retries)
    if (inside.getStore()?.has(this) === true)
      throw invalid('expected no transaction within a transaction of the same store, found one; use the outer one')
    const left = patienceOf(options, environment)
    for (let tries = 1; ; tries++) {
      const outcome = await this.#try({ work, finish }, options, left)
      if ('value' in outcome) return outcome.value
      if (tries > retries) throw givenUp(outcome.conflict, tries)
      await environment.wait(delayMs(tries, environment))
    }
  }

  async #try<T>(
    { work, finish }: Work<D, T>,
    options: TransactionOptions,
    left: () => AskOptions,
  ): Promise<Outcome<T>> {
    const { domain, door, environment, now } = this.#options
    const { setTimer } = environment
    const term = this.#options.term()
    if (term.readOnly !== undefined) throw term.readOnly
    await term.live.whole.reached()
    const view = new TransactionView(term.live)
    const timestamp = now()
    const endpoint = new TransactionEndpoint({
      domain,
      door,
      reads: term.reads,
      view,
      timestamp,
      breathe: environment.breathe,
    })
    const within = new Set<object>([...(inside.getStore() ?? []), this])
    underWay++
    try {
      const tx: Transaction<D> = collections(endpoint, domain, { inProcess: true })
      const working = inside.run(within, async () => {
        const made = await work(tx)
        // Not a turn later: what nobody waits for would have settled by itself.
        if (endpoint.underWay > 0) throw notAwaited(endpoint.underWay)
        return made
      })
      const value = await patiently(working, { options: left(), setTimer, what: 'run a transaction' })
      await finish?.(endpoint)
      await checkUniqueAtEnd({ domain, view, breathe: environment.breathe })
      endpoint.end(ended)
      // What only reads has seen one state, and that is all it can ask for.
      if (endpoint.steps.length === 0) return { value }
      const write = this.#writeOf(endpoint, view, { timestamp, options })
      const reply = await term.actor.ask('write', write, left())
      if (reply.ok) return { value }
      const error = fromActor(reply.error)
      if (!isStale(error)) throw error
      return { conflict: error }
    } finally {
      endpoint.end(ended)
      view.close()
      // Code that outlives its transaction is within it no more.
      within.clear()
      if (--underWay === 0) inside.disable()
    }
  }

  #writeOf(
    { steps, reasons, readSet }: TransactionEndpoint,
    view: TransactionView,
    { timestamp, options }: { timestamp: string; options: TransactionOptions },
  ): Write {
    return {
      kind: 'transact',
      steps,
      checks: new SchemaChecks(),
      ready: undefined,
      actor: options.actor,
      txid: options.txid,
      reason: reasons.size === 0 ? undefined : [...reasons].join('; '),
      durability: options.durability ?? this.#options.lowestDurability,
      transaction: { timestamp, conflict: (live, pending) => readSet.conflict(view, live, pending) },
    }
  }
}

/**
 * Refusals of a commit that the same function may not meet again: each of its writes was accepted on the state it saw, so
 * what refuses it now is something that has changed since; or a hook, which judges nothing but the commit itself.
 */
function isStale({ code, details }: StatewardError): boolean {
  return staleCodes.has(code) && details.hook === undefined
}

const staleCodes: ReadonlySet<string> = new Set([
  'CONFLICT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'INVALID_REFERENCE',
  'RESTRICTED',
  'ILLEGAL_TRANSITION',
])

/** What is left of the caller's time and signal, asked again and again. */
function patienceOf(
  { signal, timeoutMs = limits.transactionMs }: AskOptions,
  { clock }: Environment,
): () => AskOptions {
  const end = clock.monotonicMs() + timeoutMs
  return () => ({ ...(signal === undefined ? {} : { signal }), timeoutMs: Math.max(0, end - clock.monotonicMs()) })
}

/** Longer after each try, and never the same for two that have met. */
function delayMs(tries: number, { random }: Environment): number {
  const most = Math.min(maxDelayMs, firstDelayMs * 2 ** tries)
  return ((random.bytes(1)[0] ?? 0) / 256) * most
}

function checkedRetries(retries: unknown = limits.transactionRetries): number {
  if (typeof retries === 'number' && Number.isInteger(retries) && retries >= 0 && retries <= retriesMax) return retries
  throw invalid(`expected retries to be a whole number from 0 to ${retriesMax}, found ${describe(retries)}`)
}

function givenUp(conflict: StatewardError, tries: number): StatewardError {
  return new StatewardError(
    'CONFLICT',
    `a transaction was tried ${tries} times and never fitted: ${conflict.message}`,
    {
      cause: conflict,
      details: { ...conflict.details, tries },
    },
  )
}

function notAwaited(count: number): StatewardError {
  return invalid(
    `expected every call within a transaction to be awaited before its end, found ${count} under way; nothing was written`,
    { count },
  )
}

function ended(): StatewardError {
  return new StatewardError('CLOSED', 'this transaction has ended; begin another one')
}
