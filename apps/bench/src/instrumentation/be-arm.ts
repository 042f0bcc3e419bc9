import { performance } from 'node:perf_hooks'
import { traceStores } from '@stateward/otel'
import { openState } from 'stateward'
import { StatewardReads } from '../contenders/stateward-reads.ts'
import { StatewardWrites } from '../contenders/stateward-writes.ts'
import type { WorkState } from '../contenders/work-state.ts'
import { DataSet } from '../data/data-set.ts'
import { turn } from '../measure/turn.ts'
import { HotIds } from '../workloads/hot-ids.ts'
import { loadBatchRows } from '../workloads/load-batch-rows.ts'
import type { Arm, ArmFigures, ArmJob, ArmName, ArmTask } from './arm.ts'

const callers = 64

class StoreArm implements Arm {
  readonly #state: WorkState
  readonly #data: DataSet
  readonly #hot: HotIds
  #created = 0
  #read = 0

  constructor(state: WorkState, data: DataSet) {
    this.#state = state
    this.#data = data
    this.#hot = new HotIds(data)
  }

  async run({ workload, operations }: ArmTask): Promise<ArmFigures> {
    await turn()
    const cpu = process.cpuUsage()
    const began = performance.now()
    await (workload === 'R1' ? this.#reads(operations) : this.#creates(operations))
    const wallMs = performance.now() - began
    const { user, system } = process.cpuUsage(cpu)
    return { wallMs, cpuMs: (user + system) / 1000 }
  }

  async #reads(operations: number): Promise<void> {
    const reads = new StatewardReads(this.#state)
    for (const end = this.#read + operations; this.#read < end; this.#read++)
      await reads.get(this.#hot.type(this.#read), this.#hot.id(this.#read))
  }

  async #creates(operations: number): Promise<void> {
    const writes = new StatewardWrites(this.#state)
    const end = this.#created + operations
    const call = async (): Promise<void> => {
      while (this.#created < end) await writes.create(this.#data.newItem(this.#created++))
    }
    await Promise.all(Array.from({ length: callers }, call))
  }

  async close(): Promise<void> {
    await this.#state.close()
  }
}

function opened(arm: ArmName, dir: string): Promise<WorkState> {
  const quiet = { compaction: false, scrub: false } as const
  if (arm === 'none' || arm === 'off') return openState(dir, { ...quiet, observe: false })
  traceStores()
  const all = arm === 'each' ? { latencies: { reads: 1, writes: 1 } } : { traces: { reads: 256 } }
  const say = (): void => undefined
  const logger = { debug: say, info: say, warn: say, error: say }
  return openState(dir, { ...quiet, logger, observe: { slowQueryMs: 100, eventLoop: true, ...all } })
}

/** Opens the store of an arm and fills it. */
export async function openArm({ arm, dir, records, seed }: ArmJob): Promise<Arm> {
  const state = await opened(arm, dir)
  const data = new DataSet(records, seed)
  await new StatewardWrites(state).load(data.batches(loadBatchRows))
  return new StoreArm(state, data)
}
