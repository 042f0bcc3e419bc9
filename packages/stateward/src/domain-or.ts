import type { Domain } from '@stateward/contract'
import { domain as workDomain } from '@stateward/domain'

/** Where no domain is given, D is the built-in one: nothing else can have told it. */
export function domainOr<D extends Domain>(domain: D | undefined): D {
  return domain ?? (workDomain as Domain as D)
}
