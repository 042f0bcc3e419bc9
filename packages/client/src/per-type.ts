import type { Domain, TypeOf } from '@stateward/contract'
import { asTyped } from './typed-answers.ts'

/** One of whatever `make` makes per type of a domain, by the name of the type, frozen. */
export function perType<D extends Domain, Made extends { readonly [T in TypeOf<D>]: unknown }>(
  domain: D,
  make: (type: TypeOf<D>) => Made[TypeOf<D>],
): Made {
  const types = asTyped<TypeOf<D>[]>(Object.keys(domain.entities))
  // The keys are the domain's types, each with its own.
  return asTyped(Object.freeze(Object.fromEntries(types.map((type) => [type, make(type)]))))
}
