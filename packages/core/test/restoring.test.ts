import { memoryStorage } from '@stateward/storage-memory'
import { describe, expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { gatedStorage } from './gated-storage.ts'
import { openTiny } from './open-tiny.ts'

test('a restoration is the last version before the deletion, as a new version', async () => {
  const { state, time } = await openTiny()
  const made = await state.task.create({ id: 'a', n: 1, title: 'x' })
  time.at += 1_000
  await state.task.update('a', { n: 2 }, { unset: ['title'] })
  await state.task.delete('a')
  time.at += 1_000
  expect(await state.task.restore('a')).toEqual({
    id: 'a',
    n: 2,
    rev: 4,
    created_at: made.created_at,
    updated_at: time.text,
  })
  expect(await codeOf(state.task.restore('a'))).toBe('ALREADY_EXISTS')
  await state.close()
})

test('it waits for a deletion that is still in flight', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage })
  const calls = [
    state.task.create({ id: 'a', n: 1 }),
    state.task.update('a', { n: 2 }),
    state.task.delete('a'),
    state.task.restore('a'),
    state.task.update('a', { title: 'x' }),
  ]
  await storage.asked(1)
  storage.open()
  expect((await Promise.all(calls)).at(-1)).toMatchObject({ n: 2, title: 'x', rev: 5 })
  await state.close()
})

describe.each(['all', 'none'] as const)('behind a compaction, with retention %s', (retention) => {
  test.each([false, true])('(reopened: %s)', async (reopened) => {
    const storage = memoryStorage({ retention })
    let { state } = await openTiny({ storage })
    await state.task.createMany([
      { id: 'a', n: 1 },
      { id: 'b', n: 1 },
    ])
    await state.task.update('b', { n: 2 })
    await state.task.delete('a')
    await state.compact()
    // Of `b` the base holds a whole line, and what comes behind it is in the log.
    await state.task.update('b', { title: 'x' })
    await state.task.delete('b')
    if (reopened) {
      await state.close()
      state = (await openTiny({ storage })).state
    }
    expect(await state.task.restore('b')).toMatchObject({ n: 2, title: 'x', rev: 5 })
    const answer = codeOf(state.task.restore('a'))
    expect(await answer).toBe(retention === 'all' ? 'none' : 'TRIMMED')
    if (retention === 'all') expect(await state.task.get('a')).toMatchObject({ n: 1, rev: 3 })
    await state.task.delete('b')
    await state.compact()
    expect(await codeOf(state.task.restore('b'))).toBe(retention === 'all' ? 'none' : 'TRIMMED')
    expect((await state.verify()).ok).toBe(true)
    await state.close()
  })
})

test('many restorations in one transaction read the history once each', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  const ids = Array.from({ length: 40 }, (_, n) => `t${n}`)
  await state.task.createMany(ids.map((id, n) => ({ id, n })))
  await state.task.deleteMany(ids)
  await state.compact()
  await state.close()
  const { state: again } = await openTiny({ storage })
  const { results } = await again.transact(ids.map((id) => ({ op: 'restore', type: 'task', id }) as const))
  expect(results.map((record) => 'n' in record && record.n)).toEqual(ids.map((_, n) => n))
  await again.close()
})
