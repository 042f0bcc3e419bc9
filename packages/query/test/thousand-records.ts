import type { Entity, Query, StoredRecord } from '@stateward/contract'
import type { Plan } from '../src/planning/plan.ts'
import { withTimes as type } from './arbitrary-records.ts'
import { type NaiveOptions, naiveIndex } from './naive-index.ts'
import { SmallStore } from './small-store.ts'

const statuses = ['draft', 'pending', 'running', 'completed']

/** A thousand records: 4 statuses, 50 parents, one instant each. */
export const rows: readonly StoredRecord[] = Array.from({ length: 1000 }, (_, at): StoredRecord => {
  const time = new Date(Date.UTC(2024, 0, 1, 0, at)).toISOString()
  return {
    id: `r${String(at).padStart(4, '0')}`,
    rev: 1,
    created_at: time,
    updated_at: time,
    status: statuses[at % 4] ?? '',
    parent: `p${at % 50}`,
    list: [`l${at % 10}`],
    name: `name ${at}`,
  }
})

export const everyIndex: readonly NaiveOptions[] = [
  { fields: ['status'], ordered: false },
  { fields: ['parent'], ordered: false },
  { fields: ['list'], ordered: false, items: true },
  { fields: ['updated_at'], ordered: true },
  { fields: ['name'], ordered: true },
  { fields: ['status', 'updated_at'], ordered: true },
  { fields: ['id'], ordered: true },
]

/** How a query of them is answered. */
export function planOf(
  query: Omit<Query, 'type'>,
  indexes: readonly NaiveOptions[] = everyIndex,
  entity: Entity = type,
): Plan {
  const store = new SmallStore(entity, (slots) => indexes.map((options) => naiveIndex(entity, slots, options)))
  for (const [slot, row] of rows.entries()) store.slots.set(slot, row)
  return store.plan({ type: 'mixed', ...query })
}
