import { type AskOptions, limits, type Query, type QueryAnswer } from '@stateward/contract'
import { withLimit } from './compose-query.ts'
import type { QueryRunner } from './query-runner.ts'

const longestPage = 3200

/** Every page of a query, or those with the first `limit` rows, each asked for when it is needed. */
export async function* pagesOf(
  runner: QueryRunner,
  given: Query,
  options?: AskOptions,
): AsyncGenerator<QueryAnswer, void, undefined> {
  let left = given.limit ?? Number.POSITIVE_INFINITY
  let size: number = limits.pageRows
  let query = given
  while (left > 0) {
    const answer = await runner.query(withLimit(query, Math.min(size, left)), options)
    yield answer
    const { rows, cursor } = answer
    if (cursor === undefined) return
    left -= rows.length
    query = { ...query, cursor }
    // The first rows come soon; a long stream asks less often, and its pages stay small in memory.
    size = Math.min(size * 2, longestPage)
  }
}
