import { fieldKind } from '@stateward/contract'
import type { QueryGround } from '../querying/query-ground.ts'
import { runCount, runGroupBy, runQuery } from '../querying/run-query.ts'
import type { LiveAsk, Matching } from './live-aggregate.ts'

/**
 * Everything that a live aggregate begins with, as of the seq of the call: counted, from kept counters if that can be, where
 * nothing but numbers is asked; else every record that matches.
 */
export async function liveMatching(ground: QueryGround, { query, by, measures }: LiveAsk): Promise<Matching> {
  const { seq } = ground.view
  const isCounted = measures.every(({ kind }) => kind === 'count')
  // Of one instant that is written in several ways each record's own way has to be known.
  if (!isCounted || (by !== undefined && fieldKind(ground.entity, by) === 'time')) return runQuery(ground, query)
  // What is read in these calls is taken before they first wait.
  if (by === undefined) return { seq, groups: [{ count: await runCount(ground, query) }] }
  return { seq, groups: await runGroupBy(ground, query, by) }
}
