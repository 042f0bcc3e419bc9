import { limits, type Query, type QueryAnswer } from '@stateward/contract'
import { withLimit } from './compose-query.ts'

/** One page of rows; `cursor` is present when there are more. */
export interface Page<R> {
  readonly rows: readonly R[]
  readonly cursor?: string
}

/** What is asked for the page behind `cursor`, or for the first one. */
export function pageQuery(query: Query, cursor: string | undefined): Query {
  const asked = withLimit(query, query.limit ?? limits.pageRows)
  return cursor === undefined ? asked : { ...asked, cursor }
}

/** The page of an answer whose rows are given as these. */
export function pageOf<R>({ cursor }: QueryAnswer, rows: readonly R[]): Page<R> {
  return { rows, ...(cursor === undefined ? {} : { cursor }) }
}
