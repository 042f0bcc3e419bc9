import { expectEqual } from '../check.ts'
import type { Writes } from '../contender.ts'
import { inFlight } from '../contenders/in-flight.ts'
import { DataSet } from '../data/data-set.ts'
import { directoryBytes } from '../measure/directory-bytes.ts'
import { readsOf, writesOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { loadBatchRows } from './load-batch-rows.ts'

/** Room that is kept free for a disk that is full: it is the same however many records there are. */
const apart = ['ballast']
const callers = 64

interface DiskBytes {
  readonly id: string
  readonly title: string
  readonly atMostBytes: number
  /** No more records than this, where writing takes long. */
  readonly mostRecords?: number
  readonly write: (writes: Writes, data: DataSet) => Promise<unknown>
}

/** S3: what the directory of a store takes for each record, after it was written and closed; all caches and indexes are in it. */
function diskBytes({ id, title, atMostBytes, mostRecords, write }: DiskBytes): Workload {
  return {
    id,
    title,
    unit: 'bytes a record',
    stage: 'empty',
    takes: [['load', 'create', 'reopen']],
    async run(session) {
      const { dir } = session
      const data = new DataSet(Math.min(session.data.size, mostRecords ?? session.data.size), session.data.seed)
      await write(writesOf(await session.open()), data)
      await session.close()
      const value = (await directoryBytes(dir, apart)) / data.size
      if (session.answers) expectEqual('records after reopening', data.size, await readsOf(await session.open()).size())
      await session.close()
      const what = `bytes a record through ${atMostBytes}`
      return { value, operations: data.size, shares: [{ what, ratio: value / atMostBytes, bar: { atMost: 1 } }] }
    },
  }
}

export const diskBytesOfCreates: Workload = diskBytes({
  id: 'S3/single',
  title: 'disk, records created one by one',
  atMostBytes: 540,
  mostRecords: 20_000,
  // Batches hold one type each, so that what is referred to is there.
  write: async (writes, data) => {
    for (const batch of data.batches(loadBatchRows))
      await inFlight(batch, callers, async (item) => {
        await writes.create(item)
      })
  },
})

export const diskBytesOfBulk: Workload = diskBytes({
  id: 'S3/bulk',
  title: 'disk, records loaded in bulk',
  atMostBytes: 450,
  write: (writes, data) => writes.load(data.batches(loadBatchRows)),
})
