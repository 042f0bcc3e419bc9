import { limits } from '@stateward/contract'
import { expect, test } from 'vitest'
import { planIds } from './arbitrary-calls.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'
import { refused } from './refused.ts'

const [p = '', q = ''] = planIds
const task = { type: 'task' } as const

test('nothing to do is done: no commit', async () => {
  const { state, storage } = await openTiny()
  expect(await state.transact([])).toEqual({ seq: 0, results: [] })
  await state.task.create({ id: 'a' })
  expect(await state.transact([])).toEqual({ seq: 1, results: [] })
  expect(await state.task.createMany([])).toEqual([])
  expect(await rawLog(storage)).toHaveLength(1)
  await state.close()
})

test('what is created and deleted in one transaction never was', async () => {
  const { state, storage } = await openTiny()
  const { results } = await state.transact([
    { op: 'create', ...task, data: { id: 'a' } },
    { op: 'update', ...task, id: 'a', changes: { n: 1 } },
    { op: 'delete', ...task, id: 'a' },
  ])
  expect(results).toMatchObject([
    { id: 'a', rev: 1 },
    { id: 'a', rev: 1, n: 1 },
    { id: 'a', rev: 1 },
  ])
  expect(await rawLog(storage)).toEqual([])
  expect(await codeOf(state.task.restore('a'))).toBe('NOT_FOUND')
  expect((await state.task.create({ id: 'a' })).rev).toBe(1)
  await state.close()
})

test('however often an operation touches a record, it gets one version', async () => {
  const { state, storage } = await openTiny()
  await state.task.create({ id: 'a', n: 0, title: 'x' })
  const { results } = await state.transact([
    { op: 'update', ...task, id: 'a', changes: { n: 1 }, expectedRev: 1 },
    { op: 'update', ...task, id: 'a', changes: { n: 2 }, expectedRev: 2 },
    { op: 'delete', ...task, id: 'a', expectedRev: 2 },
    { op: 'create', ...task, data: { id: 'a', n: 3 } },
    { op: 'update', ...task, id: 'a', changes: { n: 4 } },
  ])
  expect(results.map(({ rev }) => rev)).toEqual([2, 2, 2, 2, 2])
  expect(await state.task.get('a')).toMatchObject({ rev: 2, n: 4 })
  expect(await state.task.get('a')).not.toHaveProperty('title')
  expect(JSON.parse((await rawLog(storage))[1] ?? '')).toMatchObject({
    type: 'update',
    changes: { n: 4 },
    unset: ['title'],
    rev: 2,
  })
  await state.close()
})

test('expectedRev of an operation is looked at behind the operations before it', async () => {
  const store = await openTiny()
  const { state } = store
  await state.task.create({ id: 'a', n: 0 })
  const refusal = await refused(store, 'CONFLICT', () =>
    state.transact([
      { op: 'update', ...task, id: 'a', changes: { n: 1 } },
      { op: 'update', ...task, id: 'a', changes: { n: 2 }, expectedRev: 1 },
    ]),
  )
  expect(refusal.details).toMatchObject({ row: 1, expectedRev: 1, currentRev: 2 })
  expect(refusal.message).toMatch(/^row 1: /)
  await state.close()
})

test('a stale expectedRev is a CONFLICT that tells the current one, whatever is in flight', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 0 })
  const racing = await Promise.allSettled([1, 2, 3].map((n) => state.task.update('a', { n }, { expectedRev: 1 })))
  expect(racing.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(racing[2]).toMatchObject({ reason: { code: 'CONFLICT', details: { expectedRev: 1, currentRev: 2 } } })
  expect(await codeOf(state.task.delete('a', { expectedRev: 1 }))).toBe('CONFLICT')
  expect((await state.task.delete('a', { expectedRev: 2 })).rev).toBe(3)
  await state.close()
})

test('a restoration behind a deletion in one transaction brings back what was deleted there', async () => {
  const { state, storage } = await openTiny()
  await state.task.create({ id: 'a', n: 1 })
  const { results } = await state.transact([
    { op: 'update', ...task, id: 'a', changes: { n: 2 } },
    { op: 'delete', ...task, id: 'a' },
    { op: 'restore', ...task, id: 'a' },
    { op: 'create', ...task, data: { id: 'b', n: 7 } },
    { op: 'delete', ...task, id: 'b' },
    { op: 'restore', ...task, id: 'b' },
  ])
  expect(results[2]).toMatchObject({ id: 'a', n: 2, rev: 2 })
  expect(results[5]).toMatchObject({ id: 'b', n: 7, rev: 1 })
  expect(await rawLog(storage)).toHaveLength(2)
  await state.close()
})

test('references within one transaction see what came before, and nothing of what comes after', async () => {
  const { state } = await openTiny()
  const child = { op: 'create', ...task, data: { id: 'a', plan_id: p } } as const
  const parent = { op: 'create', type: 'plan', data: { id: p, name: 'x' } } as const
  expect(await codeOf(state.transact([child, parent]))).toBe('INVALID_REFERENCE')
  await state.transact([parent, child])
  expect(
    await codeOf(
      state.transact([
        { op: 'delete', type: 'plan', id: p },
        { op: 'delete', ...task, id: 'a' },
      ]),
    ),
  ).toBe('RESTRICTED')
  expect(
    await codeOf(
      state.transact([
        { op: 'delete', type: 'plan', id: p, cascade: true },
        { ...child, data: { id: 'b', plan_id: p } },
      ]),
    ),
  ).toBe('INVALID_REFERENCE')
  await state.transact([
    { op: 'create', type: 'plan', data: { id: q, name: 'y' } },
    { op: 'update', ...task, id: 'a', changes: { plan_id: q } },
    { op: 'delete', type: 'plan', id: p },
  ])
  expect(await state.task.get('a')).toMatchObject({ plan_id: q })
  await state.close()
})

test('a transaction above commitBytes is TOO_LARGE, one just below is one line', async () => {
  const store = await openTiny()
  const { state, storage } = store
  const text = 'x'.repeat(limits.commitBytes / 2 - 200)
  const operations = (ids: readonly string[]) =>
    ids.map((id) => ({ op: 'create', type: 'note', data: { id, text } }) as const)
  await refused(store, 'TOO_LARGE', () => state.transact(operations(['a', 'b', 'c'])))
  await state.transact(operations(['a', 'b']))
  expect(await rawLog(storage)).toHaveLength(1)
  await state.close()
})
