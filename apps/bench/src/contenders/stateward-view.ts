import { openState } from 'stateward'
import type { Store } from '../contender.ts'

/** The same store, asked by its view: the answer is there when the call returns. */
export async function openStatewardView(dir: string): Promise<Store> {
  const state = await openState(dir)
  const { view } = state
  return {
    reads: {
      size: async () => (await state.stats()).records,
      get: (type, id) => view[type].get(id),
      newest: (status, limit) => view.phase.where({ status }).orderBy('updated_at', 'desc').limit(limit).all(),
      specsOf: (planId) => view.spec.where({ plan_id: planId }).all(),
      since: (from, limit) =>
        view.phase
          .where({ updated_at: { gte: from } })
          .orderBy('updated_at')
          .limit(limit)
          .all(),
      named: (name, order) => view.phase.where({ name, order }).all(),
      counts: () => Object.fromEntries(view.phase.groupBy('status').map(({ value, count }) => [String(value), count])),
    },
    close: () => state.close(),
  }
}
