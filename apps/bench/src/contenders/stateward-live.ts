import type { LiveQueries } from '../contender.ts'
import type { WorkState } from './work-state.ts'

type Updates = ReturnType<ReturnType<WorkState['phase']['where']>['live']>
type Update = Updates extends AsyncIterable<infer U> ? U : never

/** Live queries as an application reads them: by what `live()` gives, which is what calling back rests on, too. */
export function statewardLive(state: WorkState): LiveQueries {
  return {
    async subscribe({ where, newest }, onDifference) {
      const ending = new AbortController()
      const all = state.phase.where(where)
      const query = newest === undefined ? all : all.orderBy('updated_at', 'desc').limit(newest)
      const updates = query.live({ signal: ending.signal })[Symbol.asyncIterator]()
      // The first is the whole result.
      await updates.next()
      void read(updates, ending.signal, onDifference)
      return () => ending.abort()
    },
  }
}

async function read(
  updates: AsyncIterator<Update>,
  signal: AbortSignal,
  onDifference: (records: number) => void,
): Promise<void> {
  try {
    for (let next = await updates.next(); next.done !== true; next = await updates.next())
      onDifference(recordsIn(next.value))
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function recordsIn(update: Update): number {
  if (update.kind === 'rows') throw new Error('a live query was told its whole result again: its reader was too slow')
  let records = 0
  for (const { op } of update.changes) if (op !== 'leave') records += 1
  return records
}
