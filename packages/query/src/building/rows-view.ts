import type { Query, QueryAnswer } from '@stateward/contract'
import { withLimit } from './compose-query.ts'
import { type Answer, answerOf, type Page, pageOf, pageQuery } from './page.ts'
import { pagesOfView } from './pages-of.ts'
import type { QueryViewRunner } from './query-view-runner.ts'

/**
 * As `RowsQuery`, whose answers are there when the call returns. A call throws what is wrong with the query, and `TOO_LARGE` where
 * more than `limits.viewBodies` records, related ones among them, would have to be read from the log for it.
 */
export abstract class RowsView<Row> {
  readonly #runner: QueryViewRunner
  readonly #query: Query

  constructor(runner: QueryViewRunner, query: Query) {
    this.#runner = runner
    this.#query = query
  }

  protected get runner(): QueryViewRunner {
    return this.#runner
  }

  protected get query(): Query {
    return this.#query
  }

  /** What is made of an answer. */
  protected abstract rowsOf(answer: QueryAnswer): readonly Row[]

  /** Every row, or the first `limit`. */
  all(): readonly Row[] {
    return this.rowsOf(this.#runner.query(this.#query))
  }

  /** As `all`, with what is known of the rows: commit, cursor, whether they are degraded. */
  answer(): Answer<Row> {
    const answer = this.#runner.query(this.#query)
    return answerOf(answer, this.rowsOf(answer))
  }

  /** The first row, `undefined` when there is none. */
  first(): Row | undefined {
    return this.rowsOf(this.#runner.query(withLimit(this.#query, 1)))[0]
  }

  /** The page behind `cursor`, or the first one, of `limit` rows (default `limits.pageRows`). */
  page(cursor?: string): Page<Row> {
    const answer = this.#runner.query(pageQuery(this.#query, cursor))
    return pageOf(answer, this.rowsOf(answer))
  }

  /**
   * Every row, or the first `limit`, in order, by pages that are read when their first row is asked for: `for (const spec of
   * state.view.spec.where({ … }).stream())`. Each page is a call of its own, as of the commit that is the newest then.
   */
  *stream(): Generator<Row, void, undefined> {
    for (const answer of pagesOfView(this.#runner, this.#query)) yield* this.rowsOf(answer)
  }

  /** The query as plain JSON. */
  toJSON(): Query {
    return this.#query
  }
}
