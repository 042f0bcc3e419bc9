import { type Entity, entity, type Schema, type SystemFields } from '@stateward/contract'
import { z } from 'zod'
import { completionGuard } from './completion-guard.ts'
import { dependencyRule } from './dependency-rule.ts'
import { startGuard } from './start-guard.ts'
import { type WorkStatus, workStatuses, workTransitions } from './status.ts'
import { descriptionSchema, idSchema, nameSchema } from './text-schema.ts'

/** What a spec holds beside its system fields. Keys that are not listed are kept. */
export interface SpecFields {
  readonly plan_id: string
  /** 1 to 500 characters. */
  readonly name: string
  /** At most 64 KiB of UTF-8. */
  readonly description: string
  /** Specs of the same plan that must be completed before this one starts. One deleted since may still be named. */
  readonly dependencies: readonly string[]
  readonly acceptance_criteria: readonly string[]
  readonly status: WorkStatus
}

/** What creating a spec takes. Absent fields become `''`, `[]` and `draft`. */
export interface SpecInput {
  readonly plan_id: string
  readonly name: string
  readonly description?: string | undefined
  readonly dependencies?: readonly string[] | undefined
  readonly acceptance_criteria?: readonly string[] | undefined
  readonly status?: WorkStatus | undefined
}

/** A spec as it is read. */
export type Spec = SpecFields & SystemFields

const schema: Schema<SpecInput, SpecFields> = z.looseObject({
  plan_id: idSchema,
  name: nameSchema,
  description: descriptionSchema.default(''),
  dependencies: z.array(idSchema).default([]),
  acceptance_criteria: z.array(z.string()).default([]),
  status: z.enum(workStatuses).default('draft'),
})

/**
 * A piece of work of a plan. It starts only when its dependencies are completed, and completes only when none of its
 * phases is open.
 */
export const spec: Entity<
  SpecInput,
  SpecFields,
  'uuidv7',
  { readonly plan_id: 'plan'; readonly dependencies: 'spec' }
> = entity({
  schema,
  fields: ['plan_id', 'name', 'description', 'dependencies', 'acceptance_criteria', 'status'],
  indexes: [['status', 'updated_at'], ['plan_id', 'updated_at'], 'updated_at'],
  refs: { plan_id: 'plan', dependencies: { to: 'spec', onDelete: 'keep' } },
  status: { field: 'status', initial: 'draft', transitions: workTransitions },
  rules: [dependencyRule],
  guards: [startGuard, completionGuard],
  version: 1,
})
