import {
  type AggregateRow,
  type Domain,
  type LiveUpdate,
  type Query,
  type RecordChange,
  type RelatedRow,
  StatewardError,
  type Watching,
  type WatchKind,
} from '@stateward/contract'
import type { Terms } from '../lifecycle/terms.ts'
import { anyOf } from '../log/follow.ts'
import { recordsOf } from '../querying/records-of.ts'
import { soonFound } from '../querying/soon-found.ts'
import { LiveView } from '../state/read-view.ts'
import type { Audience } from '../subscriptions/audience.ts'
import { checkedLive, checkedLiveAggregate, checkedLiveRelated } from '../subscriptions/checked-live.ts'
import type { LiveAsk } from '../subscriptions/live-aggregate.ts'
import { liveMatching } from '../subscriptions/live-matching.ts'
import { LiveQueries } from '../subscriptions/live-queries.ts'
import { LiveUpdates } from '../subscriptions/live-updates.ts'
import { checkedFeed, type FeedSource, watchChanges } from '../subscriptions/watch-changes.ts'
import { asRefusal } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'

interface WatchesOptions {
  readonly domain: Domain
  readonly source: Omit<FeedSource, 'follow'> & {
    readonly follow: (from: number, signal: AbortSignal) => ReturnType<FeedSource['follow']>
  }
  /** Called while somebody watches; calls the answer when it is over. */
  readonly began: () => () => void
  /** Updates of a query that was checked. */
  readonly live: (query: Query, signal: AbortSignal) => AsyncIterable<LiveUpdate>
  /** The same of one with `include`. */
  readonly liveRelated: (query: Query, signal: AbortSignal) => AsyncIterable<LiveUpdate<RelatedRow>>
  /** Updates of an aggregate that was checked. */
  readonly liveAggregate: (ask: LiveAsk, signal: AbortSignal) => AsyncIterable<LiveUpdate<AggregateRow>>
}

type Watched = {
  readonly [K in WatchKind]: (body: Watching[K]['ask'], signal: AbortSignal) => AsyncIterable<Watching[K]['item']>
}

/** Answers everything that is told again and again. What is wrong with a question is thrown by the call. */
export class Watches {
  readonly #options: WatchesOptions
  readonly #kinds: Watched = {
    changes: (body, signal) => this.#changes(body, signal),
    live: (body, signal) => this.#options.live(checkedLive(this.#options.domain, body), signal),
    liveRelated: (body, signal) => this.#options.liveRelated(checkedLiveRelated(this.#options.domain, body), signal),
    liveAggregate: (body, signal) =>
      this.#options.liveAggregate(checkedLiveAggregate(this.#options.domain, body), signal),
  }

  constructor(options: WatchesOptions) {
    this.#options = options
  }

  watch<K extends WatchKind>(
    kind: K,
    body: Watching[K]['ask'],
    signals: readonly AbortSignal[],
  ): AsyncIterable<Watching[K]['item']> {
    if (!Object.hasOwn(this.#kinds, kind)) throw unwatched(kind)
    try {
      return this.#kinds[kind](body, anyOf(signals))
    } catch (error) {
      throw asRefusal(error)
    }
  }

  #changes(body: Watching['changes']['ask'], signal: AbortSignal): AsyncIterable<readonly RecordChange[]> {
    const { domain, source, began } = this.#options
    const feed = checkedFeed(domain, body)
    return during(began, () => watchChanges(feed, { ...source, follow: (from) => source.follow(from, signal) }))
  }
}

/** What a store tells of, from one term to the next. */
export function watchesOf({
  domain,
  terms,
  audience,
}: {
  readonly domain: Domain
  readonly terms: Terms
  readonly audience: Audience
}): Watches {
  const queries = new LiveQueries({
    domain,
    now: (query) => {
      const { reads, live } = terms.current
      return soonFound(reads.groundOf(query, new LiveView(live)), query)
    },
    later: async (query) => terms.current.reads.handlers.query(query, {}),
    matching: (ask) => {
      const { reads, live } = terms.current
      return liveMatching(reads.groundOf(ask.query, new LiveView(live)), ask)
    },
    records: (targets) => recordsOf(new LiveView(terms.current.live), targets),
    seq: () => terms.current.live.lastSeq,
  })
  audience.queries = queries
  return new Watches({
    domain,
    live: (query, signal) => new LiveUpdates(() => queries.read(query), signal),
    liveRelated: (query, signal) => new LiveUpdates(() => queries.readRelated(query), signal),
    liveAggregate: (ask, signal) => new LiveUpdates(() => queries.readAggregate(ask), signal),
    source: {
      follow: (from, signal) => terms.follow(from, [signal]),
      versions: () => ({ live: terms.current.live, reader: terms.current.writer, index: terms.current.history }),
      recent: (seq) => audience.recent.get(seq),
      lastSeq: () => terms.current.live.lastSeq,
    },
    began: () => audience.recent.wanted(),
  })
}

async function* during<T>(began: () => () => void, items: () => AsyncIterable<T>): AsyncGenerator<T> {
  const over = began()
  try {
    yield* items()
  } finally {
    over()
  }
}

function unwatched(kind: unknown): StatewardError {
  return new StatewardError('UNSUPPORTED', `expected something that this endpoint tells of, found ${describe(kind)}`)
}
