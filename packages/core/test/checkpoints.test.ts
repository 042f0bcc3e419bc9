import { SimClock } from '@stateward/conformance'
import type { LogWriter, Storage, StoreEvent } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import type { CheckpointOptions } from '../src/recovery/checkpoint-options.ts'
import { cachingStorage } from './caching-storage.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { seededRandom } from './seeded-random.ts'
import { turns } from './turns.ts'

/** Replaces text of the same length, near the end. */
function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const altered = Buffer.from(bytes)
  const at = altered.lastIndexOf(from)
  expect(at).toBeGreaterThan(0)
  altered.write(to, at)
  return altered
}

/** Makes the directory at the end as much shorter, in what is said of it. */
function shortened(bytes: Uint8Array, by: number): Uint8Array {
  const altered = Buffer.from(bytes)
  altered.writeDoubleLE(altered.readDoubleLE(altered.length - 16) - by, altered.length - 16)
  return altered
}

const layout = 'it is of a layout that cannot be read here'

test.each<[what: string, alter: (bytes: Uint8Array) => Uint8Array, reason: string | RegExp]>([
  ['is empty', () => new Uint8Array(), layout],
  ['is shorter than its end', (bytes) => bytes.subarray(0, 15), layout],
  ['ends with another number', (bytes) => Buffer.from(bytes).fill(7, bytes.length - 1), layout],
  ['is of another format', (bytes) => replaced(bytes, '{"format":3', '{"format":2'), layout],
  ['is of another domain', (bytes) => replaced(bytes, '[[\\"plan', '[[\\"plum'), 'it is of another domain'],
  ['has a directory that is no JSON', (bytes) => shortened(bytes, 1), /JSON/],
  ['is cut at its beginning', (bytes) => bytes.subarray(1), /nothing is there|invalid|expected|image/i],
])('a checkpoint that %s is told and left alone, and the log says all that it said', async (_, alter, reason) => {
  const storage = cachingStorage(memoryStorage())
  const checkpoints = { atClose: 1 }
  const { state } = await openTiny({ storage, checkpoints })
  await state.task.createMany([{ id: 'a', n: 1 }, { id: 'b' }])
  const changed = await state.task.update('a', { n: 2 }, { txid: 'once' })
  await state.close()
  storage.alter = alter
  const told: StoreEvent[] = []
  const { state: again } = await openTiny({ storage, checkpoints, onEvent: (event) => void told.push(event) })
  const match = typeof reason === 'string' ? reason : expect.stringMatching(reason)
  expect(told).toContainEqual({ kind: 'cacheIgnored', cache: 'state', reason: match })
  expect((await again.task.where({}).all()).map(({ id, n }) => [id, n])).toEqual([
    ['a', 2],
    ['b', undefined],
  ])
  expect(await again.task.update('a', { n: 2 }, { txid: 'once' })).toEqual(changed)
  expect(await again.verify()).toMatchObject({ ok: true })
  await again.close()
})

let openings = 0

async function opened(checkpoints: CheckpointOptions | false, storage = cachingStorage(memoryStorage())) {
  const clock = new SimClock()
  const told: string[] = []
  // Two openings that roll the same dice would call their commits the same.
  const { state } = await openTiny({
    ...{ storage, checkpoints, compaction: false, random: seededRandom(++openings) },
    ...{ time: Object.assign(clock, { at: 0, text: '' }), timers: clock },
    onEvent: (event) => {
      if (event.kind === 'caretaker') told.push(`${event.caretaker} ${event.phase}`)
    },
  })
  const pass = async (ms: number): Promise<void> => {
    clock.pass(ms)
    await turns(100)
  }
  return { storage, state, told, pass }
}

async function commits(state: TinyState, count: number): Promise<void> {
  for (let left = count; left > 0; left--) await state.plan.create({ name: 'p' })
  await turns(100)
}

test('a checkpoint is saved at the close when so many changes are in none', async () => {
  const few = await opened({ atClose: 4 })
  await commits(few.state, 3)
  await few.state.close()
  expect(few.storage.saves).toBe(0)
  // They count on from the last one, whoever has saved it.
  const more = await opened({ atClose: 4 }, few.storage)
  await commits(more.state, 1)
  await more.state.close()
  expect(more.storage.saves).toBe(1)
  const none = await opened({ atClose: 1 }, few.storage)
  expect(none.storage.loads).toBeGreaterThan(0)
  await none.state.close()
  expect(none.storage.saves).toBe(1)
  const last = await opened({ atClose: 2 }, few.storage)
  await commits(last.state, 1)
  await last.state.close()
  expect(last.storage.saves).toBe(1)
})

test('what is counted at the close are changes: one commit of many is worth a checkpoint', async () => {
  const first = await opened({ atClose: 1 })
  await commits(first.state, 5)
  await first.state.close()
  expect(first.storage.saves).toBe(1)
  const { state, storage } = await opened({ atClose: 4 }, first.storage)
  const before = (await state.stats()).lastSeq
  await state.plan.createMany(['p', 'q', 'r', 's'].map((name) => ({ name })))
  expect((await state.stats()).lastSeq).toBe(before + 1)
  await state.close()
  expect(storage.saves).toBe(2)
})

test('while the store is open one is saved after so many commits; one that fails is told, and saved after a pause', async () => {
  const { storage, state, told, pass } = await opened({ atClose: 1_000, whileOpen: 4 })
  await commits(state, 3)
  expect(storage.saves).toBe(0)
  await commits(state, 1)
  expect(storage.saves).toBe(1)
  storage.isFull = true
  await commits(state, 4)
  expect(storage.saves).toBe(2)
  expect(told).toEqual(['checkpointing restarting'])
  await commits(state, 40)
  expect(storage.saves).toBe(2)
  await pass(12_000)
  expect(storage.saves).toBe(3)
  storage.isFull = false
  await pass(24_000)
  expect(storage.saves).toBe(4)
  expect(told.slice(1)).toEqual(['restarted', 'restarting', 'restarted'].map((phase) => `checkpointing ${phase}`))
  // An eighth of the records is more by now.
  await commits(state, 8)
  expect(storage.saves).toBe(5)
  await state.close()
  expect(storage.saves).toBe(5)
})

test('one that fails again and again stops, alone: the store goes on, and saves one when it is begun by hand, or closed', async () => {
  const { storage, state, told, pass } = await opened({ atClose: 1, whileOpen: 4 })
  storage.isFull = true
  await commits(state, 4)
  for (let hours = 0; hours < 20; hours++) await pass(3_600_000)
  expect(told.at(-1)).toBe('checkpointing stopped')
  expect(storage.saves).toBe(13)
  expect((await state.stats()).caretakers).toContainEqual(
    expect.objectContaining({ name: 'checkpointing', state: 'stopped', crashes: 13 }),
  )
  await commits(state, 40)
  expect(storage.saves).toBe(13)
  storage.isFull = false
  await state.restart('checkpointing')
  await turns(100)
  expect(storage.saves).toBe(14)
  await state.plan.create({ name: 'last' })
  await state.close()
  expect(storage.saves).toBe(15)
})

test('a large store is saved less often: when an eighth of its records is new', async () => {
  const { storage, state } = await opened({ atClose: 1_000, whileOpen: 1 })
  await state.plan.createMany(Array.from({ length: 40 }, () => ({ name: 'p' })))
  await turns(100)
  const { saves } = storage
  await commits(state, 5)
  expect(storage.saves).toBe(saves + 1)
  await state.close()
})

test('a truncation takes the checkpoint along, and a new one is saved where that is worth it', async () => {
  for (const [atClose, saves] of [
    [2, 1],
    [3, 0],
  ] as const) {
    const { storage, state } = await opened({ atClose })
    await state.task.createMany([{ id: 'a' }, { id: 'b' }])
    await state.compact()
    await turns(100)
    expect(storage.saves).toBe(saves)
    await state.close()
    expect(storage.saves).toBe(saves)
  }
})

test('a compaction lets go of the checkpoint of what it compacts, and of the index of histories, and both are saved anew', async () => {
  const { storage, state } = await opened({ atClose: 2, whileOpen: 3 })
  await commits(state, 3)
  expect(storage.saves).toBe(1)
  await state.compact()
  await turns(100)
  expect(storage.saves, 'nothing came since, and the checkpoint is gone all the same').toBe(2)
  expect(storage.savedNames.filter((name) => name !== 'state')).toHaveLength(1)
  await state.close()
  const { state: again } = await opened({ atClose: 2 }, storage)
  await commits(again, 2)
  await again.close()
  expect(storage.savedNames.filter((name) => name !== 'state')).toHaveLength(2)
})

test('false: none is saved, and one that is there is of use', async () => {
  const { storage, state } = await opened({ atClose: 1 })
  await commits(state, 2)
  await state.close()
  const { state: again } = await opened(false, storage)
  expect(storage.loads).toBeGreaterThan(0)
  await commits(again, 2)
  await again.compact()
  await again.close()
  expect(storage.saves).toBe(1)
})

test('from a checkpoint nothing is read of the log but samples', async () => {
  const { storage, state } = await opened({ atClose: 1 })
  for (let at = 0; at < 40; at++) await state.task.create({ id: `t${at}`, n: at % 7 })
  const tasks = await state.task.where({ n: 3 }).all()
  await state.close()
  storage.fetched = 0
  const { state: again } = await opened({ atClose: 40 }, storage)
  expect(storage.fetched).toBeLessThanOrEqual(16)
  expect(await again.task.where({ n: 3 }).all()).toEqual(tasks)
  await again.close()
})

test('the first rows of what an index answers alone are read, and none to tell whether there are more', async () => {
  const { storage, state } = await opened({ atClose: 1 })
  const numbers = Array.from({ length: 400 }, (_, at) => at)
  await Promise.all(
    numbers.map((at) => state.task.create({ id: `t${at}`, n: at % 200, state: at % 2 === 0 ? 'open' : 'shut' })),
  )
  await state.close()
  const { state: again } = await opened({ atClose: 1_000 }, storage)
  storage.fetched = 0
  const found = await again.task.where({ state: 'open' }).orderBy('n', 'desc').limit(4).all()
  expect(found.map(({ id }) => id)).toEqual(['t198', 't398', 't196', 't396'])
  expect(storage.fetched).toBe(4)
  await again.close()
})

test('from a checkpoint it is known how much of the log is superseded', async () => {
  const memory = memoryStorage()
  const asked: unknown[] = []
  const telling: Storage = {
    ...memory,
    async openWriter(owner) {
      const { writer, recovery } = await memory.openWriter(owner)
      const own: Partial<LogWriter> = {
        stats: async () => ({
          ...(await writer.stats()),
          opening: { upTo: 0, baseBytes: 0, logBytes: 8_000, logSegments: 1 },
        }),
        saveBase: async (upTo, chunks, options) => {
          asked.push(options?.bytes)
          return writer.saveBase(upTo, chunks, options)
        },
      }
      const proxy = new Proxy(writer, {
        get(target, key) {
          const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      return { writer: proxy, recovery }
    },
  }
  const { storage, state } = await opened({ atClose: 1 }, cachingStorage(telling))
  await state.task.create({ id: 'a' })
  for (const n of [1, 2, 3]) await state.task.update('a', { n })
  await state.close()
  const { state: again } = await opened({ atClose: 1 }, storage)
  await again.compact()
  expect(asked).toEqual([2_000])
  await again.close()
})
