import { performance } from 'node:perf_hooks'
import { expectEqual } from '../check.ts'
import type { Item } from '../data/item.ts'
import { CpuWatch } from '../measure/cpu-watch.ts'
import { StallWatch } from '../measure/stall-watch.ts'
import { readsOf, writesOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { loadBatchRows } from './load-batch-rows.ts'

// More would not fit into memory beside the store; then their making is part of the time, for everybody.
const madeAhead = 200_000

/** W3: all records, indexed, as safe at the end as single writes would be. */
export const bulkLoad: Workload = {
  id: 'W3',
  title: 'bulk load, indexed',
  unit: 'records/s',
  stage: 'load',
  takes: [['load', 'reopen']],
  bar: { times: 2, against: ['sqlite', 'lmdb'] },
  async run(session) {
    const { data } = session
    const store = await session.open()
    let batches: Iterable<readonly Item[]> = data.batches(loadBatchRows)
    if (data.size <= madeAhead) batches = [...batches]
    const stall = new StallWatch()
    await stall.start()
    const cpu = new CpuWatch()
    const before = performance.now()
    await writesOf(store).load(batches)
    const seconds = (performance.now() - before) / 1000
    const cpuUs = cpu.stop() / data.size
    const stalls = await stall.stop()
    if (session.answers) expectEqual('records after loading', data.size, await readsOf(store).size())
    return { value: data.size / seconds, operations: data.size, cpuUs, ...stalls }
  },
}
