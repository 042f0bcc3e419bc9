import type { Commit, LiveUpdate, Query, QueryAnswer } from '@stateward/contract'
import { checkQuery, refuse } from './plain-door.ts'

/** A live query: asks again after every commit, and tells the difference as everything leaving and everything entering. */
export function plainLive(
  query: Query,
  ask: () => QueryAnswer,
  groups: AsyncIterable<readonly Commit[]>,
): AsyncIterable<LiveUpdate> {
  checkQuery(query)
  if (
    query.cursor !== undefined ||
    query.snapshot !== undefined ||
    query.asOf !== undefined ||
    query.include !== undefined
  )
    refuse('INVALID', 'live')
  return updates(ask, groups)
}

async function* updates(ask: () => QueryAnswer, groups: AsyncIterable<readonly Commit[]>): AsyncGenerator<LiveUpdate> {
  let { rows, seq } = ask()
  yield { kind: 'rows', seq, rows }
  for await (const _ of groups) {
    const next = ask()
    if (JSON.stringify(next.rows) === JSON.stringify(rows)) continue
    const leaving = rows.map(({ id }) => ({ op: 'leave', at: 0, id }) as const)
    const entering = next.rows.map((record, at) => ({ op: 'enter', at, record }) as const)
    rows = next.rows
    seq = next.seq
    yield { kind: 'changes', seq, changes: [...leaving, ...entering] }
  }
}
