import { SimClock } from '@stateward/conformance'
import { StatewardError, type Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { cachingStorage } from './caching-storage.ts'
import { openTiny } from './open-tiny.ts'
import { seededRandom } from './seeded-random.ts'
import { turns } from './turns.ts'

test('where neither the rest of a checkpoint nor the log reads, its loading says so, and is tried again', async () => {
  let isBroken = false
  const memory = memoryStorage()
  const storage = cachingStorage(
    memory,
    () => (isBroken ? 'damaged' : 'kept'),
    (bytes) => Math.floor(bytes / 3),
  )
  const { state } = await openTiny({ storage, checkpoints: { atClose: 1 } })
  await state.task.createMany(Array.from({ length: 1_000 }, (_, n) => ({ id: `t${n}` })))
  await state.close()
  isBroken = true
  const unread = (): never => {
    throw new StatewardError('STORAGE_FAILED', 'EIO')
  }
  const openWriter: Storage['openWriter'] = async (owner) => {
    const { writer, recovery } = await storage.openWriter(owner)
    const proxy = new Proxy(writer, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        if (key === 'loadBase' && isBroken && isOpen) return unread
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    return { writer: proxy, recovery }
  }
  let isOpen = false
  const clock = new SimClock()
  const told: string[] = []
  const { state: again } = await openTiny({
    ...{ storage: { ...storage, openWriter }, time: Object.assign(clock, { at: 0, text: '' }), timers: clock },
    ...{ random: seededRandom(2), compaction: false, checkpoints: { readAhead: true } },
    onEvent: (event) => {
      if (event.kind === 'caretaker') told.push(`${event.caretaker} ${event.phase}`)
    },
  })
  isOpen = true
  const pass = async (ms: number): Promise<void> => {
    clock.pass(ms)
    await turns(100)
  }
  await pass(1_000)
  expect(told).toEqual(['loading restarting'])
  // Neither a checkpoint that was given up nor one that seems whole, because nothing of it is left to be read.
  for (const ask of [() => again.task.get('t999'), () => again.task.create({ id: 'a' })])
    await expect(ask()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  isBroken = false
  await pass(12_000)
  expect(told.slice(1)).toEqual(['loading restarted'])
  expect(await again.task.get('t999')).toMatchObject({ id: 't999' })
  expect(await again.task.create({ id: 'new' })).toMatchObject({ rev: 1 })
  await again.close()
})

test.each([
  ['as long as nobody writes', false, (read: number, rest: number) => expect(read).toBeLessThan(rest / 2)],
  ['where it is read ahead', true, (read: number, rest: number) => expect(read).toBe(rest)],
])('of a checkpoint is read what is asked for, %s', async (_, readAhead, isRight) => {
  const storage = cachingStorage(memoryStorage())
  const { state } = await openTiny({ storage, checkpoints: { atClose: 1 } })
  await state.task.createMany(Array.from({ length: 10_000 }, (_, n) => ({ id: `t${n}`, n })))
  await state.close()
  const clock = new SimClock()
  const { state: again } = await openTiny({
    ...{ storage, time: Object.assign(clock, { at: 0, text: '' }), timers: clock },
    ...{ random: seededRandom(2), compaction: false, checkpoints: { atClose: 1, readAhead } },
  })
  expect(await again.task.where({ n: 777 }).all()).toMatchObject([{ id: 't777' }])
  clock.pass(60_000)
  await turns(100)
  const { read } = storage
  expect(await again.task.update('t777', { n: 778 })).toMatchObject({ rev: 2 })
  isRight(read, storage.read)
  expect(await again.task.where({ n: 778 }).count()).toBe(2)
  await again.close()
})
