import { StatewardWrites } from '../contenders/stateward-writes.ts'
import type { WorkState } from '../contenders/work-state.ts'
import type { DataSet } from '../data/data-set.ts'
import { hash } from '../data/hash.ts'

export interface MixedOperations {
  readonly operations: number
  /** The number of the first. */
  readonly from: number
  /** Whether the newest of a status are asked for: where no index is left for it, each is a look at every phase. */
  readonly statuses: boolean
  /** Told now and then. */
  readonly look: () => void
}

const callers = 256
const lookEvery = 256
const pageRows = 20

/** Gets by id (80 in 100), durable updates (10), creates (1), the newest of a status (5), the specs of a plan (4), over all records alike. */
export async function runMixed(
  state: WorkState,
  data: DataSet,
  { operations, from, statuses, look }: MixedOperations,
): Promise<void> {
  const writes = new StatewardWrites(state)
  const phases = data.indicesOf('phase')
  const plans = data.indicesOf('plan')
  let next = from
  const one = async (at: number): Promise<unknown> => {
    const dice = hash(data.seed, at, 21)
    const kind = dice % 100
    const phase = data.idAt(phases[hash(data.seed, at, 22) % phases.length] ?? 0)
    if (kind < 10) return writes.update(phase, data.changes(at))
    if (kind < 11) return writes.create(data.newItem(at))
    if (kind < 16 && statuses) {
      const status = dice % 2 === 0 ? 'running' : 'pending'
      return state.phase.where({ status }).orderBy('updated_at', 'desc').limit(pageRows).all()
    }
    if (kind >= 16 && kind < 20) {
      const plan_id = data.idAt(plans[hash(data.seed, at, 23) % plans.length] ?? 0)
      return state.spec.where({ plan_id }).limit(pageRows).all()
    }
    return state.phase.get(phase)
  }
  const call = async (): Promise<void> => {
    while (next < from + operations) {
      const at = next++
      if (at % lookEvery === 0) look()
      if ((await one(at)) === undefined) throw new Error(`operation ${at} has found nothing`)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
}
