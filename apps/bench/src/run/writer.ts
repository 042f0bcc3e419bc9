import { contenderNamed } from '../contenders/registry.ts'
import { DataSet } from '../data/data-set.ts'
import { turn } from '../measure/turn.ts'
import { writesOf } from '../part-of.ts'
import { loadBatchRows } from '../workloads/load-batch-rows.ts'
import { killedCallers } from '../workloads/reopen-killed.ts'
import type { Job } from './job.ts'
import { reasonOf } from './run-job.ts'

/** The argument that makes this program one that fills a store and writes until it is killed. */
export const writerArgument = '--writer'

// A record takes some 400 bytes of a log: dozens of segments, fewer only where they hold a whole group each.
const segmentBytesARecord = 8

/** Waits for a job, and tells the process that started this one the number of each new item that is acknowledged, or a reason. */
export function beWriter(): void {
  process.once('disconnect', () => process.exit())
  process.once('message', (job: Job) => {
    writeForEver(job, (count) => process.send?.(count)).catch((error: unknown) => {
      process.send?.(reasonOf(error), () => process.disconnect())
    })
  })
}

/** Stores the records, closes, opens again, and creates new items by 64 callers without an end. */
async function writeForEver(
  { contender, size, seed, dir }: Job,
  onAcknowledged: (count: number) => void,
): Promise<unknown> {
  const open = await contenderNamed(contender).opener()
  const data = new DataSet(size, seed)
  const context = { size, seed, segmentBytes: size * segmentBytesARecord }
  const filled = await open(dir, context)
  await writesOf(filled).load(data.batches(loadBatchRows))
  await filled.close()
  const writes = writesOf(await open(dir, context))
  let given = 0
  const call = async (): Promise<never> => {
    for (;;) {
      const count = given++
      await writes.create(data.newItem(count))
      onAcknowledged(count)
      await turn()
    }
  }
  return Promise.all(Array.from({ length: killedCallers }, call))
}
