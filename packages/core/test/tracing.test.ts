import { tracingNames } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { channels } from '../src/observation/channels.ts'
import { cachingStorage } from './caching-storage.ts'
import { listening } from './listening.ts'
import { openTiny } from './open-tiny.ts'
import { tinyDomain } from './tiny-domain.ts'

// Channels belong to the process, and other tests open stores at the same time.
const names = {
  message: 'm',
  failing: 'f',
  transaction: 't',
  commits: 'c',
  sampled: 's',
  life: 'l',
  saving: 'h',
} as const

test('a message is told from the call to its answer', async () => {
  const heard = listening(tracingNames.message, names.message)
  const { state } = await openTiny({ observe: { name: names.message } })
  await state.task.create({ id: 'a', title: 'hidden' })
  await state.task.get('a')
  await state.task.createMany([{ id: 'b' }, { id: 'c' }])
  const told = { store: 'm', message: 'create', type: 'task' }
  expect(heard.slice(0, 4)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'].map((phase) => ({ phase, told })))
  expect(heard.filter(({ phase }) => phase === 'start').map((one) => one.told)).toEqual([
    told,
    { store: 'm', message: 'get', type: 'task' },
    { store: 'm', message: 'createMany', type: 'task', items: 2 },
  ])
  await state.close()
})

test('a refusal is told by its code alone, and the caller hears it as ever', async () => {
  const heard = listening(tracingNames.message, names.failing)
  const { state } = await openTiny({ observe: { name: names.failing } })
  const refused = state.task.update('secret-id', { title: 'secret' })
  await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const told = { store: 'f', message: 'update', type: 'task', code: 'NOT_FOUND' }
  expect(heard.slice(2)).toEqual(['error', 'asyncStart', 'asyncEnd'].map((phase) => ({ phase, told })))
  expect(JSON.stringify(heard)).not.toContain('secret')
  await state.close()
})

test('a body that is no body, or throws when it is looked at, is told without its words', async () => {
  const heard = listening(tracingNames.message, names.failing)
  const { state } = await openTiny({ observe: { name: names.failing } })
  const bodies: unknown[] = [
    undefined,
    'secret',
    { type: 'secret' },
    { type: { toString: () => 'secret' } },
    { query: 'secret' },
    { name: 'secret', body: {} },
    {
      get type(): string {
        throw new Error('secret')
      },
    },
  ]
  for (const kind of ['get', 'aggregate', 'question', 'command', 'toString', '__proto__'] as const)
    for (const body of bodies) {
      const asked = Reflect.apply(state.ask, state, [kind, body])
      await expect(asked).rejects.toHaveProperty('code')
    }
  expect(JSON.stringify(heard)).not.toContain('secret')
  expect(heard.filter(({ phase }) => phase === 'error')).toHaveLength(4 * bodies.length)
  await state.close()
})

test('a transaction is one message, however many it makes', async () => {
  const heard = listening(tracingNames.message, names.transaction)
  const { state } = await openTiny({ observe: { name: names.transaction } })
  await state.transaction(async (tx) => {
    await tx.task.create({ id: 'a' })
    await tx.task.get('a')
  })
  expect(heard.filter(({ phase }) => phase === 'asyncEnd')).toEqual([
    { phase: 'asyncEnd', told: { store: 't', message: 'transaction' } },
  ])
  await state.close()
})

test('commits are told by the group that the storage takes', async () => {
  const heard = listening(tracingNames.commit, names.commits)
  const { state } = await openTiny({ observe: { name: names.commits } })
  await Promise.all(['a', 'b', 'c'].map((id) => state.task.create({ id })))
  const [start, , , end] = heard
  const facts = { store: 'c', durability: 'commit', commits: 3, from: 1, to: 3, bytes: expect.any(Number) }
  expect([start, end]).toEqual([
    { phase: 'start', told: facts },
    { phase: 'asyncEnd', told: facts },
  ])
  await state.close()
})

test('of messages that are to be sampled only some are told', async () => {
  const heard = listening(tracingNames.message, names.sampled)
  const { state } = await openTiny({ observe: { name: names.sampled, traces: { reads: 10 } } })
  for (let at = 0; at < 1_000; at++) await state.task.get('a')
  const told = heard.filter(({ phase }) => phase === 'start').length
  expect(told).toBeGreaterThan(100)
  expect(told).toBeLessThan(250)
  await state.close()
})

test('opening, compaction and checkpoint are told, and a compaction that fails by its code', async () => {
  const opened = listening(tracingNames.recovery, names.life)
  const compacted = listening(tracingNames.compaction, names.life)
  const storage = memoryStorage()
  const options = { storage, domain: tinyDomain, observe: { name: names.life } } as const
  const state = await createStateManager(options)
  await state.task.create({ id: 'a' })
  await state.compact()
  await expect(
    createStateManager({ ...options, storage: { ...storage, openWriter: () => Promise.reject() } }),
  ).rejects.toThrow()
  expect(opened.filter(({ phase }) => phase === 'asyncEnd').map(({ told }) => told)).toEqual([
    { store: 'l', lastSeq: 0, clean: true, records: 0 },
    { store: 'l', code: 'STORAGE_FAILED' },
  ])
  expect(compacted.at(-1)).toEqual({
    phase: 'asyncEnd',
    told: {
      store: 'l',
      cause: 'asked',
      upTo: 1,
      records: 1,
      bytesBefore: expect.any(Number),
      bytesAfter: expect.any(Number),
    },
  })
  await state.close()
})

test('a checkpoint is told with the commit up to which it knows, and what became of it', async () => {
  const heard = listening(tracingNames.checkpoint, names.saving)
  const storage = cachingStorage(memoryStorage())
  for (const isFull of [false, true]) {
    storage.isFull = isFull
    const { state } = await openTiny({ storage, checkpoints: { atClose: 1 }, observe: { name: names.saving } })
    await state.task.create({ id: `t ${isFull}` })
    await state.close()
  }
  expect(heard.filter(({ phase }) => phase === 'asyncEnd').map(({ told }) => told)).toEqual([
    { store: 'h', upTo: 1, saved: true },
    { store: 'h', upTo: 2, code: 'UNKNOWN' },
  ])
})

test('nobody is told anything when nobody listens', () => {
  expect(Object.values(channels).map(({ hasSubscribers }) => hasSubscribers)).not.toContain(true)
})
