import type { Query, QueryAnswer } from '@stateward/contract'
import type { DemoState } from './demo-state.ts'

/** Versions of the records that were in the store before the demo began, by type and id. */
export type OwnRecords = ReadonlyMap<string, ReadonlyMap<string, number>>

const rowsPerPage = 1_000

/** Notes what is there. */
export async function noteOwnRecords(state: DemoState): Promise<OwnRecords> {
  const own = new Map<string, Map<string, number>>()
  for (const type of Object.keys(state.domain.entities)) {
    const revs = new Map<string, number>()
    let query: Query | undefined = { type, limit: rowsPerPage }
    while (query !== undefined) {
      const { rows, cursor }: QueryAnswer = await state.ask('query', query)
      for (const { id, rev } of rows) revs.set(id, rev)
      query = cursor === undefined ? undefined : { type, limit: rowsPerPage, cursor }
    }
    if (revs.size > 0) own.set(type, revs)
  }
  return own
}

/** How many there are, of all types. */
export function countOwn(own: OwnRecords): number {
  return [...own.values()].reduce((sum, revs) => sum + revs.size, 0)
}

/** Those that are no longer there as they were. */
export async function changedOwn(state: DemoState, own: OwnRecords): Promise<string[]> {
  const changed: string[] = []
  for (const [type, revs] of own) {
    const ids = [...revs.keys()]
    const found = await state.ask('getMany', { type, ids })
    for (const [at, id] of ids.entries()) {
      if (found[at]?.rev !== revs.get(id))
        changed.push(`${type} ${id}: was rev ${revs.get(id)}, found ${found[at]?.rev ?? 'nothing'}`)
    }
  }
  return changed
}
