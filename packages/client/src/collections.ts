import type { Domain, Endpoint, TypeOf } from '@stateward/contract'
import type { ClientOptions } from './client-options.ts'
import { Collection } from './collection.ts'
import { perType } from './per-type.ts'

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
  return perType<D, Collections<D>>(domain, (type) => new Collection<D, typeof type>(endpoint, type, options))
}
