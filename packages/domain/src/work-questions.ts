import type { Question, StoredRecord } from '@stateward/contract'
import { z } from 'zod'
import { asked } from './asked.ts'
import { heldClaims } from './held-claims.ts'
import { readySet } from './ready-set.ts'
import { idSchema } from './text-schema.ts'

/** Rows of one answer, at most. */
const mostRows = 1_000

const readyAsk = z.strictObject({ planId: idSchema.optional(), limit: z.int().min(1).max(mostRows).default(20) })
const unclaimedAsk = z.strictObject({ limit: z.int().min(1).max(mostRows).default(100) })

/** Ready specs that nobody holds, oldest first. */
export const readyQuestion: Question = (ask, { reader, durable, projection }) => {
  const { planId, limit } = asked(readyAsk, ask, 'ready')
  const ready = projection(readySet)
  const claims = projection(heldClaims)
  const rows: StoredRecord[] = []
  let ids: string[] = []
  const take = (): void => {
    const held = reader.getMany('claim', ids)
    const specs = reader.getMany('spec', ids)
    for (const [at, spec] of specs.entries()) {
      if (spec !== undefined && rows.length < limit && !claims.isLive(held[at])) rows.push(spec)
    }
    ids = []
  }
  for (const id of planId === undefined ? ready.ids(durable) : ready.idsOf(planId, durable)) {
    ids.push(id)
    // Together, because what has to be read from the log is read in one go.
    if (ids.length >= limit - rows.length) take()
    if (rows.length >= limit) break
  }
  take()
  return rows
}

/** Executions that run while nobody holds a live claim for them: their worker has died, or never held one. O(running executions). */
export const unclaimedQuestion: Question = (ask, { reader, projection }) => {
  const { limit } = asked(unclaimedAsk, ask, 'unclaimed')
  const claims = projection(heldClaims)
  const running = reader.referring('execution', 'status', 'running')
  const held = reader.getMany(
    'claim',
    running.map(({ target_id }) => String(target_id)),
  )
  const unclaimed = running.filter((execution, at) => {
    const claim = held[at]
    return claim?.execution_id !== execution.id || !claims.isLive(claim)
  })
  return unclaimed.slice(0, limit)
}
