import type { Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTiny, type TinyState } from './open-tiny.ts'

const records = 350
const idAt = (n: number): string => `t${String(n).padStart(3, '0')}`
const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id)
const idsFrom = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => idAt(from + at))

/** Bodies that were read from the log: each record is a line of its own, and none stays in memory. */
let bodies = 0
let state: TinyState

beforeAll(async () => {
  const opened = await openTiny({ storage: counting(memoryStorage()), memory: { cacheBytes: 1 }, checkpoints: false })
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
  bodies = 0
})

function counting(storage: Storage): Storage {
  return {
    ...storage,
    async openWriter(...args) {
      const opened = await storage.openWriter(...args)
      const { writer } = opened
      const counted: Partial<typeof writer> = {
        fetch: (ptrs) => {
          bodies += ptrs.length
          return writer.fetch(ptrs)
        },
        fetchSync: (ptrs) => {
          bodies += ptrs.length
          return writer.fetchSync?.(ptrs) ?? []
        },
      }
      const get = (target: typeof writer, key: string | symbol): unknown => {
        const value: unknown = Reflect.get(counted, key) ?? Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      }
      return { ...opened, writer: new Proxy(writer, { get }) }
    },
  }
}

test('a page reads the rows that it gives, and nothing to know of a next one', async () => {
  const { rows, cursor } = await state.task.where({ state: 'open' }).orderBy('n').limit(10).page()
  expect([idsOf(rows), cursor !== undefined, bodies]).toEqual([idsFrom(0, 10), true, 10])
})

test('so does a page behind a cursor, in either order, among rows that are equal in what orders them, too', async () => {
  const newest = [...Array(7).keys()].reverse().flatMap((n) => idsFrom(n * 50, n * 50 + 50))
  for (const [direction, expected] of [
    ['asc', idsFrom(0, records)],
    ['desc', newest],
  ] as const) {
    const found: string[] = []
    for (let cursor: string | undefined, at = 0; at === 0 || cursor !== undefined; at++) {
      bodies = 0
      const page = await state.task.orderBy('n', direction).limit(35).page(cursor)
      found.push(...idsOf(page.rows))
      expect(bodies).toBe(page.rows.length)
      cursor = page.cursor
    }
    expect(found).toEqual(expected)
  }
})

test('the last page is known for it, full or not', async () => {
  const last = state.task.where({ n: 6 }).limit(50)
  expect([await last.page().then(({ cursor }) => cursor), bodies]).toEqual([undefined, 50])
})

test('a page by id, and one of which an index holds the order field to one value, pass over what was given by its id', async () => {
  for (const query of [state.task.limit(40), state.task.where({ state: 'open', n: 3 }).orderBy('n').limit(20)]) {
    const first = await query.page()
    bodies = 0
    const second = await query.page(first.cursor)
    expect(idsOf(second.rows)[0]).toBe(idAt(Number(first.rows.at(-1)?.id.slice(1)) + 1))
    expect(bodies).toBe(second.rows.length)
  }
})

test('a stream reads every record once', async () => {
  const found: string[] = []
  for await (const { id } of state.task.where({ state: 'open' }).orderBy('n').stream()) found.push(id)
  expect([found, bodies]).toEqual([idsFrom(0, records), records])
})

test('a part of a filter that no index knows has no more read than it makes it look at, and a quarter', async () => {
  for (const limit of [1, 5, 20, 100]) {
    bodies = 0
    const { rows } = await state.task
      .where({ tags: { contains: 'third' } })
      .orderBy('n')
      .limit(limit)
      .page()
    expect(idsOf(rows)).toEqual(Array.from({ length: limit }, (_, at) => idAt(at * 3)))
    // The next one that matches is looked for, too: only it tells of a next page.
    const looked = limit * 3 + 1
    expect(bodies).toBeGreaterThanOrEqual(looked)
    expect(bodies).toBeLessThanOrEqual(Math.ceil(looked * 1.25) + 1)
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
  expect(bodies).toBe(records)
})

test('getMany, and what include leads to, read each once', async () => {
  await state.task.getMany(idsFrom(5, 12))
  expect(bodies).toBe(7)
  bodies = 0
  const { rows } = await state.task.where({ state: 'open' }).orderBy('n').limit(10).include('plan_id').page()
  expect([rows.length, bodies]).toEqual([10, 11])
})

test('a view reads no more than it gives, either', async () => {
  const { rows, cursor } = state.view.task.where({ state: 'open' }).orderBy('n').limit(10).page()
  expect([idsOf(rows), cursor !== undefined, bodies]).toEqual([idsFrom(0, 10), true, 10])
})
