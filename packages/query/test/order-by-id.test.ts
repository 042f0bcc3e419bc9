import type { Query, StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { encodeCursor } from '../src/planning/cursor.ts'
import type { Plan } from '../src/planning/plan.ts'
import { withTimes as type } from './arbitrary-records.ts'
import { type NaiveOptions, naiveIndex } from './naive-index.ts'
import { SmallStore } from './small-store.ts'
import { planOf, rows } from './thousand-records.ts'

const byParent = { where: { parent: 'p3' } } as const
const parents: NaiveOptions = { fields: ['parent'], ordered: false }

function orderOf({ access, inOrder }: Plan): unknown {
  return [access.kind === 'lookup' ? access.byId : access.kind, inOrder]
}

describe('an order by id of what an index finds', () => {
  test('is made of slots where no other order is asked for', () => {
    expect(orderOf(planOf(byParent, [parents]))).toEqual([{ after: undefined }, true])
    expect(orderOf(planOf({ ...byParent, orderBy: [['parent', 'desc']] }, [parents]))).toEqual([
      { after: undefined },
      true,
    ])
    expect(orderOf(planOf({ ...byParent, orderBy: [['id', 'desc']] }, [parents]))).toEqual([undefined, false])
    expect(orderOf(planOf({ ...byParent, orderBy: [['rev', 'asc']] }, [parents]))).toEqual([undefined, false])
  })

  test('begins behind the last row of the page before', () => {
    const last = rows.find(({ parent }) => parent === 'p3') as StoredRecord
    const query = { ...byParent, limit: 1 }
    const cursor = encodeCursor({ type: 'mixed', ...query }, last, type)
    expect(orderOf(planOf({ ...query, cursor }, [parents]))).toEqual([{ after: last.id }, true])
  })

  test('is not made of many, and a plan that was kept is right no more when they have become many', () => {
    let found = 1_024
    const store = new SmallStore(type, (slots) => [
      { ...naiveIndex(type, slots, parents), estimate: () => found },
      { ...naiveIndex(type, slots, { fields: ['status'], ordered: false }), estimate: () => 5_000 },
    ])
    for (let slot = 0; slot < 10_000; slot++) store.slots.set(slot, rows[slot % rows.length] as StoredRecord)
    const query: Query = { type: 'mixed', ...byParent }
    const kept = store.plan(query)
    expect([kept.inOrder, kept.isRight()]).toEqual([true, true])
    found = 1_025
    expect([store.plan(query).inOrder, kept.isRight()]).toEqual([false, true])
    found = 2_049
    expect(kept.isRight()).toBe(false)
  })
})
