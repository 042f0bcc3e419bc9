import type { AskOptions, ExplainAsk, Query } from '@stateward/contract'

export interface ExplainViewOptions {
  /** Also answers the query, and tells what that took. Default false. */
  readonly analyze?: boolean
}

export interface ExplainOptions extends AskOptions, ExplainViewOptions {}

/** What is asked to have a query explained. */
export function explainAsk(query: Query, analyze: boolean | undefined): ExplainAsk {
  return analyze === undefined ? query : { ...query, analyze }
}
