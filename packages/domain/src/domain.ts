import { type Domain, defineDomain } from '@stateward/contract'
import { claim } from './claim.ts'
import { execution } from './execution.ts'
import { phase } from './phase.ts'
import { plan } from './plan.ts'
import { spec } from './spec.ts'
import { workProcedures } from './work-procedures.ts'

/** The types of the built-in domain by name: the name of the collection and the `type` in the log. */
export type WorkEntities = {
  readonly plan: typeof plan
  readonly spec: typeof spec
  readonly phase: typeof phase
  readonly execution: typeof execution
  readonly claim: typeof claim
}

/** The built-in domain. Another one takes it in by `defineDomain({ ...domain.entities, more }, domain.procedures)`. */
export const domain: Domain<WorkEntities> = defineDomain({ plan, spec, phase, execution, claim }, workProcedures)
