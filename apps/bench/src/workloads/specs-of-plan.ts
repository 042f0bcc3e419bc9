import { expectEqual, idsOf } from '../check.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import { readLoop } from '../measure/read-loop.ts'
import { readsOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'

const looks = 10

/** R3: the specs of a plan, 20 of them, by id. */
export const specsOfPlan: Workload = {
  id: 'R3',
  title: 'specs of a plan, 20 rows',
  unit: 'ops/s',
  stage: 'loaded',
  takes: [['query']],
  bar: { times: 3, against: ['loki'] },
  async run(session) {
    const { data } = session
    const plans = Array.from(data.indicesOf('plan').subarray(0, 500))
    const ids = plans.map((index) => data.idAt(index))
    const reads = readsOf(await session.open())
    if (session.answers) {
      const known = new KnownAnswers(data)
      for (const plan of plans.slice(-looks)) {
        const found = await reads.specsOf(data.idAt(plan))
        expectEqual(`specs of plan ${data.idAt(plan)}`, known.specsOf(plan), idsOf(found))
      }
    }
    return readLoop(session.timing, (at) => reads.specsOf(ids[at % ids.length] ?? ''))
  },
}
