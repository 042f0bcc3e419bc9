import type { Command, CommandContext, Operation, StoredRecord } from '@stateward/contract'
import { z } from 'zod'
import { asked } from './asked.ts'
import { failedExecution, updateOf } from './claim-operations.ts'
import { heldClaims } from './held-claims.ts'

/** Claims that one commit ends, at most: each is three changes of its line. */
const mostReaped = 500

const reapAsk = z.strictObject({ limit: z.int().min(1).max(mostReaped).default(mostReaped) })

/** Ends claims whose time is up: the execution fails, the target waits again, all of them in one commit. */
export const reapCommand: Command = (ask, context) => {
  const { limit } = asked(reapAsk, ask, 'reap')
  const { reader } = context
  const claims = context.projection(heldClaims)
  const operations: Operation[] = []
  let reaped = 0
  for (const id of claims.expired()) {
    const claim = reader.get('claim', id)
    // It may have been beaten, released or taken over in what is decided and not durable yet.
    if (claim === undefined || claims.isLive(claim) || claim.status !== 'held') continue
    operations.push(...endOf(claim, context))
    reaped += 1
    if (reaped === limit) break
  }
  return operations
}

function endOf(claim: StoredRecord, context: CommandContext): Operation[] {
  const type = String(claim.target_type)
  const target = context.reader.get(type, claim.id)
  return [
    ...failedExecution(claim, context, 'its time was up'),
    ...(target?.status === 'running' ? [updateOf(type, claim.id, { status: 'pending' })] : []),
    updateOf('claim', claim.id, { status: 'expired' }),
  ]
}
