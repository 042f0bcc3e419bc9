import type { AskOptions, ExplainAsk, Query } from '@stateward/contract'

export interface ExplainViewOptions<Field extends string = string> {
  /** Also answers the query, and tells what that took. Default false. */
  readonly analyze?: boolean
  /** The field of a `groupBy`: `degraded` and `dropped` tell of the indexes that might serve its groups. */
  readonly by?: Field
}

export interface ExplainOptions<Field extends string = string> extends AskOptions, ExplainViewOptions<Field> {}

interface ExplainWords {
  readonly analyze?: boolean | undefined
  readonly by?: string | undefined
}

/** What is asked to have a query explained. */
export function explainAsk(query: Query, { analyze, by }: ExplainWords): ExplainAsk {
  return { ...query, ...(analyze === undefined ? {} : { analyze }), ...(by === undefined ? {} : { by }) }
}
