import type { WorkStatus } from 'stateward'
import { expectEqual, idsOf } from '../check.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import { readLoop } from '../measure/read-loop.ts'
import { readsOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'

const statuses: readonly WorkStatus[] = ['running', 'pending', 'completed', 'failed', 'blocked']
const rows = 20

/** R2: the newest 20 phases with a status. */
export const newestByStatus: Workload = {
  id: 'R2',
  title: `status = x, newest ${rows}`,
  unit: 'ops/s',
  stage: 'loaded',
  takes: [['query']],
  bar: { times: 10, against: ['sqlite', 'lmdb'] },
  async run(session) {
    const reads = readsOf(await session.open())
    if (session.answers) {
      const known = new KnownAnswers(session.data)
      for (const status of statuses) {
        expectEqual(`newest ${status}`, known.newest(status, rows), idsOf(await reads.newest(status, rows)))
      }
    }
    return readLoop(session.timing, (at) => reads.newest(statuses[at % statuses.length] ?? 'running', rows))
  },
}
