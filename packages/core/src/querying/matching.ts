import { type AskOptions, StatewardError, type StoredRecord } from '@stateward/contract'
import type { Plan } from '@stateward/query'
import { readAll } from '../state/read-records.ts'
import { type Candidate, isCold } from '../state/read-view.ts'
import type { QueryGround } from './query-ground.ts'

const sliceMs = 2
const candidatesPerLook = 256

/** What is looked at, some places after the other. */
export interface Candidates {
  readonly length: number
  some(from: number, to: number): readonly Candidate[]
}

export function listed(candidates: readonly Candidate[]): Candidates {
  return { length: candidates.length, some: (from, to) => candidates.slice(from, to) }
}

/**
 * Gives each candidate that passes to `take`, in their order, until that says that it has enough; reads cold ones in groups, and
 * gives way between slices. Rejects with `ABORTED`, and with what reading rejects with.
 */
export async function takeMatching(
  ground: QueryGround,
  plan: Plan,
  candidates: Candidates,
  take: (record: StoredRecord) => boolean,
  options: AskOptions,
): Promise<void> {
  const release = ground.live.bodies.hold()
  try {
    let sliceStart = ground.monotonicMs()
    for (let from = 0; from < candidates.length; from += candidatesPerLook) {
      const group = candidates.some(from, from + candidatesPerLook)
      const cold = group.filter(isCold)
      const loaded = cold.length === 0 ? undefined : await (ground.metered?.readAll ?? readAll)(ground.live, cold)
      for (const candidate of group) {
        const record = isCold(candidate) ? loaded?.get(candidate) : candidate
        if (record === undefined || (plan.predicate !== undefined && !plan.predicate(record))) continue
        if (!take(record)) return
      }
      if (from + candidatesPerLook >= candidates.length || ground.monotonicMs() - sliceStart < sliceMs) continue
      await ground.breathe()
      if (options.signal?.aborted === true)
        throw new StatewardError('ABORTED', 'the query was aborted while it ran', { cause: options.signal.reason })
      sliceStart = ground.monotonicMs()
    }
  } finally {
    release()
  }
}
