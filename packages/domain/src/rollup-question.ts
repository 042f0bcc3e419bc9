import {
  instantKey,
  type JsonObject,
  type JsonValue,
  type ProcedureReader,
  type Question,
  type StoredRecord,
} from '@stateward/contract'
import { z } from 'zod'
import { asked } from './asked.ts'
import { planGraph } from './plan-graph.ts'
import { dateTimeSchema, idSchema } from './text-schema.ts'

const rollupAsk = z.strictObject({ planId: idSchema, since: dateTimeSchema.optional() })

/** What the executions of a plan, of its specs and of their phases have used up, those updated since a time. O(all of them). */
export const rollupQuestion: Question = (ask, { reader }) => {
  const { planId, since } = asked(rollupAsk, ask, 'rollup')
  const from = since === undefined ? '' : (instantKey(since) ?? '')
  const executions = executionsUnder(planId, reader).filter(({ updated_at }) => (instantKey(updated_at) ?? '') >= from)
  const total = { executions: 0, promptTokens: 0, completionTokens: 0, cost: 0, durationMs: 0, retries: 0 }
  const byStatus = new Map<string, number>()
  const failuresByCode = new Map<string, number>()
  for (const { status, metrics, error } of executions) {
    total.executions += 1
    add(byStatus, String(status))
    if (status === 'failed') add(failuresByCode, text(object(error).code) ?? 'none')
    const { total_tokens, iteration_durations_ms, retry_count } = object(metrics)
    const tokens = object(total_tokens)
    total.promptTokens += number(tokens.prompt_tokens)
    total.completionTokens += number(tokens.completion_tokens)
    total.cost += number(tokens.total_cost)
    total.retries += number(retry_count)
    if (Array.isArray(iteration_durations_ms)) for (const ms of iteration_durations_ms) total.durationMs += number(ms)
  }
  return { ...total, byStatus: Object.fromEntries(byStatus), failuresByCode: Object.fromEntries(failuresByCode) }
}

function executionsUnder(planId: string, reader: ProcedureReader): readonly StoredRecord[] {
  const specs = [...planGraph(planId, reader).specs.keys()]
  const phases = reader.referringMany('phase', 'spec_id', specs).flat()
  const targets = [planId, ...specs, ...phases.map(({ id }) => id)]
  return reader.referringMany('execution', 'target_id', targets).flat()
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function object(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
