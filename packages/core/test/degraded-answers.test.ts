import type { KeptIndex } from '@stateward/index'
import { expect, test } from 'vitest'
import { IndexRebuilder } from '../src/integrity/index-rebuilder.ts'
import type { Live } from '../src/state/live.ts'
import { codeOf } from './code-of.ts'
import { liveOf } from './damage-index.ts'
import { openTiny, type TinyState } from './open-tiny.ts'

const rows = Array.from({ length: 20 }, (_, at) => ({ id: `t${String(at).padStart(2, '0')}`, n: at % 5, title: 'x' }))

/** A store whose index of `n` is not trusted, and is built again when that is asked for. */
async function distrusting(): Promise<{ state: TinyState; live: Live; rebuilt: () => Promise<void> }> {
  const { state } = await openTiny({ compaction: false })
  const live = await liveOf(() => state.task.createMany(rows))
  const { indexes, kept } = live.type('task')
  kept.distrust(named(indexes, 'n'))
  const failed = (error: unknown): never => {
    throw error
  }
  const rebuilder = new IndexRebuilder({
    ...{ live: () => live, breathe: async () => undefined, tell: () => undefined, failed },
  })
  const rebuilt = async (): Promise<void> => {
    rebuilder.start()
    await rebuilder.settled()
  }
  return { state, live, rebuilt }
}

function named(indexes: readonly KeptIndex[], name: string): KeptIndex {
  const index = indexes.find((one) => one.name === name)
  if (index === undefined) throw new Error(`expected an index of ${name}, found none`)
  return index
}

/** Whether each way to ask for rows says that they are degraded. */
async function saying(
  state: TinyState,
  where: { readonly n: number } | { readonly title: string },
): Promise<readonly unknown[]> {
  const [asked, now] = [state.task.where(where), state.view.task.where(where)]
  const told = [
    ...[await asked.answer(), await asked.page(), now.answer(), now.page()],
    ...[await asked.select('id').answer(), await asked.select('id').page(), now.select('id').answer()],
    ...[await asked.include('parent').answer(), await asked.include('parent').page(), now.include('parent').page()],
    ...[await asked.explain(), await asked.explain({ analyze: true }), now.explain(), now.explain({ analyze: true })],
  ]
  return told.map(({ degraded }) => degraded)
}

test('rows say that they are degraded while an index that might have served is built again, and not before or after', async () => {
  const { state, rebuilt } = await distrusting()
  const degraded = await saying(state, { n: 3 })
  expect(degraded).toEqual(degraded.map(() => true))
  const { seq } = await state.task
    .update('t03', { title: 'y' })
    .then(() => state.stats())
    .then(({ lastSeq }) => ({ seq: lastSeq }))
  const answer = await state.task.where({ n: 3 }).limit(2).answer()
  expect(answer).toMatchObject({ seq, degraded: true, rows: [{ id: 't03' }, { id: 't08' }] })
  expect(state.view.task.where({ n: 3 }).limit(2).answer()).toEqual(answer)
  expect(await state.task.where({ n: 3 }).page(answer.cursor)).toMatchObject({ rows: [{ id: 't13' }, { id: 't18' }] })
  const others = await saying(state, { title: 'x' })
  expect(others).toEqual(others.map(() => undefined))
  await rebuilt()
  const after = await saying(state, { n: 3 })
  expect(after).toEqual(after.map(() => undefined))
  expect(await state.task.where({ n: 3 }).answer()).not.toHaveProperty('degraded')
  await state.close()
})

test('of a count and of measures explain says it, and of groups by a field with that field', async () => {
  const { state, live, rebuilt } = await distrusting()
  const [all, some, others] = [state.task.where(), state.task.where({ n: 3 }), state.task.where({ title: 'x' })]
  expect([await some.count(), (await some.explain()).degraded]).toEqual([4, true])
  expect([await others.count(), (await others.explain()).degraded]).toEqual([20, undefined])
  // The index counts the groups of everything, and nothing else of them.
  expect([(await all.groupBy('n')).length, (await all.explain()).degraded]).toEqual([5, undefined])
  expect((await all.explain({ by: 'n' })).degraded).toBe(true)
  expect((await all.explain({ by: 'n', analyze: true })).degraded).toBe(true)
  expect(state.view.task.where().explain({ by: 'n' }).degraded).toBe(true)
  expect((await all.explain({ by: 'title' })).degraded).toBeUndefined()
  expect((await some.explain({ by: 'title' })).degraded).toBe(true)
  expect((await others.explain({ by: 'n' })).degraded).toBeUndefined()
  await rebuilt()
  expect((await all.explain({ by: 'n' })).degraded).toBeUndefined()
  // Rows come by id; groups do not.
  const type = live.type('task')
  type.kept.distrust(named(type.indexes, 'id order'))
  expect([(await all.explain()).degraded, (await all.explain({ by: 'n' })).degraded]).toEqual([true, undefined])
  expect(await codeOf(state.task.where().explain({ by: 'and' } as never))).toBe('INVALID')
  expect(await codeOf(state.task.where().explain({ by: 'and', analyze: true } as never))).toBe('INVALID')
  await state.close()
})
