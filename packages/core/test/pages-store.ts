import { defineDomain, entity, type MakeIndex, type Storage, type StoreEvent } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { looseSchema } from './loose-schema.ts'
import { manualTime } from './manual-time.ts'
import { seededRandom } from './seeded-random.ts'

/** Any fields. */
export interface Page {
  readonly code?: unknown
  readonly text?: unknown
}

export function domainOf(customIndexes: readonly MakeIndex[], more: object = {}) {
  return defineDomain({ page: entity({ schema: looseSchema<Page>({}), id: 'string', customIndexes, ...more }) })
}

type IndexEvent = Extract<StoreEvent, { kind: 'index' }>

/** A store of pages with these indexes of their own, and what it tells of indexes. */
export async function openPages(
  customIndexes: readonly MakeIndex[],
  more: { storage?: Storage; memory?: object; random?: number } = {},
) {
  const events: IndexEvent[] = []
  const { storage = memoryStorage(), memory = {}, random = 1 } = more
  const state = await createStateManager({
    ...{ storage, memory, domain: domainOf(customIndexes), clock: manualTime(), random: seededRandom(random) },
    ...{ checkpoints: { atClose: 1 }, compaction: false, reopening: 'manual' },
    onEvent: (event) => void (event.kind === 'index' && events.push(event)),
  })
  return { state, events, storage, phases: () => events.map(({ phase, index }) => `${phase} ${index}`) }
}

type State = Awaited<ReturnType<typeof openPages>>['state']
/** The index that the plan of a query rests on. */
export const indexOf = async (state: State, where: object): Promise<string | undefined> => {
  const { plan } = await state.page.where(where as never).explain()
  return 'index' in plan ? plan.index : undefined
}
export const idsOf = async (state: State, where: object): Promise<readonly string[]> =>
  (await state.page.where(where as never).all()).map(({ id }) => id)

export const pages = Array.from({ length: 200 }, (_, n) => ({
  id: `p${n}`,
  code: `c${n % 40}`,
  text: n % 50 === 7 ? `a needle ${n}` : `the hay ${n}`,
}))
