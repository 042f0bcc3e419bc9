import type {
  AggregateRow,
  AskOptions,
  ExplainAsk,
  Explanation,
  Group,
  LiveUpdate,
  Protocol,
  Query,
  QueryAnswer,
} from '@stateward/contract'

/** What an aggregate is asked with. */
export type AggregateAsk = Protocol['aggregate']['ask']

/** Answers queries: a state manager, or a way to one. Rejects with `StatewardError`s. */
export interface QueryRunner {
  query(query: Query, options?: AskOptions): Promise<QueryAnswer>
  count(query: Query, options?: AskOptions): Promise<number>
  groupBy(query: Query, field: string, options?: AskOptions): Promise<readonly Group[]>
  aggregate(ask: AggregateAsk, options?: AskOptions): Promise<readonly AggregateRow[]>
  explain(query: ExplainAsk, options?: AskOptions): Promise<Explanation>
  live(query: Query, signal: AbortSignal): AsyncIterable<LiveUpdate>
}
