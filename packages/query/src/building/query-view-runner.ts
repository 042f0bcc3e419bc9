import type { AggregateRow, ExplainAsk, Explanation, Group, Query, QueryAnswer } from '@stateward/contract'
import type { AggregateAsk } from './query-runner.ts'

/** Answers queries within the call. Throws `StatewardError`s. */
export interface QueryViewRunner {
  query(query: Query): QueryAnswer
  count(query: Query): number
  groupBy(query: Query, field: string): readonly Group[]
  aggregate(ask: AggregateAsk): readonly AggregateRow[]
  explain(query: ExplainAsk): Explanation
}
