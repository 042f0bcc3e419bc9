import type { CommandContext, JsonObject, Operation, StoredRecord } from '@stateward/contract'
import { isOpenStatus } from './status.ts'

/** What the error of an execution says whose holder has not been heard of in time. */
const expiredCode = 'CLAIM_EXPIRED'

export function updateOf(type: string, id: string, changes: JsonObject): Operation {
  return { op: 'update', type, id, changes }
}

/** Fails the execution of a claim that has outlived its time, unless it has come to an end of its own. */
export function failedExecution(
  claim: StoredRecord,
  { reader, timestamp }: Pick<CommandContext, 'reader' | 'timestamp'>,
  why: string,
): readonly Operation[] {
  const execution = reader.get('execution', String(claim.execution_id))
  if (execution === undefined || !isOpenStatus(execution.status)) return []
  const isBegun = execution.status === 'running' || execution.status === 'paused'
  const end = isBegun
    ? { status: 'failed', error: { code: expiredCode, message: `claim ${claim.token} of ${claim.holder}: ${why}` } }
    : { status: 'cancelled' }
  return [updateOf('execution', execution.id, { ...end, completed_at: timestamp })]
}
