import { StatewardError } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { brittleStorage } from './brittle-storage.ts'
import { cachingStorage } from './caching-storage.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { orderlyStorage } from './orderly-storage.ts'
import { turns } from './turns.ts'

const checkpoints = { atClose: 1 }

test('a store that was closed asks its storage nothing more, and has waited for all that it asked', async () => {
  const storage = orderlyStorage(cachingStorage(memoryStorage()))
  for (let opening = 0; opening < 2; opening++) {
    const { state } = await openTiny({ storage, checkpoints })
    for (let n = 0; n < 20; n++) await state.task.create({ id: `t${opening}-${n}`, n })
    await state.task.update(`t${opening}-3`, { n: 99 })
    if (opening === 1) await state.compact()
    const late = state.task.create({ id: `late${opening}` })
    await state.close()
    expect([...storage.underWay]).toEqual([])
    expect(await late).toMatchObject({ rev: 1 })
    await turns(20)
  }
  expect(storage.closes).toEqual([1, 1])
  expect(storage.tooLate).toEqual([])
})

test('a store that is closed while it compacts waits for the end of that', async () => {
  const storage = orderlyStorage(memoryStorage())
  const { state } = await openTiny({ storage, checkpoints: false })
  for (let n = 0; n < 20; n++) await state.task.create({ id: `t${n}`, n })
  const compaction = codeOf(state.compact())
  await turns(1)
  await state.close()
  expect([...storage.underWay]).toEqual([])
  expect(await compaction).toBe('CLOSED')
  await turns(20)
  expect(storage.tooLate).toEqual([])
})

test('the writers of former terms are closed when nobody reads them any more, once, and before the store is closed', async () => {
  const brittle = brittleStorage()
  const storage = orderlyStorage(brittle)
  const { state } = await openTiny({ storage, checkpoints: false })
  for (let n = 0; n < 3; n++) {
    await state.task.create({ id: `t${n}` })
    brittle.fails = new StatewardError('STORAGE_FAILED', 'the disk is gone')
    expect(await codeOf(state.task.create({ id: 'fails' }))).toBe('STORAGE_FAILED')
    await state.reopen()
    await turns(20)
    expect(storage.closes).toEqual([...Array.from({ length: n + 1 }, () => 1), 0])
  }
  await state.close()
  expect(storage.closes).toEqual([1, 1, 1, 1])
  expect([...storage.underWay]).toEqual([])
  await turns(20)
  expect(storage.tooLate).toEqual([])
})

test('a cache of a byte keeps nothing, also not what a refused write has read', async () => {
  const storage = cachingStorage(memoryStorage())
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 }, checkpoints: false })
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
  ])
  expect(
    await codeOf(
      state.task.updateMany([
        { id: 'a', changes: { n: 2 } },
        { id: 'none', changes: { n: 2 } },
      ]),
    ),
  ).toBe('NOT_FOUND')
  for (let reads = 0; reads < 2; reads++) {
    storage.fetched = 0
    expect(await state.task.get('a')).toMatchObject({ n: 1 })
    expect(storage.fetched).toBe(1)
  }
  await state.close()
})
