import { describe, expect, test } from 'vitest'
import { planIds } from './arbitrary-calls.ts'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'
import { refused } from './refused.ts'

const [p = '', q = ''] = planIds

describe('a reference that leads nowhere', () => {
  test('is INVALID_REFERENCE, in creation, update and restoration, and names field and id', async () => {
    const store = await openTiny()
    const { state } = store
    await state.plan.create({ id: p, name: 'x' })
    await state.task.create({ id: 'a', plan_id: p })
    const { details } = await refused(store, 'INVALID_REFERENCE', () => state.task.create({ id: 'b', plan_id: q }))
    expect(details).toMatchObject({ type: 'task', field: 'plan_id', id: q })
    await refused(store, 'INVALID_REFERENCE', () => state.task.update('a', { plan_id: q }))
    await refused(store, 'INVALID_REFERENCE', () => state.task.update('a', { after: ['a', 'none'] }))
    await refused(store, 'INVALID_REFERENCE', () => state.link.create({ id: 'l', target_type: 'plan', target_id: 'a' }))
    await refused(store, 'INVALID_REFERENCE', () => state.link.create({ id: 'l', target_type: 'note', target_id: 'a' }))
    await state.task.delete('a')
    await state.plan.delete(p)
    await refused(store, 'INVALID_REFERENCE', () => state.task.restore('a'))
    await state.close()
  })

  test('may stand once it dangles: only what is added is looked at', async () => {
    const { state } = await openTiny()
    await state.task.createMany([{ id: 'a' }, { id: 'b' }, { id: 'c', after: [] }])
    await state.task.update('c', { after: ['a', 'b'] })
    await state.task.delete('a')
    expect((await state.task.update('c', { n: 1 })).after).toEqual(['a', 'b'])
    expect((await state.task.update('c', { after: ['b', 'a'] })).after).toEqual(['b', 'a'])
    await state.task.update('c', { after: ['b'] })
    expect(await codeOf(state.task.update('c', { after: ['b', 'a'] }))).toBe('INVALID_REFERENCE')
    await state.close()
  })

  test('that changes its type is looked at again', async () => {
    const { state } = await openTiny()
    await state.plan.create({ id: p, name: 'x' })
    await state.link.create({ id: 'l', target_type: 'plan', target_id: p })
    expect(await codeOf(state.link.update('l', { target_type: 'task' }))).toBe('INVALID_REFERENCE')
    await state.task.create({ id: 'a' })
    expect(await state.link.update('l', { target_type: 'task', target_id: 'a' })).toMatchObject({ rev: 2 })
    expect(await codeOf(state.task.delete('a'))).toBe('RESTRICTED')
    await state.plan.delete(p)
    await state.close()
  })
})

test('a record that others hold on to is RESTRICTED, each of them counted once', async () => {
  const store = await openTiny()
  const { state } = store
  await state.plan.create({ id: p, name: 'x' })
  await state.task.createMany([
    { id: 'a', plan_id: p },
    { id: 'b', plan_id: p, parent: 'a' },
  ])
  await state.link.create({ id: 'l', target_type: 'plan', target_id: p })
  const { details, message } = await refused(store, 'RESTRICTED', () => state.plan.delete(p))
  expect(details.count).toBe(3)
  expect(new Set((details.dependents as { id: string }[]).map(({ id }) => id))).toEqual(new Set(['a', 'b', 'l']))
  expect(message).toContain('found 3')
  await state.close()
})

test('a record may refer to itself, and still be deleted', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', parent: 'a', after: ['a'] })
  await state.task.delete('a')
  expect(await state.task.restore('a')).toMatchObject({ parent: 'a', rev: 3 })
  await state.close()
})

test('a circle of references is deleted by a cascade', async () => {
  const { state, storage } = await openTiny()
  await state.task.createMany([{ id: 'a' }, { id: 'b', parent: 'a' }])
  await state.task.update('a', { parent: 'b' })
  expect(await codeOf(state.task.delete('a'))).toBe('RESTRICTED')
  expect(await state.task.delete('a', { cascade: true })).toEqual({ id: 'a', rev: 3 })
  expect(await state.task.count()).toBe(0)
  expect(JSON.parse((await rawLog(storage)).at(-1) ?? '').data.ops).toHaveLength(2)
  await state.close()
})

test.each([undefined, 1])(
  'a chain longer than the stack is deep is deleted in one commit, and comes back one by one (cache of %s bytes)',
  async (cacheBytes) => {
    const deep = cacheBytes === undefined ? 8_000 : 100
    const { state, storage } = await openTiny(cacheBytes === undefined ? {} : { memory: { cacheBytes } })
    const rows = Array.from({ length: deep }, (_, n) => ({ id: `t${n}`, n, ...(n > 0 && { parent: `t${n - 1}` }) }))
    await state.task.createMany(rows)
    const before = (await state.stats()).lastSeq
    await state.task.delete('t0', { cascade: true })
    expect(await state.task.count()).toBe(0)
    expect((await state.stats()).lastSeq).toBe(before + 1)
    expect(await codeOf(state.task.restore('t1'))).toBe('INVALID_REFERENCE')
    const restored = await state.transact(
      rows.slice(0, 50).map(({ id }) => ({ op: 'restore', type: 'task', id }) as const),
    )
    expect(restored.results.map(({ rev }) => rev)).toEqual(rows.slice(0, 50).map(() => 3))
    expect(await state.task.count()).toBe(50)
    expect((await rawLog(storage)).length).toBe(before + 2)
    expect((await state.verify()).ok).toBe(true)
    await state.close()
  },
)
