import { defineDomain, type LogWriter, StatewardError, type StoreEvent } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { LogPump } from '../src/writing/log-pump.ts'
import { brittleStorage } from './brittle-storage.ts'
import { cachingStorage } from './caching-storage.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'
import { seededRandom } from './seeded-random.ts'
import { tinyDomain } from './tiny-domain.ts'
import { turns } from './turns.ts'
import { withMethods } from './with-methods.ts'

test('batches that begin before what was asked for are taken in from there on', async () => {
  const early = (writer: LogWriter): Partial<LogWriter> => ({
    read: (from, signal) => writer.read(Math.max(1, from - 3), signal),
  })
  const storage = cachingStorage(withMethods(early, memoryStorage()))
  const { state, time } = await openTiny({ storage, checkpoints: { atClose: 1 }, compaction: false })
  await state.task.create({ id: 'a', n: 0 })
  for (const n of [1, 2, 3, 4]) await state.task.update('a', { n })
  await state.close()
  for (const isCompacted of [true, false]) {
    const { state: again } = await openTiny({
      storage,
      time,
      checkpoints: false,
      random: seededRandom(isCompacted ? 1 : 2),
    })
    expect(await again.task.get('a')).toMatchObject({ rev: isCompacted ? 5 : 7 })
    if (isCompacted) for (const n of [5, 6]) await again.task.update('a', { n })
    expect(await again.verify()).toMatchObject({ ok: true })
    if (isCompacted) await again.compact()
    await again.close()
  }
})

test('a field called txid is no txid, also not in what a compaction has covered', async () => {
  const note = { ...tinyDomain.entities.note }
  const domain = defineDomain({ note })
  const storage = memoryStorage()
  const open = (seed: number) => createStateManager({ storage, domain, random: seededRandom(seed), compaction: false })
  const state = await open(1)
  await state.ask('create', { type: 'note', data: { id: 'a', txid: 'x' } })
  await state.ask('create', { type: 'note', data: { id: 'b' }, txid: 'y' })
  await state.compact()
  await state.close()
  const again = await open(2)
  expect(await codeOf(again.note.create({ id: 'a' }, { txid: 'x' }))).toBe('ALREADY_EXISTS')
  expect(await again.note.create({ id: 'c' }, { txid: 'x' })).toMatchObject({ id: 'c', rev: 1 })
  expect(await again.note.create({ id: 'b' }, { txid: 'y' }), 'sent again').toMatchObject({ id: 'b', rev: 1 })
  expect(await rawLog(storage)).toHaveLength(3)
  await again.close()
})

test('a line of another program may hold anything as its times, and is compacted as it is', async () => {
  const storage = memoryStorage()
  const { writer } = await storage.openWriter('another program')
  const lines = [
    '{"type":"task","timestamp":"2026-01-01T00:00:00.000Z","data":{"id":"a","n":1,"updated_at":5},"rev":1}',
    '{"type":"tx","timestamp":"2026-01-02T00:00:00.000Z","data":{"ops":[{"type":"task","data":{"id":"b","updated_at":{}},"rev":1}]}}',
  ]
  await writer.append(
    lines.map((line) => Buffer.from(line)),
    { expectedSeq: 0, commitId: 'x', durability: 'none' },
  )
  for (const seed of [1, 2]) {
    const { state } = await openTiny({
      storage,
      random: seededRandom(seed),
      memory: { cacheBytes: seed === 1 ? 1 : 100_000 },
    })
    expect(await state.ask('get', { type: 'task', id: 'a' })).toMatchObject({ n: 1, updated_at: 5 })
    expect(await state.ask('get', { type: 'task', id: 'b' })).toMatchObject({ updated_at: {} })
    await state.compact()
    expect(await state.verify()).toMatchObject({ ok: true, records: 2 })
    await state.close()
  }
})

test('a storage that survives nothing is flushed as far as it goes', async () => {
  const asked: unknown[] = []
  const { caps } = memoryStorage()
  const pump = new LogPump({
    writer: {
      append: async (records: readonly Uint8Array[], { durability }: { durability: string }) => {
        asked.push([records.length, durability])
        return { lastSeq: 0, ptrs: [] }
      },
    } as unknown as LogWriter,
    caps: { ...caps, survives: {} },
    lastSeq: 0,
    nonce: 'n',
    apply: () => undefined,
    forget: () => undefined,
    stopped: () => undefined,
    wait: async () => undefined,
  })
  await pump.flush()
  expect(asked).toEqual([[0, 'none']])
})

test('a storage that takes an append behind one that failed has broken its promise: writing stops, and nobody is told that it was written', async () => {
  const storage = brittleStorage()
  let first = true
  storage.own = (writer) => ({
    async append(...args) {
      if (!first) return writer.append(args[0], { ...args[1], expectedSeq: 0 })
      first = false
      await turns(3)
      throw new StatewardError('FULL', 'no room')
    },
  })
  const told: StoreEvent[] = []
  const { state } = await openTiny({ storage, onEvent: (event) => void told.push(event) })
  const failing = codeOf(state.task.create({ id: 'a' }))
  await turns(1)
  const behind = codeOf(state.task.create({ id: 'b' }))
  expect(await Promise.all([failing, behind])).toEqual(['FULL', 'UNKNOWN'])
  expect(told).toMatchObject([
    { kind: 'stopped', code: 'STORAGE_FAILED', message: expect.stringContaining('after one that failed') },
  ])
  expect(await state.task.get('b'), 'what landed is not seen before it is opened again').toBeUndefined()
  storage.own = () => ({})
  await state.reopen()
  expect(await state.task.get('b')).toMatchObject({ rev: 1 })
  await state.close()
})

test('a checkpoint that is read with promises only is found damaged before anything of it is believed', async () => {
  let part = -1
  const parts = 24
  const storage = cachingStorage(
    memoryStorage(),
    () => (part < 0 ? 'kept' : 'damaged'),
    (bytes) => Math.floor(((part + 0.5) / parts) * bytes),
  )
  storage.hasSync = false
  const { state, time } = await openTiny({ storage, checkpoints: { atClose: 1 } })
  const plan = await state.plan.create({ name: 'p', status: 'draft' })
  await state.task.createMany([1, 2, 3, 4, 5].map((n) => ({ id: `t${n}`, n, plan_id: plan.id, title: 'x' })))
  await state.note.create({ id: 'n' })
  await state.task.delete('t5')
  const { records } = await state.stats()
  await state.close()
  let ignored = 0
  for (; part < parts; part++) {
    const onEvent = ({ kind }: StoreEvent): void => void (kind === 'cacheIgnored' && ignored++)
    const { state: again } = await openTiny({ storage, time, checkpoints: false, onEvent })
    expect((await again.task.where({ n: { gte: 2 } }).all()).map(({ id }) => id)).toEqual(['t2', 't3', 't4'])
    expect(await again.task.where({ plan_id: plan.id }).count()).toBe(4)
    expect(await again.plan.where({ name: 'p' }).count()).toBe(1)
    expect((await again.stats()).records).toEqual(records)
    expect(await again.verify()).toMatchObject({ ok: true })
    await again.close()
  }
  expect(ignored).toBe(parts)
  part = -1
  const reader = await openStateReader({ storage, domain: tinyDomain })
  expect(await reader.task.where({ title: 'x' }).count()).toBe(4)
  await reader.close()
})
