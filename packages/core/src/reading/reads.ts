import type { ViewSource } from '@stateward/client'
import {
  type AskOptions,
  type Domain,
  type LogReader,
  limits,
  type MessageKind,
  type Protocol,
  type StoredRecord,
} from '@stateward/contract'
import { checkQuery } from '@stateward/query'
import { historyPage } from '../history/history.ts'
import type { HistoryIndex } from '../history/history-index.ts'
import { PastReads } from '../history/past-reads.ts'
import type { QueryMessage, QueryWatch } from '../observation/query-watch.ts'
import { analyzeNow, runAnalyze } from '../querying/analyze-query.ts'
import { explainAsked, runExplain } from '../querying/explain-query.ts'
import { PlanCache } from '../querying/plan-cache.ts'
import type { QueryGround } from '../querying/query-ground.ts'
import { tooManyCold } from '../querying/reads-allowed.ts'
import { runAggregate, runCount, runGroupBy, runQuery } from '../querying/run-query.ts'
import { aggregateNow, countNow, groupByNow, queryNow } from '../querying/run-query-now.ts'
import { BodyRequest } from '../records/bodies.ts'
import type { Environment } from '../scheduling/environment.ts'
import { timestamps } from '../scheduling/timestamps.ts'
import type { Snapshots } from '../snapshots/snapshots.ts'
import type { Live, LiveType } from '../state/live.ts'
import type { Projections } from '../state/projections.ts'
import { readNow } from '../state/read-now.ts'
import { readMany, readOne } from '../state/read-records.ts'
import { isCold, LiveView, type ReadView } from '../state/read-view.ts'
import { checkedEntity, checkedId, checkedIds, checkedSeq, invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import { askQuestion } from './ask-question.ts'
import { resolveId } from './resolve-id.ts'

/** The messages that ask and change nothing, whoever writes the log. */
export type ReadKind =
  | 'get'
  | 'getMany'
  | 'query'
  | 'count'
  | 'groupBy'
  | 'aggregate'
  | 'explain'
  | 'question'
  | 'asOf'
  | 'diff'
  | 'history'
  | 'resolveId'
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
  readonly index: HistoryIndex
  readonly projections: Projections
  /** Absent: nobody wants to know. */
  readonly queries?: QueryWatch
}

/** Answers every message that reads, from the durable state, from an open snapshot of it, or from the past. */
export class Reads {
  readonly handlers: Handlers<ReadKind>
  /** The same reads of the newest state, within the call. */
  readonly now: ViewSource
  readonly #options: ReadsOptions
  readonly #view: LiveView
  readonly #plans = new PlanCache()
  /** What queries of the newest state run on, by type: the same for all of them. */
  readonly #grounds = new WeakMap<LiveType, QueryGround>()
  readonly past: PastReads
  readonly #timestamp: () => string

  constructor(options: ReadsOptions) {
    const { live, reader, snapshots, index } = options
    this.#options = options
    this.#timestamp = timestamps(options.environment.clock)
    this.#view = new LiveView(live)
    this.past = new PastReads(options)
    this.handlers = {
      get: ({ type, id, snapshot, asOf }) => {
        const view = this.#viewOf(snapshot)
        if (asOf !== undefined)
          return this.past.get(this.#typeOf(type, this.#view), checkedId(id), onlyAsOf(asOf, snapshot))
        return readOne(view, this.#typeOf(type, view), checkedId(id))
      },
      getMany: ({ type, ids, snapshot, asOf }) => {
        const view = this.#viewOf(snapshot)
        if (asOf !== undefined)
          return this.past.getMany(this.#typeOf(type, this.#view), checkedIds(ids), onlyAsOf(asOf, snapshot))
        return readMany(view, this.#typeOf(type, view), checkedIds(ids))
      },
      query: (query, asking) =>
        this.#watched('query', query, asking, (ground, asked) => runQuery(ground, asked, asking)),
      count: (query, asking) =>
        this.#watched('count', query, asking, (ground, asked) => runCount(ground, asked, asking)),
      groupBy: ({ query, field }, asking) =>
        this.#watched('groupBy', query, asking, (ground, asked) => runGroupBy(ground, asked, field, asking)),
      aggregate: ({ query, ...body }, asking) =>
        this.#watched('aggregate', query, asking, (ground, asked) =>
          runAggregate(ground, { ...body, query: asked }, asking),
        ),
      explain: (body, asking) => this.#explain(body, asking),
      question: (body) => askQuestion({ ...options, timestamp: this.#timestamp() }, body),
      asOf: (body) => this.past.find(body),
      diff: (body, asking) => this.past.diff({ ...body }, asking),
      history: ({ type, id, from = 1 }) =>
        historyPage(reader, index, {
          type: this.#typeOf(type, this.#view).name,
          id: checkedId(id),
          from: checkedSeq('from', from),
        }),
      resolveId: (body) => resolveId(options, { ...body, type: this.#typeOf(body.type, this.#view).name }),
      snapshot: () => snapshots.open(live),
      release: ({ snapshot }) => {
        snapshots.release(snapshot)
        return null
      },
    }
    this.now = this.#readingNow()
  }

  #explain(body: Ask<'explain'>, asking: AskOptions): Answer<'explain'> | Promise<Answer<'explain'>> {
    const { query, by, isAnalyzed } = explainAsked(body)
    return this.#on(query, asking, (ground, asked) =>
      isAnalyzed ? runAnalyze(ground, asked, by, asking) : runExplain(ground, asked, by),
    )
  }

  #readingNow(): ViewSource {
    return {
      get: (type, id) => this.#getNow(this.#typeOf(type, this.#view), checkedId(id)),
      getMany: (type, ids) => {
        const found = this.#typeOf(type, this.#view)
        return this.#getManyNow(found, checkedIds(ids))
      },
      query: (query) => queryNow(this.#ground(query), query),
      count: (query) => countNow(this.#ground(query), query),
      groupBy: (query, field) => groupByNow(this.#ground(query), query, field),
      aggregate: (ask) => aggregateNow(this.#ground(ask.query), ask),
      explain: (body) => {
        const { query, by, isAnalyzed } = explainAsked(body)
        return (isAnalyzed ? analyzeNow : runExplain)(this.#ground(query), query, by)
      },
    }
  }

  #getNow(type: LiveType, id: string): StoredRecord | undefined {
    const candidate = this.#view.find(type, id)
    return candidate !== undefined && isCold(candidate) ? readNow(this.#options.live, [candidate])[0] : candidate
  }

  #getManyNow(type: LiveType, ids: readonly string[]): readonly (StoredRecord | undefined)[] {
    const candidates = ids.map((id) => this.#view.find(type, id))
    const cold = candidates.filter((one) => one instanceof BodyRequest)
    if (cold.length > limits.viewBodies) throw tooManyCold(type.name)
    const loaded = readNow(this.#options.live, cold)
    let at = 0
    return candidates.map((one) => (one instanceof BodyRequest ? loaded[at++] : one))
  }

  #typeOf(type: string, { live }: ReadView): LiveType {
    checkedEntity(this.#options.domain, type)
    return live.type(type)
  }

  #viewOf(snapshot: string | undefined): ReadView {
    return snapshot === undefined ? this.#view : this.#options.snapshots.get(snapshot)
  }

  /** What a query of this view runs on. */
  groundOf(query: Ask<'query'>, view: ReadView): QueryGround {
    return this.#groundOn(query, () => view)
  }

  #ground(query: Ask<'query'>): QueryGround {
    return this.#groundOn(query, () => this.#viewOf(query.snapshot))
  }

  /** As `#on`, and tells who wants to know. */
  #watched<T>(
    message: QueryMessage,
    query: Ask<'query'>,
    asking: AskOptions,
    run: (ground: QueryGround, query: Ask<'query'>) => T | Promise<T>,
  ): T | Promise<T> {
    const { queries } = this.#options
    const times = queries?.wanted()
    if (queries === undefined || times === undefined) return this.#on(query, asking, run)
    return this.#on(query, asking, (ground, asked) =>
      queries.watch({ message, query: asked, ground, times }, async () => run(ground, asked)),
    )
  }

  /** Runs a query on the state that it names: within the call, but for one of the past. */
  #on<T>(
    query: Ask<'query'>,
    asking: AskOptions,
    run: (ground: QueryGround, query: Ask<'query'>) => T | Promise<T>,
  ): T | Promise<T> {
    const ground = this.#ground(query)
    if (query.asOf === undefined) return run(ground, query)
    // What is wrong with it is said at once, and not when the log has been folded; and it is read once.
    const asked = checkQuery(query, ground.entity)
    const asOf = onlyAsOf(asked.asOf, asked.snapshot)
    return this.past.using(
      asOf,
      async ({ view, plans }) =>
        run({ ...ground, view, live: view.live, type: view.live.type(asked.type), plans }, asked),
      asking,
    )
  }

  #groundOn(query: Ask<'query'>, viewOf: () => ReadView): QueryGround {
    if (typeof query !== 'object' || query === null) throw invalid(`expected a query, found ${describe(query)}`)
    const { domain, environment } = this.#options
    const { type: name } = query
    const view = viewOf()
    const there = view === this.#view ? view.live.types.get(name) : undefined
    const known = there === undefined ? undefined : this.#grounds.get(there)
    if (known !== undefined) return known
    const entity = checkedEntity(domain, name)
    const type = view.live.type(name)
    const ground = {
      view,
      type,
      entity,
      live: view.live,
      // Plans name indexes. A snapshot of a state before a reopening has its own, and is not asked for long.
      plans: view.live === this.#options.live ? this.#plans : new PlanCache(),
      breathe: environment.breathe,
      monotonicMs: () => environment.clock.monotonicMs(),
    }
    if (view === this.#view) this.#grounds.set(type, ground)
    return ground
  }
}

/** A snapshot is a moment of its own. */
function onlyAsOf(asOf: unknown, snapshot: string | undefined): unknown {
  if (snapshot !== undefined) throw invalid('expected either snapshot or asOf, found both')
  return asOf
}
