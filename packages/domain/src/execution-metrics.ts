import type { JsonObject } from '@stateward/contract'
import { type ZodType, z } from 'zod'
import { amountSchema, countSchema } from './number-schema.ts'
import { objectSchema } from './object-schema.ts'

/** What an execution used up. Given whole or not at all: no part of it has a default of its own. */
export interface ExecutionMetrics {
  readonly total_tokens: {
    readonly prompt_tokens: number
    readonly completion_tokens: number
    /** In the currency of whoever keeps the account. */
    readonly total_cost?: number | undefined
  }
  /** Calls by the name of the tool. */
  readonly tool_invocations: Readonly<Record<string, number>>
  /** One number an iteration, milliseconds, in order. */
  readonly iteration_durations_ms: readonly number[]
  readonly retry_count: number
  /** At most 16 KiB as JSON. */
  readonly resource_usage: JsonObject
}

/** The metrics of an execution that has not begun. */
export const zeroMetrics: ExecutionMetrics = {
  total_tokens: { prompt_tokens: 0, completion_tokens: 0 },
  tool_invocations: {},
  iteration_durations_ms: [],
  retry_count: 0,
  resource_usage: {},
}

/** Every part is there, every number is at least 0; keys that are not listed are kept. */
export const metricsSchema: ZodType<ExecutionMetrics, ExecutionMetrics> = z.looseObject({
  total_tokens: z.looseObject({
    prompt_tokens: countSchema,
    completion_tokens: countSchema,
    total_cost: amountSchema.optional(),
  }),
  tool_invocations: z.record(z.string(), countSchema),
  iteration_durations_ms: z.array(amountSchema),
  retry_count: countSchema,
  resource_usage: objectSchema,
})
