import type { PhaseUpdate, Transactions } from '../contender.ts'
import type { Item } from '../data/item.ts'
import type { WorkState } from './work-state.ts'

type WorkOperation = Parameters<WorkState['transact']>[0][number]

export class StatewardTransactions implements Transactions {
  readonly #state: WorkState

  constructor(state: WorkState) {
    this.#state = state
  }

  readAndWrite(items: readonly Item[], updates: readonly PhaseUpdate[]): Promise<unknown> {
    return this.#state.transaction(async (tx) => {
      for (const { id } of updates) {
        if ((await tx.phase.get(id)) === undefined) throw new Error(`Stateward does not hold ${id}`)
      }
      for (const item of items) if (item.type === 'phase') await tx.phase.create(item.data)
      for (const { id, changes } of updates) await tx.phase.update(id, changes)
    })
  }

  writeAll(items: readonly Item[], updates: readonly PhaseUpdate[]): Promise<unknown> {
    const operations: WorkOperation[] = []
    for (const item of items)
      if (item.type === 'phase') operations.push({ op: 'create', type: 'phase', data: item.data })
    for (const { id, changes } of updates) operations.push({ op: 'update', type: 'phase', id, changes })
    return this.#state.transact(operations)
  }
}
