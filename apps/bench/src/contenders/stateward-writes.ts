import type { Soon, Writes } from '../contender.ts'
import type { Changes } from '../data/data-set.ts'
import type { Item } from '../data/item.ts'
import { inFlight } from './in-flight.ts'
import type { WorkState } from './work-state.ts'

const bulkWritesInFlight = 4

export class StatewardWrites implements Writes {
  readonly #state: WorkState

  constructor(state: WorkState) {
    this.#state = state
  }

  load(batches: Iterable<readonly Item[]>): Promise<void> {
    return inFlight(batches, bulkWritesInFlight, (batch) => this.#createMany(batch))
  }

  create(item: Item): Soon<unknown> {
    const state = this.#state
    switch (item.type) {
      case 'plan':
        return state.plan.create(item.data)
      case 'spec':
        return state.spec.create(item.data)
      case 'phase':
        return state.phase.create(item.data)
      case 'execution':
        return state.execution.create(item.data)
      default:
        return item satisfies never
    }
  }

  update(id: string, changes: Changes): Soon<unknown> {
    return this.#state.phase.update(id, changes)
  }

  #createMany(batch: readonly Item[]): Promise<unknown> {
    const state = this.#state
    switch (batch[0]?.type) {
      case undefined:
        return Promise.resolve()
      case 'plan':
        return state.plan.createMany(batch.flatMap((item) => (item.type === 'plan' ? item.data : [])))
      case 'spec':
        return state.spec.createMany(batch.flatMap((item) => (item.type === 'spec' ? item.data : [])))
      case 'phase':
        return state.phase.createMany(batch.flatMap((item) => (item.type === 'phase' ? item.data : [])))
      case 'execution':
        return state.execution.createMany(batch.flatMap((item) => (item.type === 'execution' ? item.data : [])))
      default:
        throw new Error('a batch of a type that the domain does not have')
    }
  }
}
