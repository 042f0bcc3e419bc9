import { expectEqual, expectStored } from '../check.ts'
import type { DataSet } from '../data/data-set.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import { readsOf } from '../part-of.ts'
import type { Session } from '../session.ts'
import type { Bar, Bound, Workload } from '../workload.ts'
import { firstQuestion, timeToAnswer } from './time-to-answer.ts'

/** Callers of the process that is killed. */
export const killedCallers = 64
const looks = 200

export interface ReopenKilled {
  readonly id: string
  readonly title: string
  /** Whether what only makes opening faster is still there. */
  readonly hasCache: boolean
  readonly bar?: Bar
  readonly bounds?: readonly Bound[]
}

/**
 * A process has stored the records, closed and opened again, and was killed while 64 callers created more. A new process
 * opens the store and asks for the newest 20 of a status. Everything whose acknowledgement was heard is looked up afterwards.
 */
export function reopenKilled({ id, title, hasCache, bar, bounds }: ReopenKilled): Workload {
  return {
    id,
    title,
    unit: 'ms',
    stage: 'killed',
    takes: [['killed']],
    ...(bar !== undefined && { bar }),
    ...(bounds !== undefined && { bounds }),
    async run(session) {
      if (!hasCache) await session.removeCache()
      const { value, ids } = await timeToAnswer(session)
      const survivors = await survivorsOf(session)
      expectEqual('newest after the kill', newestOf(session.data, survivors), ids)
      return { value, operations: 1, remark: toldOf(session, survivors.length) }
    },
  }
}

/**
 * The numbers of the new items that are there, ascending. Rejects when one is missing that was acknowledged, or anything is
 * not what was stored.
 */
async function survivorsOf(session: Session): Promise<readonly number[]> {
  const { data, acknowledged } = session
  const reads = readsOf(await session.open())
  const expected = (await reads.size()) - data.size
  const survivors: number[] = []
  // Numbers are given out in order, and no more are under way than there are callers.
  for (let count = 0; count < expected + killedCallers; count++) {
    if ((await reads.get('phase', data.newItem(count).data.id)) !== undefined) survivors.push(count)
  }
  const there = new Set(survivors)
  const lost = acknowledged.filter((count) => !there.has(count))
  expectEqual('acknowledged and lost', [], lost)
  expectEqual('records beyond those that were loaded', expected, survivors.length)
  await expectStored(
    'created before the kill',
    survivors.map((count) => data.newItem(count)),
    reads,
  )
  const every = Math.ceil(data.size / looks)
  await expectStored(
    'loaded before the kill',
    Array.from({ length: Math.floor(data.size / every) }, (_, at) => data.itemAt(at * every)),
    reads,
  )
  return survivors
}

/** The newest of the survivors, and as many of the loaded ones as are wanted then: every new item is younger than those. */
function newestOf(data: DataSet, survivors: readonly number[]): readonly string[] {
  const { status, rows } = firstQuestion
  const found = survivors.map((count) => data.newItem(count).data).filter((item) => item.status === status)
  const byTime = found.toSorted((a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at) || (a.id < b.id ? -1 : 1))
  return [...byTime.map(({ id }) => id), ...new KnownAnswers(data).newest(status, rows)].slice(0, rows)
}

function toldOf({ acknowledged }: Session, survivors: number): string {
  return `${acknowledged.length} acknowledged before the kill, all found, and ${survivors - acknowledged.length} more`
}
