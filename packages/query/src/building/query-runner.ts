import type {
  AggregateRow,
  AskOptions,
  ExplainAsk,
  Explanation,
  Group,
  Protocol,
  Query,
  QueryAnswer,
  Watching,
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
  live(query: Query, signal: AbortSignal): AsyncIterable<Watching['live']['item']>
  liveRelated(query: Query, signal: AbortSignal): AsyncIterable<Watching['liveRelated']['item']>
  liveAggregate(ask: AggregateAsk, signal: AbortSignal): AsyncIterable<Watching['liveAggregate']['item']>
}
