import { hash } from '../data/hash.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import { readsOf, writesOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { HotIds } from './hot-ids.ts'
import { checkUpdated, Updates } from './updates.ts'

const callers = 64
const updateEvery = 10

/** R7: 64 callers, nine reads by id for each durable update; the quantiles are those of the reads. */
export const mixed: Workload = {
  id: 'R7',
  title: `90 % get, 10 % durable update, ${callers} callers (quantiles: get)`,
  unit: 'ops/s',
  stage: 'changed',
  takes: [['get', 'update']],
  bar: { times: 3 },
  bounds: [{ of: 'p99', atMost: 0.4 }],
  async run(session) {
    const { data, timing } = session
    const updates = new Updates(data, callers)
    const hot = new HotIds(data)
    const store = await session.open()
    const reads = readsOf(store)
    const writes = writesOf(store)
    let at = 0
    let isRead = true
    const measured = await closedLoop({
      callers,
      timing,
      operation: (caller) => {
        isRead = hash(data.seed, ++at, 9) % updateEvery !== 0
        if (isRead) return reads.get(hot.type(at), hot.id(at))
        const { index, count } = updates.next(caller)
        return writes.update(data.idAt(index), data.changes(count))
      },
      isTimed: () => isRead,
    })
    await session.close()
    if (session.reopens) await checkUpdated(session, updates)
    return measured
  },
}
