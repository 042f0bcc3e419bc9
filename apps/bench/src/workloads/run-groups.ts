import { performance } from 'node:perf_hooks'
import type { Store } from '../contender.ts'
import { CpuWatch } from '../measure/cpu-watch.ts'
import { type Measured, measuredOf } from '../measure/measured.ts'
import { Samples } from '../measure/samples.ts'
import { StallWatch } from '../measure/stall-watch.ts'
import { turn } from '../measure/turn.ts'
import { groupsOf } from '../part-of.ts'
import type { Session } from '../session.ts'

/** The limit of the disk: groups of so many commits, one after the other, counted as commits. */
export async function runGroups(session: Session, store: Store, commits: number): Promise<Measured> {
  const { warmMs, runMs } = session.timing
  const groups = groupsOf(store)
  const samples = new Samples()
  const stall = new StallWatch()
  const seen = store.watch?.()
  await repeat(warmMs, async () => groups.write(commits))
  await stall.start()
  const cpu = new CpuWatch()
  const from = performance.now()
  await repeat(runMs, async () => {
    const before = performance.now()
    await groups.write(commits)
    samples.add(performance.now() - before)
  })
  const seconds = (performance.now() - from) / 1000
  const operations = samples.count * commits
  const cpuUs = cpu.stop()
  const value = operations / seconds
  const measured = measuredOf(samples, { value, operations, stalls: await stall.stop(), cpuUs })
  const remark = seen?.()
  return { ...measured, ...(remark !== undefined && { remark }) }
}

async function repeat(ms: number, act: () => Promise<unknown>): Promise<void> {
  const to = performance.now() + ms
  do {
    await act()
    await turn()
  } while (performance.now() < to)
}
