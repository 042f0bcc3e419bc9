import { expectEqual } from '../check.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import { readLoop } from '../measure/read-loop.ts'
import { readsOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'

/** R6: how many phases there are of each status. */
export const countsByStatus: Workload = {
  id: 'R6',
  title: 'counts by status',
  unit: 'ops/s',
  stage: 'loaded',
  takes: [['query']],
  bar: { times: 1000, against: ['sqlite'] },
  async run(session) {
    const reads = readsOf(await session.open())
    if (session.answers) {
      expectEqual('counts by status', new KnownAnswers(session.data).counts(), { ...(await reads.counts()) })
    }
    return readLoop(session.timing, () => reads.counts())
  },
}
