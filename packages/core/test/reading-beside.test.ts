import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { tinyDomain } from './tiny-domain.ts'

test('a reader sees the state as of its opening, follows what comes, and leaves the writer in peace', async () => {
  const { state, storage } = await openTiny()
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 2 },
  ])
  await using reader = await openStateReader({ storage, domain: tinyDomain })
  await state.task.update('a', { n: 5 })
  expect(await reader.task.get('a')).toMatchObject({ n: 1, rev: 1 })
  expect(
    (
      await reader.task
        .where({ n: { gte: 1 } })
        .orderBy('n', 'desc')
        .all()
    ).map(({ id }) => id),
  ).toEqual(['b', 'a'])
  expect(await reader.stats()).toMatchObject({ lastSeq: 1, records: 2, health: 'ok' })
  expect((await reader.verify()).ok).toBe(true)
  const abort = new AbortController()
  const seqs: number[] = []
  for await (const { seq, last } of reader.changes({ signal: abort.signal })) {
    if (!last) continue
    seqs.push(seq)
    if (seq === 2) await state.task.delete('b')
    if (seq === 3) abort.abort()
  }
  expect(seqs).toEqual([1, 2, 3])
  const { snapshot } = await reader.ask('snapshot', {})
  expect(await reader.ask('count', { type: 'task', snapshot })).toBe(2)
  expect((await state.task.update('a', { n: 6 })).rev).toBe(3)
  await state.close()
})

test('a reader writes nothing', async () => {
  const { state, storage } = await openTiny()
  await state.task.create({ id: 'a' })
  const reader = await openStateReader({ storage, domain: tinyDomain })
  const calls = [
    reader.task.create({ id: 'b' }),
    reader.task.update('a', {}),
    reader.task.delete('a'),
    reader.task.restore('a'),
    reader.task.createMany([]),
    reader.ask('transact', { operations: [] }),
    reader.ask('compact', {}),
    reader.ask('flush', {}),
    reader.ask('explode' as 'flush', {}),
  ]
  expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => 'UNSUPPORTED'))
  await reader.close()
  await reader.close()
  expect(await codeOf(reader.task.get('a'))).toBe('CLOSED')
  expect(() => reader.changes()).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  await state.close()
})

test('a reader whose log was compacted beside it says TRIMMED, and can be opened again', async () => {
  const storage = memoryStorage({ retention: 'none' })
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a', n: 1 })
  const reader = await openStateReader({ storage, domain: tinyDomain, memory: { cacheBytes: 1 } })
  await state.task.update('a', { n: 2 })
  await state.compact()
  expect(await codeOf(reader.task.get('a'))).toBe('TRIMMED')
  const again = await openStateReader({ storage, domain: tinyDomain, memory: { cacheBytes: 1 } })
  expect(await again.task.get('a')).toMatchObject({ n: 2 })
  await Promise.all([reader.close(), again.close(), state.close()])
})
