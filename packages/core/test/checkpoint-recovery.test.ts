import {
  type Domain,
  defineDomain,
  type LogReader,
  type LogWriter,
  StatewardError,
  type Storage,
  type StoreEvent,
} from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { TxidWindow } from '../src/deciding/txid-window.ts'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { Bodies } from '../src/records/bodies.ts'
import { loadCheckpoint } from '../src/recovery/load-checkpoint.ts'
import { replay } from '../src/recovery/replay.ts'
import { saveCheckpoint } from '../src/recovery/save-checkpoint.ts'
import { Live } from '../src/state/live.ts'
import { cachingStorage } from './caching-storage.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { seededRandom } from './seeded-random.ts'
import { tinyDomain } from './tiny-domain.ts'
import { withMethods } from './with-methods.ts'

const checkpoints = { atClose: 1 }

/** A closed store of so many tasks and a checkpoint of it; what its log reads with can be replaced. */
async function closedStore(prefix: string, count: number) {
  const own: Partial<LogWriter> = {}
  const storage = cachingStorage(withMethods(() => own, memoryStorage()))
  let saved: Uint8Array = new Uint8Array()
  storage.alter = (bytes) => {
    saved = bytes
    return bytes
  }
  const { state, time } = await openTiny({ storage, checkpoints })
  for (let n = 0; n < count; n++) await state.task.create({ id: `${prefix}${n}`, n }, { txid: `x${n}` })
  await state.close()
  const told: StoreEvent[] = []
  const open = async (options: Parameters<typeof openTiny>[0] = {}) => {
    const onEvent = (event: StoreEvent): void => void (event.kind === 'cacheIgnored' && told.push(event))
    return (await openTiny({ storage, time, checkpoints: false, onEvent, ...options })).state
  }
  return { storage, own, told, open, bytes: () => saved }
}

/** All of it in memory: what opens a snapshot waits for that. */
async function settled<T extends { snapshot(): Promise<{ close(): Promise<void> }> }>(state: T): Promise<T> {
  await (await state.snapshot()).close()
  return state
}

test.each([
  ['as long', 30, 30, 'version 1 of task'],
  ['longer', 2, 60, 'it knows of commits that the log does not hold'],
])(
  'the checkpoint of another log that is %s is found out, and the log says what it said',
  async (_, own, count, reason) => {
    const other = await closedStore('other', count)
    const { storage, told, open } = await closedStore('own', own)
    await (await other.open()).close()
    storage.alter = () => other.bytes()
    const state = await settled(await open({ random: seededRandom(count) }))
    expect(told).toEqual([{ kind: 'cacheIgnored', cache: 'state', reason: expect.stringContaining(reason) }])
    expect((await state.task.where({ n: { gte: own - 1 } }).all()).map(({ id }) => id)).toEqual([`own${own - 1}`])
    expect(await state.task.create({ id: 'own1', n: 1 }, { txid: 'x1' }), 'nor its txids').toMatchObject({ rev: 1 })
    expect(await state.task.create({ id: 'new' })).toMatchObject({ rev: 1 })
    expect(await state.verify()).toMatchObject({ ok: true, records: own + 1 })
    await state.close()
  },
)

test('a checkpoint whose lines are gone is found out', async () => {
  const { own, told, open } = await closedStore('t', 5)
  const state = await open({ memory: { cacheBytes: 1 } })
  own.fetch = async (ptrs) => ptrs.map(() => undefined)
  await settled(state)
  own.fetch = undefined as never
  expect(told).toEqual([
    { kind: 'cacheIgnored', cache: 'state', reason: expect.stringMatching(/task t\d is not where it says/) },
  ])
  expect(await state.task.get('t3')).toMatchObject({ n: 3 })
  await state.close()
})

test.each([
  ['that does not read', new StatewardError('CORRUPT', 'a bad line', { details: { damage: [{ file: 'x' }] } })],
  ['of a device that fails', new StatewardError('STORAGE_FAILED', 'EIO')],
])('of a line %s the checkpoint is innocent: who needs that line hears of it', async (_, failure) => {
  const { own, told, open } = await closedStore('t', 20)
  const failing = (): Promise<never> => Promise.reject(failure)
  own.fetch = failing
  const state = await settled(await open({ memory: { cacheBytes: 1 } }))
  expect(told).toEqual([])
  expect(await codeOf(state.task.get('t7'))).toBe(failure.code)
  expect(await state.task.where({ n: 3 }).count()).toBe(1)
  own.fetch = undefined as never
  expect(await state.task.get('t7')).toMatchObject({ n: 7 })
  await state.close()
})

test('a log that does not read behind a checkpoint is no matter of the checkpoint: the opening fails, and lets go of both', async () => {
  const { storage, own, told, open } = await closedStore('t', 20)
  const writing = await open()
  await writing.task.create({ id: 'behind' })
  await writing.close()
  const closed: string[] = []
  const { alter } = storage
  storage.alter = (bytes) => {
    closed.push('loaded')
    return alter(bytes)
  }
  storage.onClose = () => void closed.push('closed')
  own.read = () => {
    throw new StatewardError('STORAGE_FAILED', 'EIO')
  }
  expect(await codeOf(open())).toBe('STORAGE_FAILED')
  expect(closed).toEqual(['loaded', 'closed'])
  expect(told).toEqual([])
  own.read = undefined as never
  const state = await open()
  expect(await state.task.get('behind')).toMatchObject({ rev: 1 })
  await state.close()
})

test('a store that is closed while the rest of its checkpoint is read gives that up, and says nothing of damage', async () => {
  const { told, open } = await closedStore('t', 20)
  const state = await open()
  const waiting = codeOf(state.snapshot())
  await state.close()
  expect(await waiting).toBe('CLOSED')
  expect(told).toEqual([])
})

test('who only reads finds damage in a checkpoint as well, and reads the log instead', async () => {
  const memory = memoryStorage()
  const reads: number[] = []
  const readingFrom: Storage = {
    ...memory,
    openReader: async () => {
      const reader = await memory.openReader()
      const read: LogReader['read'] = (from, signal) => {
        reads.push(from)
        return memoryRead(from, signal)
      }
      const memoryRead = reader.read.bind(reader)
      return Object.assign(reader, { read })
    },
  }
  let part = 0
  const storage = cachingStorage(
    readingFrom,
    () => (part > 0 ? 'damaged' : 'kept'),
    // Behind all parts the last byte, without which it is no checkpoint.
    (bytes) => Math.min(bytes - 1, Math.floor((part / 9) * bytes)),
  )
  const { state } = await openTiny({ storage, checkpoints })
  await state.task.createMany(Array.from({ length: 2_000 }, (_, n) => ({ id: `t${n}`, n })))
  const { lastSeq } = await state.stats()
  await state.close()
  const found = new Set<string>()
  for (; part < 10; part += 3) {
    reads.length = 0
    const reader = await openStateReader({ storage, domain: tinyDomain })
    found.add(reads.map((from) => (from === 1 ? 'the log' : from === lastSeq + 1 ? 'what is new' : from)).join(', '))
    expect((await reader.task.where({ n: { gte: 1_998 } }).all()).map(({ id }) => id)).toEqual(['t1998', 't1999'])
    await reader.close()
  }
  expect([...found].sort(), 'damage is found at once, or late').toEqual([
    'the log',
    'what is new',
    'what is new, the log',
  ])
})

test('a checkpoint of a store in which nothing lives holds what was deleted', async () => {
  const { told, storage, open } = await closedStore('t', 3)
  const state = await open({ checkpoints })
  await state.task.deleteMany(['t0', 't1', 't2'])
  await state.close()
  const { loads } = storage
  const again = await settled(await open())
  expect(storage.loads).toBeGreaterThan(loads)
  expect(told).toEqual([])
  expect(await again.task.create({ id: 't1' }), 'it was there twice before').toMatchObject({ rev: 3 })
  await again.close()
})

test('a checkpoint holds also what the domain does not know, for one that does', async () => {
  const { note, ...entities } = tinyDomain.entities
  const smaller: Domain = defineDomain(entities)
  const storage = cachingStorage(memoryStorage())
  const { state, time } = await openTiny({ storage, checkpoints })
  await state.note.createMany([{ id: 'a', text: 'x' }, { id: 'b' }])
  await state.note.delete('b')
  await state.task.create({ id: 't' })
  await state.close()
  const told: StoreEvent[] = []
  const onEvent = (event: StoreEvent): void => void told.push(event)
  // Of the first opening by another domain the checkpoint is of no use, of the second one it is its own.
  for (const ignored of [1, 0]) {
    told.length = 0
    const other = await createStateManager({
      storage,
      domain: smaller,
      clock: time,
      random: seededRandom(7 + ignored),
      checkpoints,
      onEvent,
    })
    expect(told.filter(({ kind }) => kind === 'cacheIgnored')).toHaveLength(ignored)
    await other.ask('create', { type: 'task', data: { id: `t${ignored}` } })
    await other.compact()
    await other.close()
  }
  const { state: again } = await openTiny({ storage, time, random: seededRandom(11) })
  expect(note).toBeDefined()
  expect(await again.note.get('a')).toMatchObject({ text: 'x', rev: 1 })
  expect(await again.note.create({ id: 'b' })).toMatchObject({ rev: 3 })
  expect(await again.task.where({}).count()).toBe(3)
  expect(await again.verify()).toMatchObject({ ok: true })
  await again.close()
})

/** A state whose indexes cannot be saved. */
function withoutImages(reader: LogReader): Live {
  const live = new Live(tinyDomain, new Bodies(reader, 1))
  for (const [name, type] of live.types) {
    const indexes = type.indexes.map(
      (index) => new Proxy(index, { get: (of, key) => (key === 'image' ? undefined : Reflect.get(of, key)) }),
    )
    type.kept.all = type.kept.trusted = indexes
    live.types.set(name, { ...type, indexes })
  }
  return live
}

test('an index that cannot be saved is built again from the records of a checkpoint, and only from all of them', async () => {
  const own: Partial<LogWriter> = {}
  const storage = cachingStorage(withMethods(() => own, memoryStorage()))
  const { state: written } = await openTiny({ storage })
  await written.task.createMany(Array.from({ length: 1_100 }, (_, n) => ({ id: `t${n}`, n })))
  const { lastSeq } = await written.stats()
  await written.close()
  const { writer } = await storage.openWriter('test')
  const original = withoutImages(writer)
  await replay(writer, original)
  const { caches } = writer
  if (caches === undefined) throw new Error('this storage keeps caches')
  const txids = new TxidWindow()
  const state = { domain: tinyDomain, live: original, txids }
  const breathe = async (): Promise<void> => undefined
  await saveCheckpoint(caches, state, { breathe, signal: new AbortController().signal })
  const load = (live: Live) =>
    loadCheckpoint({ reader: writer, domain: tinyDomain, live, txids: undefined, random: seededRandom() })
  const live = withoutImages(writer)
  const loaded = await load(live)
  expect(loaded).toMatchObject({ upTo: lastSeq })
  const [before, after] = [original, live].map((one) =>
    one
      .type('task')
      .indexes.map((index) => [index.name, index.size(), ...Array.from(index.lookup({ equal: [[1_050]] }))]),
  )
  expect(after).toEqual(before)
  expect(after?.some(([, size, ...slots]) => size === 1_100 && slots.length === 1)).toBe(true)
  await live.whole.reached()
  const mixed = new Live(tinyDomain, new Bodies(writer, 1))
  expect(await load(mixed), 'an index that can be saved needs an image of its own').toBe('it is of another domain')
  own.fetch = async (ptrs) => ptrs.map(() => undefined)
  expect(await load(withoutImages(writer))).toMatch(/found that the log has let go of it/)
})
