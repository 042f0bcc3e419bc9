import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { gatedStorage } from './gated-storage.ts'
import { openTiny } from './open-tiny.ts'
import { tinyDomain } from './tiny-domain.ts'

const records = 2_000

test('what a store holds is told by part, and each part grows with what is in it', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  const { memoryParts: empty } = await state.stats()
  await state.task.createMany(Array.from({ length: records }, (_, n) => ({ id: `t${n}`, n, title: 'x'.repeat(200) })))
  const { memoryParts: full, indexes, cache } = await state.stats()
  expect(full.indexes).toBe(indexes.reduce((sum, { bytes }) => sum + bytes, 0))
  expect(full.cache).toBe(cache.bytes)
  expect(full.cache).toBeGreaterThan(records * 400)
  expect(full.tables - empty.tables).toBeGreaterThan(records * 20)
  expect(full.indexes).toBeGreaterThan(empty.indexes)
  expect(full.histories - empty.histories).toBeGreaterThan(records * 8)
  expect([full.feeds, full.mailbox, full.buffers]).toEqual([0, 0, 0])
  await state.close()
  await using reader = await openStateReader({ storage, domain: tinyDomain })
  const { memoryParts: read } = await reader.stats()
  expect(read.tables).toBe(full.tables)
  expect([read.mailbox, read.feeds, read.buffers]).toEqual([0, 0, 0])
})

test('writes that wait, lines on their way to the disk, and commits kept for who follows are told, and let go of', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage })
  const ending = new AbortController()
  const changes = state.changes({ signal: ending.signal })[Symbol.asyncIterator]()
  const first = changes.next()
  const written = [state.task.create({ id: 'a', title: 'x'.repeat(1_000) })]
  await storage.asked(1)
  written.push(state.task.create({ id: 'b' }))
  await storage.asked(2)
  written.push(state.task.create({ id: 'c' }), state.task.create({ id: 'd' }))
  const { memoryParts: waiting } = await state.stats()
  expect(waiting.mailbox).toBeGreaterThan(2 * 1_000)
  expect(waiting.buffers).toBeGreaterThan(1_000)
  storage.open()
  await Promise.all(written)
  await first
  const { memoryParts: done } = await state.stats()
  expect([done.mailbox, done.buffers]).toEqual([0, 0])
  expect(done.feeds).toBeGreaterThan(4_000)
  ending.abort()
  await changes.next().catch(() => undefined)
  await state.close()
})
