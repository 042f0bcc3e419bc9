import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'
import { turns } from './turns.ts'
import { withMethods } from './with-methods.ts'

test('compact tells what it did, and who asks meanwhile hears of the same one', async () => {
  const { state } = await openTiny({ storage: memoryStorage({ retention: 'none' }) })
  await state.task.createMany([{ id: 'a' }, { id: 'b' }])
  for (let n = 0; n < 10; n++) await state.task.update('a', { n })
  await state.task.delete('b')
  const reports = await Promise.all([state.compact(), state.compact()])
  expect(reports[0]).toMatchObject({ upTo: 12, records: 1 })
  expect(reports[1]).toEqual(reports[0])
  expect(reports[0]?.bytesAfter).toBeLessThan(reports[0]?.bytesBefore ?? 0)
  expect((await state.compact()).upTo).toBe(12)
  await state.close()
})

test('an empty store can be compacted', async () => {
  const { state, storage } = await openTiny()
  expect(await state.compact()).toMatchObject({ upTo: 0, records: 0 })
  await state.close()
  const { state: again } = await openTiny({ storage })
  expect((await again.task.create({ id: 'a' })).rev).toBe(1)
  await again.close()
})

test('a base that cannot be written leaves everything as it was, and the next one works', async () => {
  let broken = true
  const storage = withMethods((writer) => ({
    saveBase: (...args) =>
      broken ? Promise.reject(Object.assign(new Error('no room'), { code: 'FULL' })) : writer.saveBase(...args),
  }))
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
  ])
  const before = await rawLog(storage)
  expect(await codeOf(state.compact())).toBe('FULL')
  expect(await rawLog(storage)).toEqual(before)
  expect(await state.task.get('a')).toMatchObject({ n: 1 })
  await state.task.update('a', { n: 2 })
  broken = false
  expect((await state.compact()).upTo).toBe(2)
  expect(await state.task.get('a')).toMatchObject({ n: 2 })
  await state.close()
})

test('a base with too few pointers is not believed', async () => {
  const storage = withMethods((writer) => ({
    saveBase: (...args) => writer.saveBase(...args).then((ptrs) => Array.from(ptrs).slice(1)),
  }))
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
  ])
  expect(await codeOf(state.compact())).toBe('STORAGE_FAILED')
  expect(await state.task.get('a')).toMatchObject({ n: 1 })
  await state.close()
})

test('a truncation that fails is told, and does not fail every later compaction', async () => {
  let failures = 1
  const storage = withMethods((writer) => ({
    truncate: (upTo) => (failures-- > 0 ? Promise.reject(new Error('busy')) : writer.truncate(upTo)),
  }))
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a' })
  expect(await codeOf(state.compact())).toBe('STORAGE_FAILED')
  expect(await codeOf(state.compact())).toBe('none')
  expect((await state.stats()).firstSeq).toBe(2)
  await state.close()
})

test('what is written while the base is, stays on top of it', async () => {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const storage = withMethods((writer) => ({
    saveBase: (...args) => writer.saveBase(...args).then((ptrs) => gate.then(() => ptrs)),
  }))
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.createMany(['patched', 'whole', 'reborn', 'deleted', 'same'].map((id) => ({ id, n: 0, title: 'x' })))
  await state.task.update('patched', { n: 1 })
  const compacting = state.compact()
  await turns(3)
  for (let n = 2; n < 5; n++) await state.task.update('patched', { n })
  for (let n = 1; n < 12; n++) await state.task.update('whole', { n })
  await state.task.delete('reborn')
  await state.task.create({ id: 'reborn', n: 7 })
  await state.task.delete('deleted')
  const before = await state.task.where({}).all()
  open()
  expect((await compacting).upTo).toBe(2)
  expect((await state.stats()).firstSeq).toBe(3)
  expect(await state.task.where({}).all()).toEqual(before)
  expect(before.map(({ id, n, rev }) => [id, n, rev])).toEqual([
    ['patched', 4, 5],
    ['reborn', 7, 3],
    ['same', 0, 1],
    ['whole', 11, 12],
  ])
  expect((await state.verify()).ok).toBe(true)
  await state.close()
  const { state: again } = await openTiny({ storage })
  expect(await again.task.where({}).all()).toEqual(before)
  await again.close()
})

test('a read that began before a compaction ends with what it began with', async () => {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let reads = 0
  const storage = withMethods((writer) => ({
    // The first cold read takes longer than the compaction.
    fetch: (ptrs) => (reads++ === 0 ? gate.then(() => writer.fetch(ptrs)) : writer.fetch(ptrs)),
  }))
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
  ])
  const reading = state.task.where({}).all()
  await state.task.update('a', { n: 2 })
  const compacting = state.compact()
  await state.task.update('a', { n: 3 })
  open()
  expect((await reading).map(({ n }) => n)).toEqual([1, 1])
  expect((await compacting).upTo).toBe(2)
  expect((await state.stats()).firstSeq).toBe(3)
  expect((await state.task.where({}).all()).map(({ n }) => n)).toEqual([3, 1])
  await state.close()
})

test('letting go of history is given up with the compaction, unless a snapshot put it off: then with the store', async () => {
  for (const isHeld of [false, true]) {
    const signals: (AbortSignal | undefined)[] = []
    const storage = withMethods((writer) => ({
      truncate: (upTo, options) => {
        signals.push(options?.signal)
        return writer.truncate(upTo, options)
      },
    }))
    const { state } = await openTiny({ storage })
    await state.task.create({ id: 'a' })
    const snapshot = isHeld ? await state.snapshot() : undefined
    const asked = new AbortController()
    await state.compact({ signal: asked.signal })
    await snapshot?.close()
    await turns(20)
    expect(signals).toHaveLength(1)
    const [signal] = signals
    await state.close()
    expect(signal?.aborted).toBe(isHeld)
  }
})

test('a store that is closed waits for what it is letting go of', async () => {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const storage = withMethods((writer) => ({
    truncate: (upTo, options) => gate.then(() => writer.truncate(upTo, options)),
  }))
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a' })
  const snapshot = await state.snapshot()
  await state.compact()
  await snapshot.close()
  await turns(5)
  let isClosed = false
  const closing = state.close().then(() => {
    isClosed = true
  })
  await turns(20)
  expect(isClosed).toBe(false)
  open()
  await closing
})

test('records that are more bytes than are kept together are compacted part by part', async () => {
  const { state, storage } = await openTiny({
    storage: memoryStorage({ retention: 'none' }),
    memory: { cacheBytes: 1 },
  })
  const long = 'x'.repeat(700_000)
  const ids = Array.from({ length: 60 }, (_, at) => `t${at}`)
  for (const id of ids) await state.task.create({ id, title: long })
  for (const id of ids.toReversed().filter((_, at) => at % 2 === 0)) await state.task.update(id, { n: 1 })
  const before = await state.task.where({}).all()
  await state.compact()
  expect(await state.task.where({}).all()).toEqual(before)
  expect((await state.verify()).ok).toBe(true)
  await state.close()
  const { state: again } = await openTiny({ storage })
  expect(await again.task.where({}).all()).toEqual(before)
  await again.close()
})
