import type { StoreEvent } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { cachingStorage, type Fate } from './caching-storage.ts'
import { codeOf } from './code-of.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { tinyDomain } from './tiny-domain.ts'

const tasks = 2_400
const checkpoints = { atClose: 1 }
const txid = 'the first'

/** A closed store with a checkpoint of some thousand records, where `where` says that it is damaged when `fate` says so. */
async function closedStore(where: (bytes: number) => number, fate: () => Fate) {
  const storage = cachingStorage(memoryStorage(), fate, where)
  const { state, time } = await openTiny({ storage, checkpoints })
  const plan = await state.plan.create({ name: 'the plan' }, { txid })
  await state.task.createMany(
    Array.from({ length: tasks }, (_, n) => ({
      id: `t${n}`,
      n,
      plan_id: plan.id,
      state: n % 3 === 0 ? 'open' : 'closed',
    })),
  )
  await state.task.update('t1', { title: 'changed' })
  await state.task.delete('t2')
  await state.close()
  return { storage, time, plan }
}

/** Reads of every kind, one at a time: each may be the first to come by what is damaged. */
const asked: readonly ((state: TinyState, plan: string) => Promise<unknown>)[] = [
  (state) => state.task.get('t1'),
  (state) => state.task.get('t2'),
  (state) => state.task.getMany(['t5', 't2399', 'none']),
  (state) => state.task.where({ state: 'open' }).orderBy('n').limit(7).all(),
  (state, plan) => state.task.where({ plan_id: plan }).count(),
  (state) => state.task.where({ n: { gte: 2_390 } }).all(),
  (state) => state.task.where().groupBy('state'),
  (state) => state.plan.where({ name: 'the plan' }).all(),
]

test('whatever part of a checkpoint is damaged, every answer is as if it were not, and the store goes on', async () => {
  let fate: Fate = 'kept'
  let part = 0
  const parts = 16
  const { storage, time, plan } = await closedStore(
    (bytes) => Math.floor(((part + 0.5) / parts) * bytes),
    () => fate,
  )
  const { state: whole } = await openTiny({ storage, time, checkpoints: false })
  const expected = await Promise.all(asked.map((ask) => ask(whole, plan.id)))
  const stats = await whole.stats()
  await whole.close()
  let told = 0
  for (fate = 'damaged'; part < parts; part++) {
    const onEvent = ({ kind }: StoreEvent): void => {
      if (kind === 'cacheIgnored') told++
    }
    const { state } = await openTiny({ storage, time, checkpoints: false, onEvent })
    const first = part % asked.length
    expect(await asked[first]?.(state, plan.id)).toEqual(expected[first])
    const { records, lastSeq } = await state.stats()
    expect({ records, lastSeq }).toEqual({ records: stats.records, lastSeq: stats.lastSeq })
    // As one: they come by it while it is being made good.
    expect(await Promise.all(asked.map((ask) => ask(state, plan.id)))).toEqual(expected)
    expect(await state.plan.create({ name: 'the plan' }, { txid })).toMatchObject({ id: plan.id })
    await state.close()
  }
  expect(told).toBeGreaterThan(parts * 0.8)
})

test('a write, a snapshot, a transaction and a compaction wait for all of it, and find it', async () => {
  const firsts: readonly ((state: TinyState) => Promise<unknown>)[] = [
    (state) => state.task.update('t1', { n: -1 }),
    (state) => state.task.restore('t2'),
    async (state) => (await state.snapshot()).close(),
    (state) => state.transaction((tx) => tx.task.get('t4')),
    (state) => state.compact(),
  ]
  for (const fate of ['kept', 'damaged'] as const) {
    const { storage, time } = await closedStore(
      (bytes) => Math.floor(bytes / 3),
      () => fate,
    )
    for (const first of firsts) {
      const { state } = await openTiny({ storage, time, checkpoints: false })
      await first(state)
      await state.close()
    }
    const { state } = await openTiny({ storage, time, checkpoints: false })
    expect(await state.verify()).toMatchObject({ ok: true, records: tasks + 1 })
    await state.close()
  }
})

test('the synchronous view reads what it needs, and says BUSY where that is damaged, until it was read from the log', async () => {
  let fate: Fate = 'kept'
  let part = 0
  const parts = 12
  const { storage, time } = await closedStore(
    (bytes) => Math.floor(((part + 0.5) / parts) * bytes),
    () => fate,
  )
  const ids = ['t1', 't1200', 't2399']
  const { state: whole } = await openTiny({ storage, time, checkpoints: false })
  const expected = whole.view.task.getMany(ids)
  expect(expected[0]).toMatchObject({ title: 'changed' })
  await whole.close()
  let refusals = 0
  for (fate = 'damaged'; part < parts; part++) {
    const { state } = await openTiny({ storage, time, checkpoints: false })
    try {
      expect(state.view.task.getMany(ids)).toEqual(expected)
    } catch (error) {
      expect(error).toMatchObject({ code: 'BUSY' })
      refusals++
    }
    await (await state.snapshot()).close()
    expect(state.view.task.getMany(ids)).toEqual(expected)
    await state.close()
  }
  expect(refusals).toBeGreaterThan(0)
})

test('a store that is closed before all of it was read is closed, and a reader has read all when it opens', async () => {
  const { storage, time } = await closedStore(
    () => 0,
    () => 'kept',
  )
  const { state } = await openTiny({ storage, time, checkpoints: false })
  expect(await state.task.get('t7')).toMatchObject({ n: 7 })
  await state.close()
  expect(await codeOf(state.task.get('t8'))).toBe('CLOSED')
  await using reader = await openStateReader({ storage, domain: tinyDomain })
  expect(await reader.task.where({ state: 'open' }).count()).toBe(tasks / 3)
})
