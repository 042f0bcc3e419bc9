import { expectItem } from '../check.ts'
import { readLoop } from '../measure/read-loop.ts'
import { readsOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { HotIds } from './hot-ids.ts'

const looks = 500

/** R1: records by id, some thousands of them from all over the store. */
export const getById: Workload = {
  id: 'R1',
  title: 'get by id, hot',
  unit: 'ops/s',
  stage: 'loaded',
  takes: [['get']],
  bar: { times: 2, against: ['lmdb'], of: { 'stateward-view': 5 } },
  async run(session) {
    const hot = new HotIds(session.data)
    const reads = readsOf(await session.open())
    if (session.answers) {
      for (let at = 0; at < looks; at++) {
        const item = hot.item(at)
        expectItem(`get of ${item.type} ${item.data.id}`, item, await reads.get(item.type, item.data.id))
      }
    }
    return readLoop(session.timing, (at) => reads.get(hot.type(at), hot.id(at)))
  },
}
