import { expect, test } from 'vitest'
import { isUuidv7 } from '../src/writing/ids.ts'
import { planIds } from './arbitrary-calls.ts'
import { codeOf } from './code-of.ts'
import { manualTime } from './manual-time.ts'
import { openTiny } from './open-tiny.ts'
import { refused } from './refused.ts'

const [p = ''] = planIds

test('a deleted UUIDv7 is never used again, also behind a compaction and a restart', async () => {
  const { state, storage } = await openTiny()
  await state.plan.create({ id: p, name: 'x' })
  await state.plan.delete(p)
  await refused({ state, storage }, 'ALREADY_EXISTS', () => state.plan.create({ id: p, name: 'x' }))
  await state.compact()
  await state.close()
  const again = await openTiny({ storage })
  await refused(again, 'ALREADY_EXISTS', () => again.state.plan.create({ id: p, name: 'x' }))
  expect((await again.state.plan.restore(p)).rev).toBe(3)
  await again.state.close()
})

test('an id given by the caller begins a new life: rev goes on, and history spans both', async () => {
  const { state, storage } = await openTiny()
  await state.task.create({ id: 'a', n: 1, title: 'old' })
  await state.task.delete('a')
  await state.compact()
  await state.close()
  const { state: again } = await openTiny({ storage })
  expect(await again.task.create({ id: 'a', n: 1 })).toMatchObject({ rev: 3 })
  expect(await again.task.get('a')).not.toHaveProperty('title')
  expect(
    (await again.ask('history', { type: 'task', id: 'a' })).versions.map(({ change }) => [change.op, change.rev]),
  ).toEqual([
    ['put', 1],
    ['delete', 2],
    ['put', 3],
  ])
  await again.close()
})

test("the store's own ids grow, also while the clock steps back a little", async () => {
  const time = manualTime()
  const { state } = await openTiny({ time })
  const ids: string[] = []
  for (const step of [0, 0, 1, -5_000, 0, 3, -4_000, 10_000]) {
    time.at += step
    ids.push((await state.plan.create({ name: 'x' })).id)
  }
  expect(ids).toEqual([...ids].sort())
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every(isUuidv7)).toBe(true)
  time.at -= 3_600_000
  expect(isUuidv7((await state.plan.create({ name: 'x' })).id)).toBe(true)
  await state.close()
})

test('when the clock steps back, times are told as it says, and order and answers do not care', async () => {
  const { state, storage, time } = await openTiny()
  await state.task.create({ id: 'a', n: 1 })
  const later = time.text
  time.at -= 60_000
  const updated = await state.task.update('a', { n: 2 })
  expect(updated).toMatchObject({ rev: 2, updated_at: time.text, created_at: later })
  await state.task.create({ id: 'b' })
  await state.close()
  const { state: again } = await openTiny({ storage, time })
  expect(await again.task.get('a')).toEqual(updated)
  expect((await again.task.where({}).orderBy('updated_at').all()).map(({ id }) => id)).toEqual(['a', 'b'])
  await again.close()
})

test('a clock that is broken refuses the write, and the store goes on', async () => {
  const { state, time } = await openTiny()
  const { at } = time
  time.at = Number.NaN
  expect(await codeOf(state.task.create({ id: 'a' }))).toBe('INVALID')
  expect(await codeOf(state.plan.create({ name: 'x' }))).toBe('INVALID')
  time.at = at
  expect((await state.task.create({ id: 'a' })).rev).toBe(1)
  await state.close()
})
