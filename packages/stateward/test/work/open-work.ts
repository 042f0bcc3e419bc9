import { SimClock } from '@stateward/conformance'
import type { Storage } from '@stateward/contract'
import { createStateManager, type State } from '@stateward/core'
import { domain, type Work, work } from '@stateward/domain'
import { memoryStorage } from '@stateward/storage-memory'

export interface OpenWork {
  readonly state: State<typeof domain>
  readonly work: Work
  readonly clock: SimClock
  readonly storage: Storage
}

/** A store of plans and specs in memory, on a clock that stands still until it is moved. */
export async function openWork(
  options: { storage?: Storage; clock?: SimClock; cacheBytes?: number } = {},
): Promise<OpenWork> {
  const { storage = memoryStorage(), clock = new SimClock(), cacheBytes } = options
  const memory = cacheBytes === undefined ? {} : { memory: { cacheBytes } }
  const state = await createStateManager({ storage, domain, clock, compaction: false, ...memory })
  return { state, work: work(state), clock, storage }
}
