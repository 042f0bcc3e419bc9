import type { WorkStatus } from 'stateward'
import { expectEqual, expectItem, idsOf } from '../check.ts'
import type { Reads } from '../contender.ts'
import { hash } from '../data/hash.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import { readLoop } from '../measure/read-loop.ts'
import { readsOf } from '../part-of.ts'
import type { Session } from '../session.ts'
import type { Workload } from '../workload.ts'

const looks = 200
const statuses: readonly WorkStatus[] = ['running', 'pending', 'completed', 'failed', 'blocked']
const rows = 20
/** So much of what was read must have come from the log. */
const leastCold = 0.99

/**
 * R1/cold: records by id from all over the store, of which none is at hand, where a contender can be told so: each is read
 * and parsed. Peers that keep everything in memory, and the system's cache of pages, are as warm as before.
 */
export const getByIdCold: Workload = {
  id: 'R1/cold',
  title: 'get by id, body not cached',
  unit: 'ops/s',
  stage: 'start',
  takes: [['start', 'get']],
  run: (session) =>
    cold(session, async (reads) => {
      const { data } = session
      const anyOf = (at: number): number => hash(data.seed, at, 25) % data.size
      const get = (at: number) => reads.get(data.typeAt(anyOf(at)), data.idAt(anyOf(at)))
      for (let at = 0; at < looks; at++) expectItem(`get ${at}`, data.itemAt(anyOf(at)), await get(at))
      return get
    }),
}

/** R2/cold: the newest 20 of a status, of which only the index is in memory. */
export const newestByStatusCold: Workload = {
  id: 'R2/cold',
  title: `status = x, newest ${rows}, bodies not cached`,
  unit: 'ops/s',
  stage: 'start',
  takes: [['start', 'query']],
  run: (session) =>
    cold(session, async (reads) => {
      const known = new KnownAnswers(session.data)
      for (const status of statuses)
        expectEqual(`newest ${status}`, known.newest(status, rows), idsOf(await reads.newest(status, rows)))
      return (at) => reads.newest(statuses[at % statuses.length] ?? 'running', rows)
    }),
}

/** Opens without a cache, and rejects where what was asked for was at hand all the same. */
async function cold(
  session: Session,
  questionOf: (reads: Reads) => Promise<(at: number) => unknown>,
): ReturnType<Workload['run']> {
  const store = await session.open({ cacheBytes: 1 })
  const ask = await questionOf(readsOf(store))
  const before = await store.lookups?.()
  const measured = await readLoop(session.timing, ask)
  const after = await store.lookups?.()
  if (before === undefined || after === undefined) return measured
  const fetched = after.fetched - before.fetched
  const share = fetched / (fetched + after.cached - before.cached)
  if (!(share >= leastCold)) throw new Error(`expected bodies that are not cached, found ${share} of them read`)
  return { ...measured, remark: `${(share * 100).toFixed(1)} % of ${fetched} bodies were read from the log` }
}
