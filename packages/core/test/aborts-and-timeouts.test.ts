import { getEventListeners } from 'node:events'
import { hasCode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { gatedStorage } from './gated-storage.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'
import { refused } from './refused.ts'

test('aborted before the call: ABORTED, with the reason as its cause', async () => {
  const store = await openTiny()
  const { state } = store
  await state.task.create({ id: 'a' })
  const signal = AbortSignal.abort('no longer wanted')
  const calls = [
    () => state.task.create({ id: 'b' }, { signal }),
    () => state.task.update('a', { n: 1 }, { signal }),
    () => state.task.delete('a', { signal }),
    () => state.task.createMany([{ id: 'b' }], { signal }),
    () => state.transact([{ op: 'delete', type: 'task', id: 'a' }], { signal }),
    () => state.task.get('a', { signal }),
    () => state.task.where({}).all({ signal }),
    () => state.task.count({ signal }),
    () => state.ask('compact', {}, { signal }),
    () => state.ask('flush', {}, { signal }),
  ]
  for (const call of calls) {
    const error = await refused(store, 'ABORTED', call)
    expect((error as { cause?: unknown }).cause).toBe('no longer wanted')
  }
  await state.close()
})

test('no time at all: TIMEOUT, and nothing happened', async () => {
  const store = await openTiny()
  const { state } = store
  await state.task.create({ id: 'a' })
  for (const call of [
    () => state.task.create({ id: 'b' }, { timeoutMs: 0 }),
    () => state.task.get('a', { timeoutMs: 0 }),
    () => state.task.where({}).all({ timeoutMs: 0 }),
    () => state.ask('stats', {}, { timeoutMs: 0 }),
  ]) {
    expect(await codeOf(call())).toBe('TIMEOUT')
  }
  expect(await rawLog(store.storage)).toHaveLength(1)
  await state.close()
})

test('while the message waits: ABORTED or TIMEOUT, and nothing happens; once it is in flight an abort is ignored', async () => {
  const storage = gatedStorage()
  const { state, time } = await openTiny({ storage })
  const early = new AbortController()
  const inFlight = state.task.create({ id: 'in flight' }, { signal: early.signal })
  await storage.asked(1)
  const alsoInFlight = state.task.create({ id: 'also' })
  await storage.asked(2)
  const late = new AbortController()
  const waiting = state.task.create({ id: 'waiting' }, { signal: late.signal })
  const hurried = state.task.create({ id: 'hurried' }, { timeoutMs: 1 })
  early.abort()
  late.abort()
  time.at += 2
  expect(await codeOf(waiting)).toBe('ABORTED')
  expect(await codeOf(hurried)).toBe('TIMEOUT')
  storage.open()
  expect((await inFlight).id).toBe('in flight')
  await alsoInFlight
  await state.flush()
  expect((await state.task.where({}).all()).map(({ id }) => id)).toEqual(['also', 'in flight'])
  await state.close()
})

test('time that is up in flight: UNKNOWN, and the txid tells later', async () => {
  const storage = gatedStorage()
  const { state, time } = await openTiny({ storage })
  const write = state.task.create({ id: 'a', n: 1 }, { timeoutMs: 1, txid: 't' })
  const again = state.task.create({ id: 'a', n: 1 }, { timeoutMs: 1, txid: 't' })
  const codes = Promise.all([codeOf(write), codeOf(again)])
  await storage.asked(1)
  time.at += 2
  expect(await codes).toEqual(['UNKNOWN', 'UNKNOWN'])
  storage.open()
  expect(await state.task.create({ id: 'a', n: 1 }, { txid: 't' })).toMatchObject({ id: 'a', rev: 1 })
  expect((await state.stats()).lastSeq).toBe(1)
  await state.close()
})

test('a read that waits for the disk can be given up', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  storage.open()
  await state.task.create({ id: 'a' })
  storage.shut()
  const abort = new AbortController()
  const aborted = state.task.get('a', { signal: abort.signal })
  const late = state.task.where({}).all({ timeoutMs: 1 })
  const patient = state.task.get('a')
  abort.abort('enough')
  expect(hasCode(await aborted.catch((error: unknown) => error), 'ABORTED')).toBe(true)
  expect(await codeOf(late)).toBe('TIMEOUT')
  storage.open()
  expect((await patient)?.id).toBe('a')
  await state.close()
})

test('a compaction outlives the patience of who asked for it: UNKNOWN', async () => {
  const storage = gatedStorage()
  storage.open()
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a' })
  storage.shut()
  expect(await codeOf(state.ask('compact', {}, { timeoutMs: 1 }))).toBe('UNKNOWN')
  const second = state.compact()
  storage.open()
  expect((await second).upTo).toBe(1)
  await state.close()
})

test('no listener and no timer outlives its call', async () => {
  const { state } = await openTiny()
  const { signal } = new AbortController()
  const options = { signal, timeoutMs: 60_000 }
  await state.task.create({ id: 'a' }, options)
  await Promise.all([state.task.get('a', options), state.task.where({}).all(options), state.ask('stats', {}, options)])
  await state.task.update('none', {}, options).catch(() => undefined)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  await state.close()
})
