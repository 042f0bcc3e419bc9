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
import { failedExecution, updateOf } from './claim-operations.ts'
import { targetTypes } from './execution.ts'
import { heldClaims } from './held-claims.ts'
import { isHeld, readySet } from './ready-set.ts'
import { idSchema, nameSchema } from './text-schema.ts'
import { textsIn } from './texts-in.ts'

const ttlSchema = z.int().min(claimLimits.shortestTtlMs).max(claimLimits.longestTtlMs)
const terms = { holder: nameSchema, ttlMs: ttlSchema, loopType: nameSchema.default('claim') }
const claimAsk = z.strictObject({ type: z.enum(targetTypes), id: idSchema, ...terms })
const claimNextAsk = z.strictObject({ planId: idSchema.optional(), ...terms })

interface Terms {
  readonly holder: string
  readonly ttlMs: number
  readonly loopType: string
}

/** Gives a target to a holder: `CONFLICT` while another claim of it lives, `NOT_FOUND`, and what keeps it from running. */
export const claimCommand: Command = (ask, context) => {
  const { type, id, ...given } = asked(claimAsk, ask, 'claim')
  // Asked for in any case, so that it hears of this claim and of when it was made.
  const claims = context.projection(heldClaims)
  const target = context.reader.get(type, id)
  if (target === undefined) throw missing(type, id)
  const claim = context.reader.get('claim', id)
  if (claim !== undefined && claims.isLive(claim)) throw taken(claim)
  return take(context, { type, target, claim }, given)
}

/** Gives the oldest ready spec to a holder; no operation where none is ready. */
export const claimNextCommand: Command = (ask, context) => {
  const { planId, ...given } = asked(claimNextAsk, ask, 'claimNext')
  const { reader, durable } = context
  const ready = context.projection(readySet)
  const claims = context.projection(heldClaims)
  for (const id of planId === undefined ? ready.ids(durable) : ready.idsOf(planId, durable)) {
    const target = reader.get('spec', id)
    // It may have changed in what is decided and not durable yet.
    if (target?.status !== 'pending') continue
    const claim = reader.get('claim', id)
    if (!claims.isLive(claim) && couldRun(target, context)) return take(context, { type: 'spec', target, claim }, given)
  }
  return []
}

interface Taking {
  readonly type: string
  readonly target: StoredRecord
  /** The last one of this target, which lives no more. */
  readonly claim: StoredRecord | undefined
}

function take(
  context: CommandContext,
  { type, target, claim }: Taking,
  { holder, ttlMs, loopType }: Terms,
): Operation[] {
  const executionId = context.makeId()
  const held = {
    execution_id: executionId,
    holder,
    token: Number(claim?.token ?? 0) + 1,
    ttl_ms: ttlMs,
    beats: 0,
    status: 'held',
  }
  return [
    ...(claim?.status === 'held'
      ? failedExecution(claim, context, 'its time was up, and another holder has taken the target')
      : []),
    ...(target.status === 'running' ? [] : [updateOf(type, target.id, { status: 'running' })]),
    {
      op: 'create',
      type: 'execution',
      data: {
        id: executionId,
        loop_type: loopType,
        target_type: type,
        target_id: target.id,
        status: 'running',
        started_at: context.timestamp,
      },
    },
    claim === undefined
      ? { op: 'create', type: 'claim', data: { id: target.id, target_type: type, target_id: target.id, ...held } }
      : updateOf('claim', target.id, held),
  ]
}

/** Whether everything decided so far lets it run: what is ready is known of what is durable only. */
function couldRun(spec: StoredRecord, { reader }: CommandContext): boolean {
  const dependencies = reader.getMany('spec', textsIn(spec, 'dependencies'))
  return dependencies.every((one) => one?.status === 'completed') && !isHeld(reader.get('plan', String(spec.plan_id)))
}

function missing(type: string, id: string): StatewardError {
  return new StatewardError('NOT_FOUND', `expected a ${type} ${id} to claim, found none`, { details: { type, id } })
}

function taken({ id, holder, execution_id, token }: StoredRecord): StatewardError {
  return new StatewardError(
    'CONFLICT',
    `expected ${id} to be free, found it claimed by ${holder}; wait for its release or its end, or claim another`,
    { details: { id, holder, execution_id, token } },
  )
}
