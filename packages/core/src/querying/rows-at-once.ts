import type { StoredRecord } from '@stateward/contract'
import { type Plan, topK } from '@stateward/query'
import { slotsOf } from '../state/read-view.ts'
import type { Found, QueryGround } from './query-ground.ts'

/** Records that are looked at within a call at most: some hundred microseconds. */
const mostLooks = 1_000

/** Slots that are walked through within a call at most: as long. */
const mostWalked = 10_000

/**
 * The first rows of a plan, up to its limit and one more, or all, if that takes a look at few records and all of them are in memory; else
 * `undefined`, having looked at few all the same.
 */
export function rowsAtOnce(ground: QueryGround, plan: Plan): Found | undefined {
  const { view, type, live, metered } = ground
  const { access, inOrder, predicate, compare, limit = Number.POSITIVE_INFINITY } = plan
  // What is watched is watched step by step; and indexes know nothing of a state that was.
  if (!view.keepsOrder || metered !== undefined) return undefined
  if (access.kind === 'scan' && type.rows.size > mostLooks) return undefined
  if (access.kind === 'intersection' && access.walked > mostWalked) return undefined
  const { bodies } = live
  const { cached } = type
  const rows: StoredRecord[] = []
  const { seq } = view
  // What the index says matches need not be looked at to know that there is a next page.
  const enough = !inOrder ? Number.POSITIVE_INFINITY : plan.isCovered ? limit : limit + 1
  let left = mostLooks
  for (const slot of slotsOf(type, access)) {
    if (rows.length === enough) return { rows, seq, isMore: true }
    const record = left-- === 0 ? undefined : bodies.get(cached, slot)
    if (record === undefined) return undefined
    if (predicate !== undefined && !predicate(record)) continue
    rows.push(record)
    if (rows.length > limit && inOrder) return { rows, seq }
  }
  return { rows: inOrder ? rows : topK(rows, limit + 1, compare), seq }
}
