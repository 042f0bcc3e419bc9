import { type AskOptions, limits, type Query, type QueryAnswer } from '@stateward/contract'
import { withLimit } from './compose-query.ts'
import type { Page } from './page.ts'
import { pagesOf } from './pages-of.ts'
import type { QueryRunner } from './query-runner.ts'

/** A query whose rows are made of its answer: by `select` or `include`. Its promises reject as those of `QueryBuilder`. */
export class RowsQuery<Row> {
  readonly #runner: QueryRunner
  readonly #query: Query
  readonly #rowsOf: (answer: QueryAnswer) => readonly Row[]

  constructor(runner: QueryRunner, query: Query, rowsOf: (answer: QueryAnswer) => readonly Row[]) {
    this.#runner = runner
    this.#query = query
    this.#rowsOf = rowsOf
  }

  /** Every row, or the first `limit`, as of one commit. */
  async all(options?: AskOptions): Promise<readonly Row[]> {
    return this.#rowsOf(await this.#runner.query(this.#query, options))
  }

  /** The first row, `undefined` when there is none. */
  async first(options?: AskOptions): Promise<Row | undefined> {
    return this.#rowsOf(await this.#runner.query(withLimit(this.#query, 1), options))[0]
  }

  /** The page behind `cursor`, or the first one, of `limit` rows (default `limits.pageRows`). */
  async page(cursor?: string, options?: AskOptions): Promise<Page<Row>> {
    const query = withLimit(this.#query, this.#query.limit ?? limits.pageRows)
    const answer = await this.#runner.query(cursor === undefined ? query : { ...query, cursor }, options)
    const { cursor: next } = answer
    return { rows: this.#rowsOf(answer), ...(next === undefined ? {} : { cursor: next }) }
  }

  /** Every row, or the first `limit`, in order; each page as of its own commit, as `QueryBuilder.stream`. */
  async *stream(options?: AskOptions): AsyncGenerator<Row, void, undefined> {
    for await (const answer of pagesOf(this.#runner, this.#query, options)) yield* this.#rowsOf(answer)
  }

  /** The query as plain JSON. */
  toJSON(): Query {
    return this.#query
  }
}
