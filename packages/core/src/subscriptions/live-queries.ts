import type { AggregateRow, Domain, Query, QueryAnswer, RelatedRow, Seq, StoredRecord } from '@stateward/contract'
import { WatchIndex } from '@stateward/query'
import type { DecidedCommit } from '../deciding/decided.ts'
import { asRefusal, checkedEntity } from '../validation/check.ts'
import { LiveAggregate, type LiveAsk, type Matching } from './live-aggregate.ts'
import { LiveQuery } from './live-query.ts'
import { LiveReader, type LiveResult } from './live-reader.ts'
import { LiveRelated, type RelatedSource } from './live-related.ts'
import type { LiveWatcher } from './live-watcher.ts'
import { RelatedWatchers } from './related-watchers.ts'

export interface LiveQueriesOptions {
  readonly domain: Domain
  /** Rows of the newest state within the call, if that reads little and nothing from the log. */
  readonly now: (query: Query) => QueryAnswer | undefined
  readonly later: (query: Query) => Promise<QueryAnswer>
  readonly matching: (ask: LiveAsk) => Promise<Matching>
  readonly records: RelatedSource['records']
  /** Of the newest durable commit. */
  readonly seq: () => Seq
}

/** A reader; `over` is to be called when nobody reads any more. */
interface Reading<R> {
  readonly reader: LiveReader<R>
  readonly over: () => void
}

/**
 * Every live query of a store. Equal ones are kept up once. A change is shown to those only whose filter holds a field to
 * the value that the record has or had, and to those that hold none.
 */
export class LiveQueries {
  readonly #options: LiveQueriesOptions
  readonly #rows = new Map<string, LiveQuery>()
  readonly #aggregates = new Map<string, LiveAggregate>()
  readonly #related = new Map<string, LiveRelated>()
  readonly #byType = new Map<string, WatchIndex<LiveWatcher>>()
  readonly #targets = new RelatedWatchers()

  constructor(options: LiveQueriesOptions) {
    this.#options = options
  }

  /** A reader of a query that was checked. */
  read(query: Query): Reading<StoredRecord> {
    const text = JSON.stringify(query)
    const live = this.#rowsOf(text, query)
    const reader = new LiveReader<StoredRecord>(live)
    live.readers.add(reader)
    return {
      reader,
      over: () => {
        live.readers.delete(reader)
        if (live.readers.size === 0) this.#endRows(text, live)
      },
    }
  }

  /** The same of one with `include`. */
  readRelated(query: Query): Reading<RelatedRow> {
    const text = JSON.stringify(query)
    const related = this.#related.get(text) ?? this.#relate(text, query)
    return reading(related, () => {
      if (this.#related.get(text) === related) related.end()
    })
  }

  /** A reader of an aggregate that was checked. */
  readAggregate(ask: LiveAsk): Reading<AggregateRow> {
    const text = JSON.stringify([ask.query, ask.by, ask.measures])
    const known = this.#aggregates.get(text)
    if (known !== undefined) return reading(known, () => this.#endAggregate(text, known))
    const entity = checkedEntity(this.#options.domain, ask.query.type)
    const { matching } = this.#options
    const live: LiveAggregate = new LiveAggregate(ask, { entity, matching }, () => this.#endAggregate(text, live))
    this.#aggregates.set(text, live)
    this.#watch(live)
    live.load()
    return reading(live, () => this.#endAggregate(text, live))
  }

  /** These commits are durable, and the state holds them. Never throws. */
  applied(commits: readonly DecidedCommit[]): void {
    const last = commits.at(-1)
    if (this.#byType.size === 0 || last === undefined) return
    const touched = new Set<LiveWatcher>()
    this.#targets.together(() => {
      for (const { seq, changes } of commits) {
        for (const one of changes) {
          const { change, before, after } = one
          this.#targets.changed(change.type, change.id, after)
          for (const live of this.#byType.get(change.type)?.touched(before, after) ?? []) {
            touched.add(live)
            guarded(live, () => live.take(seq, one))
          }
        }
      }
      for (const live of touched) guarded(live, () => live.settle(last.seq))
    })
  }

  /** The state is another one: every result is read again, and what is different is told. */
  reopened(): void {
    for (const related of this.#related.values()) related.reopened()
    for (const live of [...this.#rows.values(), ...this.#aggregates.values()]) live.load()
  }

  #relate(text: string, { include = [], ...query }: Query): LiveRelated {
    const { domain, records, seq } = this.#options
    const rowsText = JSON.stringify(query)
    const rows = this.#rowsOf(rowsText, query)
    const entity = checkedEntity(domain, query.type)
    const source = { entity, records, seq, ...this.#targets.of() }
    const related: LiveRelated = new LiveRelated(rows, include, source, () => {
      this.#related.delete(text)
      rows.readers.delete(related)
      if (rows.readers.size === 0) this.#endRows(rowsText, rows)
    })
    this.#related.set(text, related)
    rows.readers.add(related)
    if (rows.rows !== undefined) related.ready()
    return related
  }

  #rowsOf(text: string, query: Query): LiveQuery {
    const known = this.#rows.get(text)
    if (known !== undefined) return known
    const { domain, now, later } = this.#options
    const entity = checkedEntity(domain, query.type)
    const live: LiveQuery = new LiveQuery(query, { entity, now, later }, () => this.#endRows(text, live))
    this.#rows.set(text, live)
    this.#watch(live)
    live.load()
    return live
  }

  #endRows(text: string, live: LiveQuery): void {
    if (this.#rows.get(text) !== live) return
    this.#rows.delete(text)
    this.#unwatch(live)
  }

  #endAggregate(text: string, live: LiveAggregate): void {
    if (this.#aggregates.get(text) !== live) return
    this.#aggregates.delete(text)
    this.#unwatch(live)
  }

  #watch(live: LiveWatcher): void {
    const { type, where } = live.query
    const index = this.#byType.get(type) ?? new WatchIndex<LiveWatcher>(checkedEntity(this.#options.domain, type))
    this.#byType.set(type, index)
    index.add(where, live)
  }

  #unwatch(live: LiveWatcher): void {
    const { type } = live.query
    const index = this.#byType.get(type)
    index?.remove(live)
    if (index?.size === 0) this.#byType.delete(type)
  }
}

/** One more reader of what several share; `ended` when it was the last one. */
function reading<R>(live: LiveResult<R> & { readonly readers: Set<LiveReader<R>> }, ended: () => void): Reading<R> {
  const reader = new LiveReader<R>(live)
  live.readers.add(reader)
  return {
    reader,
    over: () => {
      live.readers.delete(reader)
      if (live.readers.size === 0) ended()
    },
  }
}

function guarded(live: LiveWatcher, work: () => void): void {
  try {
    work()
  } catch (error) {
    // One that fails is the end of that one, and neither of the others nor of the writer.
    live.fail(asRefusal(error))
  }
}
