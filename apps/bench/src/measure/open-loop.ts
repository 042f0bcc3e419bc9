import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { CpuWatch } from './cpu-watch.ts'
import { type Measured, measuredOf } from './measured.ts'
import { Samples } from './samples.ts'
import { StallWatch } from './stall-watch.ts'

// Behind a stall all that was due meanwhile would come at once: nobody has so many connections.
const mostUnderWay = 256

export interface OpenLoop {
  readonly perSecond: number
  readonly runMs: number
  /** Begins one operation that was due at this moment of `performance.now()`. */
  readonly operation: (dueMs: number) => Promise<unknown>
}

/**
 * So many operations a second, each begun when its time has come, whether those before it are answered or not; at least
 * one, and never more than 256 under way. A duration begins when the operation was due: whoever is late is late for all that wait. Between two of them the
 * process sleeps, so that its processor time is that of the operations.
 */
export async function openLoop({ perSecond, runMs, operation }: OpenLoop): Promise<Measured> {
  const samples = new Samples()
  const stall = new StallWatch()
  await stall.start()
  const cpu = new CpuWatch()
  const begun = performance.now()
  const all = Math.max(1, Math.floor((runMs * perSecond) / 1000))
  const begunAll: Promise<void>[] = []
  let underWay = 0
  const begin = async (due: number): Promise<void> => {
    underWay++
    await operation(due)
    underWay--
    samples.add(performance.now() - due)
  }
  for (let count = 0; count < all; ) {
    await delay(1)
    for (
      let due = begun + (count * 1000) / perSecond;
      count < all && underWay < mostUnderWay && due <= performance.now();
    ) {
      begunAll.push(begin(due))
      count++
      due = begun + (count * 1000) / perSecond
    }
  }
  await Promise.all(begunAll)
  const seconds = (performance.now() - begun) / 1000
  const cpuUs = cpu.stop()
  return measuredOf(samples, { value: all / seconds, operations: all, stalls: await stall.stop(), cpuUs })
}
