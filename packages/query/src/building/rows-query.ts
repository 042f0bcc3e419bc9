import type { AskOptions, Query, QueryAnswer } from '@stateward/contract'
import { withLimit } from './compose-query.ts'
import { type Answer, answerOf, type Page, pageOf, pageQuery } from './page.ts'
import { pagesOf } from './pages-of.ts'
import type { QueryRunner } from './query-runner.ts'

/** A query and what its rows are made of its answer by. What the query does wrong is `INVALID`, from the promise of a call. */
export abstract class RowsQuery<Row> {
  readonly #runner: QueryRunner
  readonly #query: Query

  constructor(runner: QueryRunner, query: Query) {
    this.#runner = runner
    this.#query = query
  }

  protected get runner(): QueryRunner {
    return this.#runner
  }

  protected get query(): Query {
    return this.#query
  }

  /** What is made of an answer. */
  protected abstract rowsOf(answer: QueryAnswer): readonly Row[]

  /** Every row, or the first `limit`, as of one commit. */
  all(options?: AskOptions): Promise<readonly Row[]> {
    return this.#runner.query(this.#query, options).then((answer) => this.rowsOf(answer))
  }

  /**
   * As `all`, with what is known of the rows: the commit as of which they are, the cursor behind them where a limit has left rows out,
   * and whether they are `degraded`, that is, right and perhaps late for want of an index that is being built again.
   */
  answer(options?: AskOptions): Promise<Answer<Row>> {
    return this.#runner.query(this.#query, options).then((answer) => answerOf(answer, this.rowsOf(answer)))
  }

  /** The first row, `undefined` when there is none. */
  first(options?: AskOptions): Promise<Row | undefined> {
    return this.#runner.query(withLimit(this.#query, 1), options).then((answer) => this.rowsOf(answer)[0])
  }

  /** The page behind `cursor`, or the first one, of `limit` rows (default `limits.pageRows`). */
  page(cursor?: string, options?: AskOptions): Promise<Page<Row>> {
    return this.#runner
      .query(pageQuery(this.#query, cursor), options)
      .then((answer) => pageOf(answer, this.rowsOf(answer)))
  }

  /**
   * Every row, or the first `limit`, in order and never more than a page in memory. Pages are asked for as they are
   * needed, so each is as of its own commit: a record that is there throughout comes exactly once, unless a field that
   * orders the rows is changed meanwhile; then it comes where it stands when its page is read.
   */
  async *stream(options?: AskOptions): AsyncGenerator<Row, void, undefined> {
    for await (const answer of pagesOf(this.#runner, this.#query, options)) yield* this.rowsOf(answer)
  }

  /** The query as plain JSON. */
  toJSON(): Query {
    return this.#query
  }
}
