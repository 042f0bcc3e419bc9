import type { AskOptions, Explanation, Group, Query, QueryAnswer } from '@stateward/contract'

/** Answers queries: a state manager, or a way to one. Rejects with `StatewardError`s. */
export interface QueryRunner {
  query(query: Query, options?: AskOptions): Promise<QueryAnswer>
  count(query: Query, options?: AskOptions): Promise<number>
  groupBy(query: Query, field: string, options?: AskOptions): Promise<readonly Group[]>
  explain(query: Query, options?: AskOptions): Promise<Explanation>
}
