import type { Domain, Endpoint, TypeOf } from '@stateward/contract'
import type { ClientOptions } from './client-options.ts'
import { Collection } from './collection.ts'

/** One collection per type of a domain, named as the type. */
export type Collections<D extends Domain> = { readonly [T in TypeOf<D>]: Collection<D, T> }

/**
 * Typed collections over any endpoint: `collections(endpoint, domain).plan.get(id)`. Asks nothing by itself. The types
 * of records come from the domain; its rules are kept by the endpoint, not here.
 */
export function collections<D extends Domain>(
  endpoint: Endpoint,
  domain: D,
  options: ClientOptions = {},
): Collections<D> {
  const types = Object.keys(domain.entities) as TypeOf<D>[]
  const entries = types.map((type) => [type, new Collection<D, typeof type>(endpoint, type, options)])
  // The keys are the domain's types, each with its own collection.
  return Object.freeze(Object.fromEntries(entries)) as Collections<D>
}
