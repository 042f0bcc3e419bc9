import { closedLoop } from '../measure/closed-loop.ts'
import { writesOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { checkUpdated, Updates } from './updates.ts'

const callers = 64

/** W4: 64 callers update random phases: a text and the time of the update, which two indexes order by. */
export const durableUpdate: Workload = {
  id: 'W4',
  title: `update a random record, ${callers} callers`,
  unit: 'ops/s',
  stage: 'changed',
  takes: [['update']],
  bar: { times: 4 },
  async run(session) {
    const { data, timing } = session
    const updates = new Updates(data, callers)
    const writes = writesOf(await session.open())
    const measured = await closedLoop({
      callers,
      timing,
      operation: (caller) => {
        const { index, count } = updates.next(caller)
        return writes.update(data.idAt(index), data.changes(count))
      },
    })
    await session.close()
    if (session.reopens) await checkUpdated(session, updates)
    return measured
  },
}
