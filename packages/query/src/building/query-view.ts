import type { Direction, Explanation, Group, Query, QueryAnswer } from '@stateward/contract'
import { withLimit, withOrder, withoutOrder, withWhere } from './compose-query.ts'
import type { GroupOf } from './group-of.ts'
import { typed } from './typed.ts'
import type { FieldOf, WhereOf } from './where-of.ts'

/** Answers queries within the call. Throws `StatewardError`s. */
export interface QueryViewRunner {
  query(query: Query): QueryAnswer
  count(query: Query): number
  groupBy(query: Query, field: string): readonly Group[]
  explain(query: Query): Explanation
}

/**
 * A query of records of type `R` whose answers are there when the call returns, put together step by step as a
 * `QueryBuilder`. Every call answers as of the commit that is the newest at that moment, and throws what is wrong.
 */
export class QueryView<R> {
  readonly #runner: QueryViewRunner
  readonly #query: Query

  constructor(runner: QueryViewRunner, query: Query) {
    this.#runner = runner
    this.#query = query
  }

  /** Narrows the query; called again, both filters must hold. */
  where(filter: WhereOf<R>): QueryView<R> {
    return new QueryView(this.#runner, withWhere(this.#query, filter))
  }

  /** Orders by one field (default ascending); called again, by a further one. Ties, and everything else, come by id. */
  orderBy(field: FieldOf<R>, direction: Direction = 'asc'): QueryView<R> {
    return new QueryView(this.#runner, withOrder(this.#query, field, direction))
  }

  /** At most so many rows: 1 … `limits.queryRows`. */
  limit(rows: number): QueryView<R> {
    return new QueryView(this.#runner, withLimit(this.#query, rows))
  }

  /** Every row, or the first `limit`. */
  all(): readonly R[] {
    return typed<readonly R[]>(this.#runner.query(this.#query).rows)
  }

  /** The first row, `undefined` when there is none. */
  first(): R | undefined {
    return typed<readonly R[]>(this.#runner.query(withLimit(this.#query, 1)).rows)[0]
  }

  /** How many records match the filter, whatever the limit. */
  count(): number {
    return this.#runner.count(withoutOrder(this.#query))
  }

  /** How many records match the filter, by the value of one field; groups in the order of the values, absence first. */
  groupBy<const F extends FieldOf<R>>(field: F): readonly GroupOf<R, F>[] {
    return typed<readonly GroupOf<R, F>[]>(this.#runner.groupBy(withoutOrder(this.#query), field))
  }

  /** How the query would be answered. */
  explain(): Explanation {
    return this.#runner.explain(this.#query)
  }

  /** The query as plain JSON. */
  toJSON(): Query {
    return this.#query
  }
}
