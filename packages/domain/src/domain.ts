import { type Domain, defineDomain } from '@stateward/contract'
import { execution } from './execution.ts'
import { phase } from './phase.ts'
import { plan } from './plan.ts'
import { spec } from './spec.ts'

/** The types of the built-in domain by name: the name of the collection and the `type` in the log. */
export type WorkEntities = {
  readonly plan: typeof plan
  readonly spec: typeof spec
  readonly phase: typeof phase
  readonly execution: typeof execution
}

/** The built-in domain. Another domain takes it in by `defineDomain({ ...domain.entities, more })`. */
export const domain: Domain<WorkEntities> = defineDomain({ plan, spec, phase, execution })
