import { performance } from 'node:perf_hooks'
import { openState } from 'stateward'
import { StatewardWrites } from '../contenders/stateward-writes.ts'
import type { WorkState } from '../contenders/work-state.ts'
import { DataSet } from '../data/data-set.ts'
import { loadBatchRows } from '../workloads/load-batch-rows.ts'
import { runMixed } from './mixed-operations.ts'
import { PeakWatch } from './peak-watch.ts'

export interface MemoryJob {
  /** An empty directory. */
  readonly dir: string
  readonly records: number
  /** Mixed operations before the reopening, and as many behind it. */
  readonly operations: number
  readonly cacheBytes: number
  /** Bound of cache and indexes together; absent: none. */
  readonly maxBytes?: number
  readonly seed: number
}

export interface MemoryPhase {
  readonly name: string
  readonly seconds: number
  readonly cpuSeconds: number
  /** The most anonymous memory of the process while it lasted. */
  readonly peakBytes: number
  readonly heapBytes: number
  readonly buffersBytes: number
}

export interface MemoryFigures {
  readonly records: number
  readonly phases: readonly MemoryPhase[]
  readonly memory: Pick<Awaited<ReturnType<WorkState['stats']>>, 'cache' | 'indexes' | 'memoryParts'>
}

/** A question whose index may have been dropped. */
async function newest(state: WorkState): Promise<void> {
  const found = await state.phase.where({ status: 'running' }).orderBy('updated_at', 'desc').limit(20).all()
  if (found.length !== 20) throw new Error(`expected 20 phases, found ${found.length}`)
}

/** Loads a store, uses it, opens it again and uses it again, with an eye on the memory of this process. */
export async function measureMemory(job: MemoryJob): Promise<MemoryFigures> {
  const { dir, records, operations, cacheBytes, maxBytes, seed } = job
  const memory = { cacheBytes, ...(maxBytes === undefined ? {} : { maxBytes }) }
  const data = new DataSet(records, seed)
  const watch = new PeakWatch()
  const phases: MemoryPhase[] = []
  const phase = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    watch.next()
    const began = performance.now()
    const cpu = process.cpuUsage()
    const found = await run()
    const { user, system } = process.cpuUsage(cpu)
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    phases.push({
      ...{ name, seconds: (performance.now() - began) / 1_000, cpuSeconds: (user + system) / 1e6 },
      ...{ peakBytes: watch.next(), heapBytes: heapUsed, buffersBytes: arrayBuffers },
    })
    return found
  }
  const open = (): Promise<WorkState> => openState(dir, { memory })
  let state = await phase('open an empty store', open)
  await phase('load', () => new StatewardWrites(state).load(data.batches(loadBatchRows)))
  const mixed = (from: number) => (): Promise<void> =>
    runMixed(state, data, { operations, from, statuses: maxBytes === undefined, look: () => watch.look() })
  await phase('mixed operations', mixed(0))
  await phase('close', () => state.close())
  state = await phase('open again, with a first answer', async () => {
    const again = await open()
    await again.phase.get(data.idAt(data.indicesOf('phase')[0] ?? 0))
    return again
  })
  await phase('mixed operations again', mixed(operations))
  if (maxBytes !== undefined) await phase('the newest 20 of a status', () => newest(state))
  const stats = await state.stats()
  await phase('close again', () => state.close())
  watch.stop()
  return {
    records: stats.records,
    phases,
    memory: { cache: stats.cache, indexes: stats.indexes, memoryParts: stats.memoryParts },
  }
}
