import { type AskOptions, limits, type Query, type QueryAnswer } from '@stateward/contract'
import { withLimit } from './compose-query.ts'
import type { QueryRunner } from './query-runner.ts'
import type { QueryViewRunner } from './query-view-runner.ts'

const longestPage = 3200

/** Every page of a query, or those with the first `limit` rows, each asked for when it is needed. */
export async function* pagesOf(
  runner: QueryRunner,
  query: Query,
  options?: AskOptions,
): AsyncGenerator<QueryAnswer, void, undefined> {
  const asking = pagesAsked(query, longestPage)
  for (let asked = asking.next(); asked.done !== true; ) {
    const answer = await runner.query(asked.value, options)
    yield answer
    asked = asking.next(answer)
  }
}

/** As `pagesOf`, each page within the call that needs it: shorter ones, for what a call may read from the log is bounded. */
export function* pagesOfView(runner: QueryViewRunner, query: Query): Generator<QueryAnswer, void, undefined> {
  // A page reads a few rows more than it gives, and what they lead to.
  const longest = query.include === undefined ? limits.viewBodies / 2 : limits.pageRows
  const asking = pagesAsked(query, longest)
  for (let asked = asking.next(); asked.done !== true; ) {
    const answer = runner.query(asked.value)
    yield answer
    asked = asking.next(answer)
  }
}

/** The queries of the pages, one after the other; each is resumed with its answer. */
function* pagesAsked(given: Query, longest: number): Generator<Query, void, QueryAnswer> {
  let left = given.limit ?? Number.POSITIVE_INFINITY
  let size: number = limits.pageRows
  let query = given
  while (left > 0) {
    const { rows, cursor } = yield withLimit(query, Math.min(size, left))
    if (cursor === undefined) return
    left -= rows.length
    query = { ...query, cursor }
    // The first rows come soon; a long stream asks less often, and its pages stay small in memory.
    size = Math.min(size * 2, longest)
  }
}
