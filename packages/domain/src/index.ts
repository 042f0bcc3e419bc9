export { type Claim, type ClaimFields, type ClaimStatus, claim, claimLimits, claimStatuses } from './claim.ts'
export { domain, type WorkEntities } from './domain.ts'
export { domainLimits } from './domain-limits.ts'
export {
  type Execution,
  type ExecutionError,
  type ExecutionFields,
  type ExecutionInput,
  execution,
  type TargetType,
  targetTypes,
} from './execution.ts'
export { type ExecutionMetrics, zeroMetrics } from './execution-metrics.ts'
export { type Phase, type PhaseFields, type PhaseInput, phase } from './phase.ts'
export { type Plan, type PlanFields, type PlanInput, plan } from './plan.ts'
export { type Spec, type SpecFields, type SpecInput, spec } from './spec.ts'
export {
  type ExecutionStatus,
  executionStatuses,
  executionTransitions,
  isOpenStatus,
  type WorkStatus,
  workStatuses,
  workTransitions,
} from './status.ts'
export { isUuidv7 } from './uuidv7.ts'
export {
  type Blocker,
  type ClaimTerms,
  type CommandOptions,
  type Fence,
  type Held,
  type ReleaseTerms,
  type Rollup,
  type Work,
  work,
} from './work.ts'
