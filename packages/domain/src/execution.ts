import { type Entity, entity, type Schema, type SystemFields } from '@stateward/contract'
import { z } from 'zod'
import { completionGuard } from './completion-guard.ts'
import { type ExecutionMetrics, metricsSchema, zeroMetrics } from './execution-metrics.ts'
import { countSchema } from './number-schema.ts'
import { parentRule } from './parent-rule.ts'
import { type ExecutionStatus, executionStatuses, executionTransitions } from './status.ts'
import { dateTimeSchema, descriptionSchema, idSchema, nameSchema } from './text-schema.ts'

/** What an execution may be of. */
export const targetTypes = ['plan', 'spec', 'phase'] as const

export type TargetType = (typeof targetTypes)[number]

/** Why an execution failed. */
export interface ExecutionError {
  /** A stable word for programs; not empty. */
  readonly code: string
  /** At most 64 KiB of UTF-8. */
  readonly message: string
}

/** What an execution holds beside its system fields. Keys that are not listed are kept. */
export interface ExecutionFields {
  /** 1 to 500 characters. */
  readonly loop_type: string
  readonly target_type: TargetType
  readonly target_id: string
  readonly parent_execution_id?: string | undefined
  readonly status: ExecutionStatus
  /** RFC 3339, kept as it was given. */
  readonly started_at?: string | undefined
  /** RFC 3339, kept as it was given. */
  readonly completed_at?: string | undefined
  readonly iteration_count: number
  readonly metrics: ExecutionMetrics
  readonly error?: ExecutionError | undefined
}

/**
 * What creating an execution takes. `status` becomes `created`, `iteration_count` 0 and `metrics` zeros where absent;
 * what is optional in an execution stays absent.
 */
export interface ExecutionInput {
  readonly loop_type: string
  readonly target_type: TargetType
  readonly target_id: string
  readonly parent_execution_id?: string | undefined
  readonly status?: ExecutionStatus | undefined
  readonly started_at?: string | undefined
  readonly completed_at?: string | undefined
  readonly iteration_count?: number | undefined
  readonly metrics?: ExecutionMetrics | undefined
  readonly error?: ExecutionError | undefined
}

/** An execution as it is read. */
export type Execution = ExecutionFields & SystemFields

const schema: Schema<ExecutionInput, ExecutionFields> = z.looseObject({
  loop_type: nameSchema,
  target_type: z.enum(targetTypes),
  target_id: idSchema,
  parent_execution_id: idSchema.optional(),
  status: z.enum(executionStatuses).default('created'),
  started_at: dateTimeSchema.optional(),
  completed_at: dateTimeSchema.optional(),
  iteration_count: countSchema.default(0),
  metrics: metricsSchema.default(zeroMetrics),
  error: z.looseObject({ code: idSchema, message: descriptionSchema }).optional(),
})

/** One run of a loop over a plan, a spec or a phase. It completes only when none of its child executions is open. */
export const execution: Entity<
  ExecutionInput,
  ExecutionFields,
  'uuidv7',
  { readonly target_id: TargetType; readonly parent_execution_id: 'execution' }
> = entity({
  schema,
  fields: [
    'loop_type',
    'target_type',
    'target_id',
    'parent_execution_id',
    'status',
    'started_at',
    'completed_at',
    'iteration_count',
    'metrics',
    'error',
  ],
  times: ['started_at', 'completed_at'],
  indexes: [['status', 'updated_at'], ['target_id', 'created_at'], 'updated_at'],
  refs: {
    target_id: { to: { typeField: 'target_type', types: targetTypes }, onDelete: 'restrict' },
    parent_execution_id: 'execution',
  },
  status: { field: 'status', initial: 'created', transitions: executionTransitions },
  rules: [parentRule],
  guards: [completionGuard],
  version: 1,
})
