import { memoryStorage } from '@stateward/storage-memory'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countedBodies } from './counted-bodies.ts'
import { openTiny, type TinyState } from './open-tiny.ts'

const plans = 8
const tasks = 640
/** Each id once, in an order that has nothing to do with theirs; every other one is no UUID. */
const idAt = (n: number): string => {
  const place = String((n * 389) % tasks).padStart(4, '0')
  return n % 2 === 0 ? `t${place}` : `0197c1f0-0000-7000-8000-${place.padStart(12, '0')}`
}

/** Each record is a line of its own, and none stays in memory. */
const storage = countedBodies(memoryStorage())
let state: TinyState
const planIds: string[] = []
const idsOf: readonly string[][] = Array.from({ length: plans }, () => [])

beforeAll(async () => {
  const opened = await openTiny({ storage, memory: { cacheBytes: 1 } })
  state = opened.state
  for (let plan = 0; plan < plans; plan++) planIds.push((await state.plan.create({ name: `plan ${plan}` })).id)
  for (let n = 0; n < tasks; n++) {
    const plan = Math.floor(n / 2) % plans
    await state.task.create({ id: idAt(n), n, state: 'open', plan_id: planIds[plan] ?? '' })
    idsOf[plan]?.push(idAt(n))
  }
  for (const ids of idsOf) ids.sort()
})
afterAll(() => state.close())

test('a page by id of what an index finds reads the rows that it gives, whatever order their records were made in', async () => {
  for (const [plan, plan_id] of planIds.entries()) {
    const found: string[] = []
    for (let cursor: string | undefined, at = 0; at === 0 || cursor !== undefined; at++) {
      const query = state.task.where({ plan_id }).limit(7)
      const explained = await query.explain({ analyze: true })
      expect([explained.plan.kind, explained.order, explained.analysis?.bodies]).toEqual(['lookup', 'index', 7])
      storage.bodies = 0
      const page = await query.page(cursor)
      found.push(...page.rows.map(({ id }) => id))
      expect(page.rows.length).toBe(Math.min(7, (idsOf[plan]?.length ?? 0) - 7 * at))
      expect(storage.bodies).toBe(page.rows.length)
      cursor = page.cursor
    }
    expect(found).toEqual(idsOf[plan])
  }
})

test('the view gives them in the same order', () => {
  for (const [plan, plan_id] of planIds.entries())
    expect(
      state.view.task
        .where({ plan_id })
        .all()
        .map(({ id }) => id),
    ).toEqual(idsOf[plan])
})
