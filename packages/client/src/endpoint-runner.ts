import type { AskOptions, Endpoint, ExplainAsk, Protocol, Query, Watching } from '@stateward/contract'
import type { QueryRunner } from '@stateward/query'

type Answer<K extends keyof Protocol> = Promise<Protocol[K]['answer']>

/** Lets queries be answered by an endpoint; its promises are handed on as they are. */
export function endpointRunner(endpoint: Endpoint): QueryRunner {
  return new EndpointRunner(endpoint)
}

/** Not an object of functions: each transaction makes one for each type. */
class EndpointRunner implements QueryRunner {
  readonly #endpoint: Endpoint

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint
  }

  query(query: Query, options?: AskOptions): Answer<'query'> {
    return this.#endpoint.ask('query', query, options)
  }

  count(query: Query, options?: AskOptions): Answer<'count'> {
    return this.#endpoint.ask('count', query, options)
  }

  groupBy(query: Query, field: string, options?: AskOptions): Answer<'groupBy'> {
    return this.#endpoint.ask('groupBy', { query, field }, options)
  }

  aggregate(ask: Protocol['aggregate']['ask'], options?: AskOptions): Answer<'aggregate'> {
    return this.#endpoint.ask('aggregate', ask, options)
  }

  explain(query: ExplainAsk, options?: AskOptions): Answer<'explain'> {
    return this.#endpoint.ask('explain', query, options)
  }

  live(query: Query, signal: AbortSignal): AsyncIterable<Watching['live']['item']> {
    return this.#endpoint.watch('live', query, signal)
  }

  liveRelated(query: Query, signal: AbortSignal): AsyncIterable<Watching['liveRelated']['item']> {
    return this.#endpoint.watch('liveRelated', query, signal)
  }

  liveAggregate(
    ask: Protocol['aggregate']['ask'],
    signal: AbortSignal,
  ): AsyncIterable<Watching['liveAggregate']['item']> {
    return this.#endpoint.watch('liveAggregate', ask, signal)
  }
}
