import { SimClock } from '@stateward/conformance'
import type { Query, StoreEvent } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { cachingStorage } from './caching-storage.ts'
import { openTiny } from './open-tiny.ts'
import { turns } from './turns.ts'

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({
    ...{ id: `t${from + at}`, n: at % 7, title: `title ${at % 50}`, state: at % 2 === 0 ? 'open' : 'closed' },
    due: new Date(Date.UTC(2026, 0, 1) + at * 1_000).toISOString(),
  }))

type Memory = { readonly cacheBytes?: number; readonly maxBytes?: number }

async function opened(memory: Memory, storage = memoryStorage()) {
  const clock = new SimClock()
  const told: StoreEvent[] = []
  const { state } = await openTiny({
    ...{ storage, memory, timers: clock, time: Object.assign(clock, { at: 0, text: '' }), compaction: false },
    ...{ indexCheck: false, onEvent: (event: StoreEvent) => void told.push(event) },
  })
  const names = (phase: string) =>
    told.flatMap((event) => (event.kind === 'index' && event.phase === phase ? [event.index] : []))
  return { state, clock, told, names }
}

const held = async ({
  stats,
}: {
  stats(): Promise<{
    indexes: readonly { bytes: number }[]
    memoryParts: { tables: number }
    cache: { bytes: number; maxBytes: number }
  }>
}) => {
  const { indexes, memoryParts, cache } = await stats()
  return { tables: memoryParts.tables, indexes: indexes.reduce((sum, { bytes }) => sum + bytes, 0), cache }
}

test('indexes that were asked for least are dropped, answers stay right, and explain and the event say which', async () => {
  const { state, names } = await opened({ maxBytes: 1_300_000, cacheBytes: 100_000 })
  await state.task.createMany(rows(0, 1_000))
  const asked: Query = { type: 'task', where: { n: 3 } }
  for (let times = 0; times < 20; times++) await state.ask('query', asked)
  for (let from = 1_000; from < 6_000; from += 1_000) await state.task.createMany(rows(from, from + 1_000))

  expect(names('dropped').length).toBeGreaterThan(0)
  const { plan } = await state.ask('explain', asked)
  expect(names('dropped'), 'what is asked for stays longest').not.toContain('index' in plan ? plan.index : '')
  const { tables, indexes, cache } = await held(state)
  expect(tables + indexes + cache.maxBytes).toBeLessThanOrEqual(1_300_000)
  const [dropped] = names('dropped')
  const field = dropped?.split(/[ +]/)[0] ?? ''
  const query: Query = { type: 'task', orderBy: [[field, 'asc']], limit: 3 }
  expect((await state.ask('explain', query)).dropped).toContain(dropped)
  expect((await state.ask('query', { type: 'task', where: { n: 3 }, limit: 10_000 })).rows).toHaveLength(
    rows(0, 1_000).filter(({ n }) => n === 3).length * 6,
  )
  expect((await state.stats()).indexes.filter(({ dropped }) => dropped)).toHaveLength(names('dropped').length)
  expect((await state.checkIndexes()).ok).toBe(true)
  await state.close()
})

test('a cache has all that it was given where the bound leaves room for it, however far apart the two are', async () => {
  const { state } = await opened({ maxBytes: 1_000_000_000, cacheBytes: 100_000 })
  await state.task.createMany(rows(0, 1_000))
  const { cache } = await held(state)
  expect(cache.maxBytes).toBe(100_000)
  expect(cache.bytes).toBeGreaterThan(90_000)
  await state.close()
})

test('data of ten times the budget: what cannot be dropped stays, everything goes on, and an event says so', async () => {
  const { state, told } = await opened({ maxBytes: 100_000 })
  for (let from = 0; from < 5_000; from += 1_000) await state.task.createMany(rows(from, from + 1_000))
  expect(told.filter(({ kind }) => kind === 'memory')).toMatchObject([{ phase: 'exceeded', maxBytes: 100_000 }])
  expect((await held(state)).cache.bytes).toBeLessThanOrEqual(1)
  expect(await state.task.get('t4321')).toMatchObject({ id: 't4321' })
  await state.task.update('t4321', { n: 70 })
  expect((await state.ask('query', { type: 'task', where: { n: 70 } })).rows).toHaveLength(1)
  await state.task.delete('t4321')
  expect(await state.task.count()).toBe(4_999)
  await state.close()
})

test('where there is room, what was dropped is built again, one after the other, also by another opening', async () => {
  const storage = cachingStorage(memoryStorage())
  const first = await opened({ maxBytes: 950_000, cacheBytes: 10_000 }, storage)
  for (let from = 0; from < 5_000; from += 1_000) await first.state.task.createMany(rows(from, from + 1_000))
  const dropped = first.names('dropped').length
  expect(dropped).toBeGreaterThan(0)
  await first.state.close()
  const second = await opened({ maxBytes: 950_000, cacheBytes: 10_000 }, storage)
  expect((await second.state.stats()).indexes.filter((one) => one.dropped).length).toBeGreaterThanOrEqual(dropped)
  await second.state.close()
  const third = await opened({ maxBytes: 8_000_000, cacheBytes: 10_000 }, storage)
  for (let at = 0; at < 30; at++) {
    third.clock.pass(10_000)
    await turns(100)
  }
  expect(third.names('rebuilt').length).toBeGreaterThanOrEqual(dropped)
  expect((await third.state.stats()).indexes.filter((one) => one.dropped)).toEqual([])
  expect((await third.state.checkIndexes()).ok).toBe(true)
  await third.state.close()
  const fourth = await opened({}, storage)
  await turns(100)
  expect((await fourth.state.checkIndexes()).ok).toBe(true)
  await fourth.state.close()
})
