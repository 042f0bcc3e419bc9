import type { Domain, Query, QueryAnswer } from '@stateward/contract'
import { WatchIndex } from '@stateward/query'
import { asRefusal, checkedEntity } from './check.ts'
import type { DecidedCommit } from './decided.ts'
import { LiveQuery } from './live-query.ts'
import { LiveReader } from './live-reader.ts'

export interface LiveQueriesOptions {
  readonly domain: Domain
  /** Rows of the newest state within the call, if that reads little and nothing from the log. */
  readonly now: (query: Query) => QueryAnswer | undefined
  readonly later: (query: Query) => Promise<QueryAnswer>
}

/**
 * Every live query of a store. Equal ones are kept up once. A change is shown to those only whose filter holds a field to
 * the value that the record has or had, and to those that hold none.
 */
export class LiveQueries {
  readonly #options: LiveQueriesOptions
  readonly #byText = new Map<string, LiveQuery>()
  readonly #byType = new Map<string, WatchIndex<LiveQuery>>()

  constructor(options: LiveQueriesOptions) {
    this.#options = options
  }

  /** A reader of a query that was checked; the answer's `over` is to be called when nobody reads any more. */
  read(query: Query): { readonly reader: LiveReader; readonly over: () => void } {
    const text = JSON.stringify(query)
    const live = this.#byText.get(text) ?? this.#begin(text, query)
    const reader = new LiveReader(live)
    live.readers.add(reader)
    return {
      reader,
      over: () => {
        live.readers.delete(reader)
        if (live.readers.size === 0 && this.#byText.get(text) === live) this.#end(text, live)
      },
    }
  }

  /** These commits are durable, and the state holds them. Never throws. */
  applied(commits: readonly DecidedCommit[]): void {
    const last = commits.at(-1)
    if (this.#byText.size === 0 || last === undefined) return
    const touched = new Set<LiveQuery>()
    for (const { seq, changes } of commits) {
      for (const { change, before, after } of changes) {
        for (const live of this.#byType.get(change.type)?.touched(before, after) ?? []) {
          touched.add(live)
          this.#guarded(live, () => live.take(seq, change.id, after))
        }
      }
    }
    for (const live of touched) this.#guarded(live, () => live.settle(last.seq))
  }

  /** The state is another one: every result is read again, and what is different is told. */
  reopened(): void {
    for (const live of [...this.#byText.values()]) live.load()
  }

  #guarded(live: LiveQuery, work: () => void): void {
    try {
      work()
    } catch (error) {
      // One that fails is the end of that one, and neither of the others nor of the writer.
      live.fail(asRefusal(error))
    }
  }

  #begin(text: string, query: Query): LiveQuery {
    const { domain, now, later } = this.#options
    const entity = checkedEntity(domain, query.type)
    const live: LiveQuery = new LiveQuery(query, { entity, now, later }, () => this.#end(text, live))
    this.#byText.set(text, live)
    const index = this.#byType.get(query.type) ?? new WatchIndex<LiveQuery>(entity)
    this.#byType.set(query.type, index)
    index.add(query.where, live)
    live.load()
    return live
  }

  #end(text: string, live: LiveQuery): void {
    if (this.#byText.get(text) !== live) return
    this.#byText.delete(text)
    const index = this.#byType.get(live.query.type)
    index?.remove(live)
    if (index?.size === 0) this.#byType.delete(live.query.type)
  }
}
