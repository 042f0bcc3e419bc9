import type { Workload } from '../workload.ts'
import { bulkLoad } from './bulk-load.ts'
import { claimAndComplete } from './claim-and-complete.ts'
import { getByIdCold, newestByStatusCold } from './cold-reads.ts'
import { compactAlone } from './compact-alone.ts'
import { compactUnderLoad } from './compact-under-load.ts'
import { countsByStatus } from './counts-by-status.ts'
import { diskBytesOfBulk, diskBytesOfCreates } from './disk-bytes.ts'
import { durableCreate } from './durable-create.ts'
import { durableTransaction } from './durable-transaction.ts'
import { durableUpdate } from './durable-update.ts'
import { everyRecord } from './every-record.ts'
import { firstAnswer, openingBar } from './first-answer.ts'
import { getById } from './get-by-id.ts'
import { highestMemory } from './highest-memory.ts'
import { liveQueries } from './live-queries.ts'
import { memoryAfterReopening } from './memory-after-reopening.ts'
import { mixed } from './mixed.ts'
import { newestByStatus } from './newest-by-status.ts'
import { oneMore } from './one-more.ts'
import { pastAtLength } from './past-at-length.ts'
import { queriesBesideWrites } from './queries-beside-writes.ts'
import { reopenKilled } from './reopen-killed.ts'
import { specsOfPlan } from './specs-of-plan.ts'
import { timeRange } from './time-range.ts'
import { transactionOverhead } from './transaction-overhead.ts'
import { unindexedFilter } from './unindexed-filter.ts'

/** Every workload, in the order of the report. */
export const workloads: readonly Workload[] = [
  durableCreate({ id: 'W1', callers: 1, bar: { times: 1.2 } }),
  durableCreate({ id: 'W2/64', callers: 64, bar: { times: 4 } }),
  durableCreate({ id: 'W2/256', callers: 256, bar: { times: 4 } }),
  bulkLoad,
  durableUpdate,
  durableTransaction({ id: 'W5/reads', title: 'transaction that reads', reads: true }),
  durableTransaction({ id: 'W5/list', title: 'the same as a list that is sent at once', reads: false }),
  transactionOverhead,
  getById,
  newestByStatus,
  specsOfPlan,
  timeRange,
  unindexedFilter,
  countsByStatus,
  mixed,
  queriesBesideWrites,
  claimAndComplete,
  liveQueries,
  compactAlone,
  compactUnderLoad,
  pastAtLength,
  oneMore,
  diskBytesOfCreates,
  diskBytesOfBulk,
  getByIdCold,
  newestByStatusCold,
  everyRecord,
  firstAnswer,
  memoryAfterReopening,
  highestMemory,
  reopenKilled({
    ...{ id: 'K1/cache', title: 'reopening after kill -9, to first answer', hasCache: true },
    ...{ bar: openingBar, bounds: [{ of: 'value', atMost: 1_000 }] },
  }),
  reopenKilled({ id: 'K1/log', title: 'the same, with its cache removed', hasCache: false }),
]

/** The workloads that one of these names: an id, or what comes before its slash. Throws for a name that fits none. */
export function workloadsNamed(names: readonly string[]): readonly Workload[] {
  const stranger = names.find((name) => !workloads.some((workload) => isNamed(workload, name)))
  if (stranger === undefined) return workloads.filter((one) => names.some((name) => isNamed(one, name)))
  throw new Error(`no workload is called ${stranger}: there are ${workloads.map(({ id }) => id).join(', ')}`)
}

/** The workload with exactly this id. Throws where there is none. */
export function workloadWithId(id: string): Workload {
  const found = workloads.find((workload) => workload.id === id)
  if (found !== undefined) return found
  throw new Error(`no workload has the id ${id}: there are ${workloads.map((one) => one.id).join(', ')}`)
}

function isNamed({ id }: Workload, name: string): boolean {
  return id === name || id.startsWith(`${name}/`)
}
