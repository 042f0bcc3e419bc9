import type { WorkStatus } from 'stateward'
import type { Reads, Row } from '../contender.ts'
import type { ItemType } from '../data/item.ts'
import type { WorkState } from './work-state.ts'

export class StatewardReads implements Reads {
  readonly #state: WorkState

  constructor(state: WorkState) {
    this.#state = state
  }

  async size(): Promise<number> {
    return (await this.#state.stats()).records
  }

  get(type: ItemType, id: string): Promise<Row | undefined> {
    return this.#state[type].get(id)
  }

  newest(status: WorkStatus, limit: number): Promise<readonly Row[]> {
    return this.#state.phase.where({ status }).orderBy('updated_at', 'desc').limit(limit).all()
  }

  specsOf(planId: string): Promise<readonly Row[]> {
    return this.#state.spec.where({ plan_id: planId }).all()
  }

  since(from: string, limit: number): Promise<readonly Row[]> {
    return this.#state.phase
      .where({ updated_at: { gte: from } })
      .orderBy('updated_at')
      .limit(limit)
      .all()
  }

  named(name: string, order: number): Promise<readonly Row[]> {
    return this.#state.phase.where({ name, order }).all()
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    const groups = await this.#state.phase.groupBy('status')
    return Object.fromEntries(groups.map(({ value, count }) => [String(value), count]))
  }
}
