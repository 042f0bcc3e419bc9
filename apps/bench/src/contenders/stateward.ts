import { createStateManager } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { domain, openState } from 'stateward'
import type { OpenContext, Store } from '../contender.ts'
import { itemTypes } from '../data/item.ts'
import { newestSegment, watchGroups } from './log-groups.ts'
import { StatewardClaims } from './stateward-claims.ts'
import { statewardIndexed } from './stateward-indexed.ts'
import { statewardLive } from './stateward-live.ts'
import { StatewardPast } from './stateward-past.ts'
import { StatewardReads } from './stateward-reads.ts'
import { StatewardTransactions } from './stateward-transactions.ts'
import { StatewardWrites } from './stateward-writes.ts'
import type { WorkState } from './work-state.ts'

const { phase } = domain.entities
const withOneMoreIndex: typeof domain = {
  ...domain,
  entities: { ...domain.entities, phase: { ...phase, indexes: [...phase.indexes, ['name']] } },
}

/** Stateward as an application uses it: `openState`, the built-in domain with its schemas and references, collections. */
export async function openStateward(
  dir: string,
  { segmentBytes, cacheBytes, keeps, oneMoreIndex }: Partial<OpenContext> = {},
): Promise<Store> {
  if (keeps === 'newest') return storeOf(dir, await openState(dir, { retention: 'none', compaction: false }))
  if (segmentBytes === undefined) {
    const memory = cacheBytes === undefined ? {} : { memory: { cacheBytes } }
    return storeOf(dir, await openState(dir, memory))
  }
  const storage = jsonlStorage({ dir, segmentBytes })
  const own = oneMoreIndex === true ? withOneMoreIndex : domain
  return storeOf(dir, await createStateManager({ domain: own, storage, compaction: false }))
}

/** The same, but every byte of the log is read when it opens. */
export async function openStatewardFull(dir: string): Promise<Store> {
  return storeOf(dir, await openState(dir, { verify: 'full' }))
}

function storeOf(dir: string, state: WorkState): Store {
  return {
    writes: new StatewardWrites(state),
    reads: new StatewardReads(state),
    indexed: statewardIndexed(state),
    transactions: new StatewardTransactions(state),
    live: statewardLive(state),
    claims: new StatewardClaims(state),
    past: new StatewardPast(state),
    scan: { pass: () => countAll(state), known: (size) => size },
    lookups: async () => {
      const { hits, misses } = (await state.stats()).cache
      return { cached: hits, fetched: misses }
    },
    indexes: async () => (await state.stats()).indexes.length,
    compact: (signal) => state.compact({ signal }),
    segments: () => newestSegment(dir),
    watch: () => watchGroups(dir),
    close: () => state.close(),
  }
}

/** As an application goes through everything: a stream of each type. */
async function countAll(state: WorkState): Promise<number> {
  let records = 0
  for (const type of itemTypes) for await (const _ of state[type].stream()) records++
  return records
}
