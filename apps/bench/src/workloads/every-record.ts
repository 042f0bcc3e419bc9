import { performance } from 'node:perf_hooks'
import { expectEqual } from '../check.ts'
import { CpuWatch } from '../measure/cpu-watch.ts'
import { StallWatch } from '../measure/stall-watch.ts'
import { turn } from '../measure/turn.ts'
import { scanOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'

/** R8: every record once, in a new process; beside it what the bytes of the same log ask for at the least. */
export const everyRecord: Workload = {
  id: 'R8',
  title: 'every record once, new process',
  unit: 'records/s',
  stage: 'start',
  takes: [['scan']],
  async run(session) {
    const { data, timing } = session
    const scan = scanOf(await session.open({ cacheBytes: 1 }))
    expectEqual('counted in a pass', await scan.known(data.size), await scan.pass())
    const stall = new StallWatch()
    await stall.start()
    const cpu = new CpuWatch()
    const from = performance.now()
    let passes = 0
    do {
      await scan.pass()
      passes++
      await turn()
    } while (performance.now() - from < timing.runMs)
    const operations = passes * data.size
    const value = operations / ((performance.now() - from) / 1000)
    return { value, operations, cpuUs: cpu.stop() / operations, ...(await stall.stop()) }
  },
}
