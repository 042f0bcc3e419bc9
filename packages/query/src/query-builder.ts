import {
  type AskOptions,
  type Direction,
  type Explanation,
  type Group,
  type JsonValue,
  type LiveUpdate,
  limits,
  type Query,
} from '@stateward/contract'
import { withLimit, withOrder, withoutOrder, withWhere } from './compose-query.ts'
import { type LiveOptions, liveResults, type SubscribeOptions, subscribed } from './live-results.ts'
import type { AggregateOf, MeasuresOf } from './measures-of.ts'
import type { QueryRunner } from './query-runner.ts'
import { typed } from './typed.ts'
import type { FieldOf, WhereOf } from './where-of.ts'

/** One page of rows; `cursor` is present when there are more. */
export interface Page<R> {
  readonly rows: readonly R[]
  readonly cursor?: string
}

export interface ExplainOptions extends AskOptions {
  /** Also answers the query, and tells what that took. Default false. */
  readonly analyze?: boolean
}

/**
 * A query of records of type `R`, put together step by step. Each step gives a new builder and leaves the old one as it
 * was; nothing is asked before one of `all`, `first`, `count`, `stream`, `page`, `groupBy`, `aggregate`, `explain`, `live`. What the query
 * does wrong is `INVALID`, from the promise of that call (a value that no wire can carry: from `where` itself).
 */
export class QueryBuilder<R> {
  readonly #runner: QueryRunner
  readonly #query: Query

  constructor(runner: QueryRunner, query: Query) {
    this.#runner = runner
    this.#query = query
  }

  /** Narrows the query; called again, both filters must hold. */
  where(filter: WhereOf<R>): QueryBuilder<R> {
    return new QueryBuilder(this.#runner, withWhere(this.#query, filter))
  }

  /** Orders by one field (default ascending); called again, by a further one. Ties, and everything else, come by id. */
  orderBy(field: FieldOf<R>, direction: Direction = 'asc'): QueryBuilder<R> {
    return new QueryBuilder(this.#runner, withOrder(this.#query, field, direction))
  }

  /** At most so many rows: 1 … `limits.queryRows`. For `page` it is the size of the page. */
  limit(rows: number): QueryBuilder<R> {
    return new QueryBuilder(this.#runner, withLimit(this.#query, rows))
  }

  /** Every row, or the first `limit`, as of one commit. */
  all(options?: AskOptions): Promise<readonly R[]> {
    return this.#runner.query(this.#query, options).then(({ rows }) => typed<readonly R[]>(rows))
  }

  /** The first row, `undefined` when there is none. */
  first(options?: AskOptions): Promise<R | undefined> {
    return this.#runner.query(withLimit(this.#query, 1), options).then(({ rows }) => typed<readonly R[]>(rows)[0])
  }

  /** How many records match the filter, whatever the limit. */
  count(options?: AskOptions): Promise<number> {
    return this.#runner.count(withoutOrder(this.#query), options)
  }

  /** How many records match the filter, by the value of one field; groups in the order of the values, absence first. */
  groupBy(field: FieldOf<R>, options?: AskOptions): Promise<readonly Group[]> {
    return this.#runner.groupBy(withoutOrder(this.#query), field, options)
  }

  /**
   * Numbers and values over all that match, whatever the limit: `aggregate({ specs: { count: true }, last: { max: 'updated_at' } })`.
   */
  aggregate<const M extends MeasuresOf<R>>(measures: M, options?: AskOptions): Promise<AggregateOf<R, M>> {
    const ask = { query: withoutOrder(this.#query), measures }
    return this.#runner.aggregate(ask, options).then(([row]) => typed<AggregateOf<R, M>>(row?.measures))
  }

  /** As `aggregate`, by the value of one field; groups in the order of the values, absence first. */
  aggregateBy<const M extends MeasuresOf<R>>(
    field: FieldOf<R>,
    measures: M,
    options?: AskOptions,
  ): Promise<readonly ({ readonly value?: JsonValue } & AggregateOf<R, M>)[]> {
    const ask = { query: withoutOrder(this.#query), by: field, measures }
    return this.#runner.aggregate(ask, options).then((rows) =>
      rows.map(({ value, measures: found }) => ({
        ...typed<AggregateOf<R, M>>(found),
        ...(value === undefined ? {} : { value }),
      })),
    )
  }

  /**
   * How the query would be answered; with `{ analyze: true }` it is answered too, and `analysis` tells what that took.
   * `UNSUPPORTED` where the endpoint does not look at that.
   */
  explain(options?: ExplainOptions): Promise<Explanation> {
    if (options?.analyze === undefined) return this.#runner.explain(this.#query, options)
    const { analyze, ...asking } = options
    return this.#runner.explain({ ...this.#query, analyze }, asking)
  }

  /** The page behind `cursor`, or the first one, of `limit` rows (default `limits.pageRows`). */
  page(cursor?: string, options?: AskOptions): Promise<Page<R>> {
    const query = withLimit(this.#query, this.#query.limit ?? limits.pageRows)
    return this.#runner
      .query(cursor === undefined ? query : { ...query, cursor }, options)
      .then(({ rows, cursor: next }) => ({
        rows: typed<readonly R[]>(rows),
        ...(next === undefined ? {} : { cursor: next }),
      }))
  }

  /**
   * Every row, or the first `limit`, in order and never more than a page in memory. Pages are asked for as they are
   * needed, so each is as of its own commit: a record that is there throughout comes exactly once, unless a field that
   * orders the rows is changed meanwhile; then it comes where it stands when its page is read.
   */
  async *stream(options?: AskOptions): AsyncGenerator<R, void, undefined> {
    let left = this.#query.limit ?? Number.POSITIVE_INFINITY
    let size: number = limits.pageRows
    let query = this.#query
    while (left > 0) {
      const { rows, cursor } = await this.#runner.query(withLimit(query, Math.min(size, left)), options)
      yield* typed<readonly R[]>(rows)
      if (cursor === undefined) return
      left -= rows.length
      query = { ...query, cursor }
      // The first rows come soon; a long stream asks less often, and its pages stay small in memory.
      size = Math.min(size * 2, longestPage)
    }
  }

  /**
   * The result, then only what becomes different in it: `for await (const update of query.live({ signal }))`, each to be
   * taken in with `applyLive(rows, update)`. Order and limit are kept; a change costs by itself, not by the result. Who
   * reads too slowly for the differences is told the whole result again. At most `limits.liveRows` rows (`TOO_LARGE`).
   */
  live(options?: LiveOptions): AsyncIterable<LiveUpdate<R>> {
    return liveResults<R>(this.#runner, this.#query, options)
  }

  /** As `live`, by calling back; answers the way to stop. What the callback throws goes to `onError`, and nowhere else. */
  subscribe(callback: (update: LiveUpdate<R>) => void, options: SubscribeOptions = {}): () => void {
    return subscribed((signal) => this.live({ signal }), callback, options)
  }

  /** The query as plain JSON. */
  toJSON(): Query {
    return this.#query
  }
}

const longestPage = 3200
