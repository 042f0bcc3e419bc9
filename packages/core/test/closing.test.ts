import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { gatedStorage } from './gated-storage.ts'
import { openTiny } from './open-tiny.ts'

test('after close every call is CLOSED', async () => {
  const { state } = await openTiny()
  const snapshot = await state.snapshot()
  await state.close()
  const calls = [
    state.task.create({ id: 'a' }),
    state.task.get('a'),
    state.task.getMany(['a']),
    state.task.update('a', {}),
    state.task.delete('a'),
    state.task.restore('a'),
    state.task.createMany([]),
    state.task.updateMany([]),
    state.task.deleteMany([]),
    state.transact([]),
    state.task.where({}).all(),
    state.task.count(),
    state.task.groupBy('n'),
    state.task.where({}).explain(),
    state.task.history('a').next(),
    state.snapshot(),
    state.compact(),
    state.stats(),
    state.verify(),
    state.flush(),
    snapshot.task.get('a'),
  ]
  expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => 'CLOSED'))
  expect(await codeOf(snapshot.close())).toBe('none')
  expect(() => state.changes()).toThrow(expect.objectContaining({ code: 'CLOSED' }))
})

test('close settles what waits, in flight and queued, and what it acknowledges is there', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage })
  const first = state.task.create({ id: 'first' })
  await storage.asked(1)
  const queued = Array.from({ length: 20 }, (_, n) => state.task.create({ id: `t${n}` }))
  const closing = state.close()
  expect(await codeOf(state.task.create({ id: 'too late' }))).toBe('CLOSED')
  storage.open()
  await closing
  expect((await Promise.all([first, ...queued])).length).toBe(21)
  const { state: again } = await openTiny({ storage })
  expect(await again.task.count()).toBe(21)
  expect(again.recovery.clean).toBe(true)
  await again.close()
})

test('close may be called as often as one likes, and asyncDispose is close', async () => {
  const { state } = await openTiny()
  const writing = state.task.create({ id: 'a' })
  await Promise.all([state.close(), state.close(), state[Symbol.asyncDispose]()])
  await state.close()
  expect((await writing).rev).toBe(1)
})

test('followers end when the store is closed', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a' })
  const seen: number[] = []
  const following = (async () => {
    for await (const { seq } of state.changes()) seen.push(seq)
  })()
  await state.close()
  await following
  expect(seen.length).toBeLessThanOrEqual(1)
})

test('close cancels the compaction that runs, and lets go of open snapshots', async () => {
  const storage = gatedStorage()
  storage.open()
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a' })
  await state.snapshot()
  storage.shut()
  const compacting = codeOf(state.compact())
  const closing = state.close()
  storage.open()
  await closing
  expect(await compacting).toBe('CLOSED')
  const { state: again } = await openTiny({ storage })
  expect(await again.task.get('a')).toMatchObject({ id: 'a', rev: 1 })
  await again.close()
})

test('a storage that cannot be closed makes close reject with its code', async () => {
  const { state } = await openTiny()
  await state.close()
  const broken = gatedStorage()
  const { openWriter } = broken
  broken.open()
  const { state: other } = await openTiny({
    storage: {
      ...broken,
      async openWriter(owner) {
        const opened = await openWriter(owner)
        const close = (): Promise<void> => Promise.reject(new Error('EIO'))
        return { ...opened, writer: Object.assign(Object.create(opened.writer), { close }) }
      },
    },
  })
  expect(await codeOf(other.close())).toBe('STORAGE_FAILED')
})
