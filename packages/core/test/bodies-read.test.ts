import { memoryStorage } from '@stateward/storage-memory'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { countedBodies } from './counted-bodies.ts'
import { openTiny, type TinyState } from './open-tiny.ts'

const records = 350
const idAt = (n: number): string => `t${String(n).padStart(3, '0')}`
const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id)
const idsFrom = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => idAt(from + at))

/** Each record is a line of its own, and none stays in memory. */
const storage = countedBodies(memoryStorage())
let state: TinyState

beforeAll(async () => {
  const opened = await openTiny({ storage, memory: { cacheBytes: 1 }, checkpoints: false })
  state = opened.state
  const plan = await state.plan.create({ name: 'one' })
  for (let n = 0; n < records; n++)
    await state.task.create({
      ...{ id: idAt(n), n: Math.floor(n / 50), state: 'open', plan_id: plan.id },
      tags: n % 3 === 0 ? ['third'] : [],
    })
})
afterAll(() => state.close())
beforeEach(() => {
  storage.bodies = 0
})

test('a page reads the rows that it gives, and nothing to know of a next one', async () => {
  const { rows, cursor } = await state.task.where({ state: 'open' }).orderBy('n').limit(10).page()
  expect([idsOf(rows), cursor !== undefined, storage.bodies]).toEqual([idsFrom(0, 10), true, 10])
})

test('so does a page behind a cursor, in either order, among rows that are equal in what orders them, too', async () => {
  const newest = [...Array(7).keys()].reverse().flatMap((n) => idsFrom(n * 50, n * 50 + 50))
  for (const [direction, expected] of [
    ['asc', idsFrom(0, records)],
    ['desc', newest],
  ] as const) {
    const found: string[] = []
    for (let cursor: string | undefined, at = 0; at === 0 || cursor !== undefined; at++) {
      storage.bodies = 0
      const page = await state.task.orderBy('n', direction).limit(35).page(cursor)
      found.push(...idsOf(page.rows))
      expect(storage.bodies).toBe(page.rows.length)
      cursor = page.cursor
    }
    expect(found).toEqual(expected)
  }
})

test('the last page is known for it, full or not', async () => {
  const last = state.task.where({ n: 6 }).limit(50)
  expect([await last.page().then(({ cursor }) => cursor), storage.bodies]).toEqual([undefined, 50])
})

test('a page by id, and one of which an index holds the order field to one value, pass over what was given by its id', async () => {
  for (const query of [state.task.limit(40), state.task.where({ state: 'open', n: 3 }).orderBy('n').limit(20)]) {
    const first = await query.page()
    storage.bodies = 0
    const second = await query.page(first.cursor)
    expect(idsOf(second.rows)[0]).toBe(idAt(Number(first.rows.at(-1)?.id.slice(1)) + 1))
    expect(storage.bodies).toBe(second.rows.length)
  }
})

test('a stream reads every record once', async () => {
  const found: string[] = []
  for await (const { id } of state.task.where({ state: 'open' }).orderBy('n').stream()) found.push(id)
  expect([found, storage.bodies]).toEqual([idsFrom(0, records), records])
})

test('a part of a filter that no index knows has no more read than it makes it look at, and a quarter', async () => {
  for (const limit of [1, 5, 20, 100]) {
    storage.bodies = 0
    const { rows } = await state.task
      .where({ tags: { contains: 'third' } })
      .orderBy('n')
      .limit(limit)
      .page()
    expect(idsOf(rows)).toEqual(Array.from({ length: limit }, (_, at) => idAt(at * 3)))
    // The next one that matches is looked for, too: only it tells of a next page.
    const looked = limit * 3 + 1
    expect(storage.bodies).toBeGreaterThanOrEqual(looked)
    expect(storage.bodies).toBeLessThanOrEqual(Math.ceil(looked * 1.25) + 1)
  }
})

test('what is looked for in vain is read once each, however often it is begun anew', async () => {
  expect(
    await state.task
      .where({ tags: { contains: 'none' } })
      .orderBy('n')
      .limit(5)
      .all(),
  ).toEqual([])
  expect(storage.bodies).toBe(records)
})

test('getMany, and what include leads to, read each once', async () => {
  await state.task.getMany(idsFrom(5, 12))
  expect(storage.bodies).toBe(7)
  storage.bodies = 0
  const { rows } = await state.task.where({ state: 'open' }).orderBy('n').limit(10).include('plan_id').page()
  expect([rows.length, storage.bodies]).toEqual([10, 11])
})

test('a view reads no more than it gives, either', async () => {
  const { rows, cursor } = state.view.task.where({ state: 'open' }).orderBy('n').limit(10).page()
  expect([idsOf(rows), cursor !== undefined, storage.bodies]).toEqual([idsFrom(0, 10), true, 10])
})
