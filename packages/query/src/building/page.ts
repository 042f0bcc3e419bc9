import { limits, type Query, type QueryAnswer, type Seq } from '@stateward/contract'
import { withLimit } from './compose-query.ts'

/** One page of rows; `cursor` is present when there are more. */
export interface Page<R> {
  readonly rows: readonly R[]
  readonly cursor?: string
  /** Present when an index that might have served is being built again: the rows are right, they may have taken longer. */
  readonly degraded?: true
}

/** Rows, and all that is known of them. */
export interface Answer<R> extends Page<R> {
  /** The commit as of which every row is. */
  readonly seq: Seq
}

/** What is asked for the page behind `cursor`, or for the first one. */
export function pageQuery(query: Query, cursor: string | undefined): Query {
  const asked = withLimit(query, query.limit ?? limits.pageRows)
  return cursor === undefined ? asked : { ...asked, cursor }
}

/** The page of an answer whose rows are given as these. */
export function pageOf<R>({ cursor, degraded }: QueryAnswer, rows: readonly R[]): Page<R> {
  return { rows, ...(cursor === undefined ? {} : { cursor }), ...(degraded === true && { degraded }) }
}

/** All of an answer whose rows are given as these. */
export function answerOf<R>(answer: QueryAnswer, rows: readonly R[]): Answer<R> {
  return { ...pageOf(answer, rows), seq: answer.seq }
}
