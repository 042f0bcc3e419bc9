import type { Endpoint } from '@stateward/contract'
import type { QueryRunner } from '@stateward/query'

/** Lets queries be answered by an endpoint; its promises are handed on as they are. */
export function endpointRunner(endpoint: Endpoint): QueryRunner {
  return {
    query: (query, options) => endpoint.ask('query', query, options),
    count: (query, options) => endpoint.ask('count', query, options),
    groupBy: (query, field, options) => endpoint.ask('groupBy', { query, field }, options),
    aggregate: (ask, options) => endpoint.ask('aggregate', ask, options),
    live: (query, signal) => endpoint.watch('live', query, signal),
    explain: (query, options) => endpoint.ask('explain', query, options),
  }
}
