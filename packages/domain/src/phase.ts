import { type Entity, entity, type Schema, type SystemFields } from '@stateward/contract'
import { z } from 'zod'
import { countSchema } from './number-schema.ts'
import { type WorkStatus, workStatuses, workTransitions } from './status.ts'
import { descriptionSchema, idSchema, nameSchema } from './text-schema.ts'

/** What a phase holds beside its system fields. Keys that are not listed are kept. */
export interface PhaseFields {
  readonly spec_id: string
  /** 1 to 500 characters. */
  readonly name: string
  /** At most 64 KiB of UTF-8. */
  readonly description: string
  /** Its place among the phases of its spec, an integer ≥ 0; two phases may share one. */
  readonly order: number
  readonly status: WorkStatus
}

/** What creating a phase takes. Absent fields become `''`, `0` and `draft`. */
export interface PhaseInput {
  readonly spec_id: string
  readonly name: string
  readonly description?: string | undefined
  readonly order?: number | undefined
  readonly status?: WorkStatus | undefined
}

/** A phase as it is read. */
export type Phase = PhaseFields & SystemFields

const schema: Schema<PhaseInput, PhaseFields> = z.looseObject({
  spec_id: idSchema,
  name: nameSchema,
  description: descriptionSchema.default(''),
  order: countSchema.default(0),
  status: z.enum(workStatuses).default('draft'),
})

/** A step of a spec. */
export const phase: Entity<PhaseInput, PhaseFields, 'uuidv7', { readonly spec_id: 'spec' }> = entity({
  schema,
  fields: ['spec_id', 'name', 'description', 'order', 'status'],
  indexes: [['status', 'updated_at'], ['spec_id', 'order'], 'updated_at'],
  refs: { spec_id: 'spec' },
  status: { field: 'status', initial: 'draft', transitions: workTransitions },
  version: 1,
})
