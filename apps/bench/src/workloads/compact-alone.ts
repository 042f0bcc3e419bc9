import { CpuWatch } from '../measure/cpu-watch.ts'
import { StallWatch } from '../measure/stall-watch.ts'
import { writesOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { OneCompaction } from './one-compaction.ts'
import { checkUpdated, Updates } from './updates.ts'

const callers = 64
const updatesPerRecord = 0.5

/** S4/alone: a compaction behind half as many updates as there are records, of which nothing but the newest is to be kept. */
export const compactAlone: Workload = {
  id: 'S4/alone',
  title: 'a compaction behind half as many updates as records, nobody beside it',
  unit: 'ms',
  stage: 'changed',
  takes: [['update', 'compact']],
  bar: { times: 1, against: ['level'] },
  bounds: [{ of: 'stall', atMost: 10 }],
  async run(session) {
    const { data } = session
    const store = await session.open({ keeps: 'newest' })
    const updates = new Updates(data, callers)
    const writes = writesOf(store)
    let left = Math.round(data.size * updatesPerRecord)
    const caller = async (number: number): Promise<void> => {
      while (left-- > 0) {
        const { index, count } = updates.next(number)
        await writes.update(data.idAt(index), data.changes(count))
      }
    }
    await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)))
    const stall = new StallWatch()
    await stall.start()
    const cpu = new CpuWatch()
    const compaction = new OneCompaction(store)
    compaction.begin()
    const value = await compaction.ended()
    const cpuUs = cpu.stop()
    const stalls = await stall.stop()
    await session.close()
    if (session.reopens) await checkUpdated(session, updates)
    return { value, operations: 1, cpuUs, ...stalls }
  },
}
