import { type Entity, entity, type JsonObject, type Schema, type SystemFields } from '@stateward/contract'
import { z } from 'zod'
import { completionGuard } from './completion-guard.ts'
import { objectSchema } from './object-schema.ts'
import { type WorkStatus, workStatuses, workTransitions } from './status.ts'
import { descriptionSchema, nameSchema } from './text-schema.ts'

/** What a plan holds beside its system fields. Keys that are not listed are kept. */
export interface PlanFields {
  /** 1 to 500 characters. */
  readonly name: string
  /** At most 64 KiB of UTF-8. */
  readonly description: string
  readonly status: WorkStatus
  /** At most 16 KiB as JSON. */
  readonly metadata: JsonObject
}

/** What creating a plan takes. Absent fields become `''`, `draft` and `{}`. */
export interface PlanInput {
  readonly name: string
  readonly description?: string | undefined
  readonly status?: WorkStatus | undefined
  readonly metadata?: JsonObject | undefined
}

/** A plan as it is read. */
export type Plan = PlanFields & SystemFields

const schema: Schema<PlanInput, PlanFields> = z.looseObject({
  name: nameSchema,
  description: descriptionSchema.default(''),
  status: z.enum(workStatuses).default('draft'),
  metadata: objectSchema.default({}),
})

/** A goal and the specs that lead to it. It completes only when none of its specs is open. */
export const plan: Entity<PlanInput, PlanFields, 'uuidv7', Record<never, never>> = entity({
  schema,
  fields: ['name', 'description', 'status', 'metadata'],
  indexes: [['status', 'updated_at'], 'updated_at'],
  status: { field: 'status', initial: 'draft', transitions: workTransitions },
  guards: [completionGuard],
  version: 1,
})
