import type { AskOptions, Domain, LogReader, MessageKind, Protocol, Seq } from '@stateward/contract'
import { checkedEntity, checkedId, checkedIds, invalid } from './check.ts'
import type { Environment } from './environment.ts'
import { describe } from './frozen-json.ts'
import { historyPage } from './history.ts'
import type { Live, LiveType } from './live.ts'
import { PlanCache } from './plan-cache.ts'
import { readMany, readOne } from './read-records.ts'
import { LiveView, type ReadView } from './read-view.ts'
import { type QueryGround, runCount, runExplain, runGroupBy, runQuery } from './run-query.ts'
import type { Snapshots } from './snapshots.ts'

/** The messages that ask and change nothing, whoever writes the log. */
export type ReadKind =
  | 'get'
  | 'getMany'
  | 'query'
  | 'count'
  | 'groupBy'
  | 'explain'
  | 'history'
  | 'snapshot'
  | 'release'

type Ask<K extends MessageKind> = Protocol[K]['ask']
type Answer<K extends MessageKind> = Protocol[K]['answer']

/** A message without a handler does not compile. */
export type Handlers<Kinds extends MessageKind> = {
  readonly [K in Kinds]: (body: Ask<K>, options: AskOptions) => Answer<K> | Promise<Answer<K>>
}

export interface ReadsOptions {
  readonly domain: Domain
  readonly live: Live
  readonly reader: LogReader
  readonly environment: Environment
  readonly snapshots: Snapshots
}

/** Answers every message that reads, from the durable state or from an open snapshot of it. */
export class Reads {
  readonly handlers: Handlers<ReadKind>
  readonly #options: ReadsOptions
  readonly #view: LiveView
  readonly #plans = new PlanCache()

  constructor(options: ReadsOptions) {
    const { live, reader, snapshots } = options
    this.#options = options
    this.#view = new LiveView(live)
    this.handlers = {
      get: ({ type, id, snapshot }) => {
        const view = this.#viewOf(snapshot)
        return readOne(view, this.#typeOf(type, view), checkedId(id))
      },
      getMany: ({ type, ids, snapshot }) => {
        const view = this.#viewOf(snapshot)
        return readMany(view, this.#typeOf(type, view), checkedIds(ids))
      },
      query: (query, asking) => runQuery(this.#ground(query), query, asking),
      count: (query, asking) => runCount(this.#ground(query), query, asking),
      groupBy: ({ query, field }, asking) => runGroupBy(this.#ground(query), query, field, asking),
      explain: (query) => runExplain(this.#ground(query), query),
      history: ({ type, id, from = 1 }) =>
        historyPage(reader, {
          type: this.#typeOf(type, this.#view).name,
          id: checkedId(id),
          from: checkedSeq('from', from),
        }),
      snapshot: () => snapshots.open(live),
      release: ({ snapshot }) => {
        snapshots.release(snapshot)
        return null
      },
    }
  }

  #typeOf(type: string, { live }: ReadView): LiveType {
    checkedEntity(this.#options.domain, type)
    return live.type(type)
  }

  #viewOf(snapshot: string | undefined): ReadView {
    return snapshot === undefined ? this.#view : this.#options.snapshots.get(snapshot)
  }

  #ground(query: Ask<'query'>): QueryGround {
    if (typeof query !== 'object' || query === null) throw invalid(`expected a query, found ${describe(query)}`)
    const { domain, environment } = this.#options
    const entity = checkedEntity(domain, query.type)
    const view = this.#viewOf(query.snapshot)
    return {
      view,
      type: view.live.type(query.type),
      entity,
      live: view.live,
      // Plans name indexes. A snapshot of a state before a reopening has its own, and is not asked for long.
      plans: view.live === this.#options.live ? this.#plans : new PlanCache(),
      breathe: environment.breathe,
      monotonicMs: () => environment.clock.monotonicMs(),
    }
  }
}

/** A seq as a caller may give it; 0 means "from the beginning". */
export function checkedSeq(name: string, seq: unknown): Seq {
  if (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0) return seq
  throw invalid(`expected ${name} to be a seq, a whole number from 0, found ${describe(seq)}`)
}
