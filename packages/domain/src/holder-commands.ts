import {
  type Command,
  type CommandContext,
  type Operation,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { z } from 'zod'
import { asked } from './asked.ts'
import { claimLimits } from './claim.ts'
import { updateOf } from './claim-operations.ts'
import { isOpenStatus } from './status.ts'
import { descriptionSchema, idSchema } from './text-schema.ts'

/** What a holder shows to be let through. */
const fence = { id: idSchema, token: z.int().min(1) }

const heartbeatAsk = z.strictObject({
  ...fence,
  ttlMs: z.int().min(claimLimits.shortestTtlMs).max(claimLimits.longestTtlMs).optional(),
})

const releaseAsk = z.strictObject({
  ...fence,
  outcome: z.enum(['completed', 'failed', 'returned']),
  error: z.strictObject({ code: idSchema, message: descriptionSchema }).optional(),
  cascade: z.boolean().default(false),
})

const fencedAsk = z.strictObject({ ...fence, operations: z.array(z.custom<Operation>()) })

/** The claim begins its time anew. */
export const heartbeatCommand: Command = (ask, context) => {
  const { id, token, ttlMs } = asked(heartbeatAsk, ask, 'heartbeat')
  const claim = heldBy(context, id, token)
  return [updateOf('claim', id, { beats: Number(claim.beats) + 1, ...(ttlMs === undefined ? {} : { ttl_ms: ttlMs }) })]
}

/** What the target and the execution become of each outcome. */
const outcomes = {
  completed: { target: 'completed', execution: 'completed' },
  failed: { target: 'failed', execution: 'failed' },
  returned: { target: 'pending', execution: 'cancelled' },
} as const

/** Ends the claim, its execution, and with them the work at the target, if that is still running. */
export const releaseCommand: Command = (ask, context) => {
  const { id, token, outcome, error, cascade } = asked(releaseAsk, ask, 'release')
  const claim = heldBy(context, id, token)
  const { reader, timestamp } = context
  const become = outcomes[outcome]
  const type = String(claim.target_type)
  const target = reader.get(type, id)
  const execution = reader.get('execution', String(claim.execution_id))
  const operations: Operation[] = []
  if (execution !== undefined && isOpenStatus(execution.status)) {
    const changes = { status: become.execution, completed_at: timestamp, ...(error === undefined ? {} : { error }) }
    operations.push({ op: 'update', type: 'execution', id: execution.id, changes, cascade })
  }
  if (target?.status === 'running')
    operations.push({ op: 'update', type, id, changes: { status: become.target }, cascade })
  return [...operations, updateOf('claim', id, { status: 'released' })]
}

/** The operations of a holder, made only while the claim is still that holder's. */
export const fencedCommand: Command = (ask, context) => {
  const { id, token, operations } = asked(fencedAsk, ask, 'fenced')
  heldBy(context, id, token)
  return operations
}

/**
 * The claim that this token stands for. Whether its time is up does not matter as long as nobody has acted on it: it is
 * the token that keeps two holders apart, not the clock.
 */
function heldBy({ reader }: CommandContext, id: string, token: number): StoredRecord {
  const claim = reader.get('claim', id)
  if (claim?.status === 'held' && claim.token === token) return claim
  const found = claim === undefined ? 'no claim' : `token ${claim.token} of ${claim.holder}, ${claim.status}`
  throw new StatewardError(
    'FENCED',
    `expected token ${token} to hold ${id}, found ${found}; give up this work, somebody else may be at it`,
    { details: { id, token, currentToken: claim?.token, holder: claim?.holder, status: claim?.status } },
  )
}
