import type { StoreEvent } from '@stateward/contract'
import type { KeptIndex } from '@stateward/index'
import { expect, test, vi } from 'vitest'
import { IndexRebuilder } from '../src/integrity/index-rebuilder.ts'
import type { Live } from '../src/state/live.ts'
import { liveOf } from './damage-index.ts'
import { openTiny, type TinyState } from './open-tiny.ts'

const records = 1_000

interface Trial {
  readonly state: TinyState
  readonly live: Live
  readonly events: readonly StoreEvent[]
  readonly index: KeptIndex
}

/** A store of so many tasks, and its index of `n`. */
async function opened(): Promise<Trial> {
  const events: StoreEvent[] = []
  const { state } = await openTiny({ onEvent: (event) => void events.push(event), compaction: false })
  const rows = Array.from({ length: records }, (_, at) => ({ id: `t${at}`, n: at % 5 }))
  const live = await liveOf(() => state.task.createMany(rows))
  const index = live.type('task').indexes.find(({ name }) => name === 'n')
  if (index === undefined) throw new Error('expected an index of n, found none')
  return { state, live, events, index }
}

/** Builds again what is not trusted, and calls `between` behind its first slice. */
function rebuilderOf(live: Live, between: () => Promise<unknown>): { rebuilder: IndexRebuilder; failures: unknown[] } {
  const failures: unknown[] = []
  let slices = 0
  const breathe = async (): Promise<void> => {
    slices++
    if (slices === 1) await between()
  }
  const failed = (error: unknown): void => void failures.push(error)
  return { rebuilder: new IndexRebuilder({ live: () => live, breathe, tell: () => undefined, failed }), failures }
}

const broken = (): never => {
  throw new Error('this index is broken')
}

test('what is written while an index is built again is in it, below the place it has come to and beyond', async () => {
  const { state, live, index } = await opened()
  live.type('task').kept.distrust(index)
  const { rebuilder, failures } = rebuilderOf(live, async () => {
    const [building] = live.type('task').kept.rebuilding
    expect(building?.upTo).toBeGreaterThan(2)
    expect(building?.upTo).toBeLessThan(records - 1)
    await state.task.update('t0', { n: 77 })
    await state.task.update(`t${records - 1}`, { n: 77 })
    await state.task.delete('t1')
    await state.task.create({ id: 'new', n: 77 })
  })
  rebuilder.start()
  await rebuilder.settled()
  expect(failures).toEqual([])
  const answer = await state.ask('query', { type: 'task', where: { n: 77 } })
  expect([answer.rows.map(({ id }) => id).sort(), answer.degraded]).toEqual([
    ['new', 't0', `t${records - 1}`],
    undefined,
  ])
  expect((await state.checkIndexes()).ok).toBe(true)
  await state.close()
})

test('one that fails while it is built again begins anew', async () => {
  const { state, live, index } = await opened()
  live.type('task').kept.distrust(index)
  const { rebuilder, failures } = rebuilderOf(live, async () => {
    const building = live.type('task').kept.rebuilding[0]?.index
    if (building !== undefined) vi.spyOn(building, 'update').mockImplementationOnce(broken)
  })
  rebuilder.start()
  await rebuilder.settled()
  expect(failures).toMatchObject([{ message: 'this index is broken' }])
  expect((await state.ask('query', { type: 'task', where: { n: 3 } })).degraded).toBe(true)
  rebuilder.start()
  await rebuilder.settled()
  expect((await state.checkIndexes()).ok).toBe(true)
  expect((await state.ask('query', { type: 'task', where: { n: 3 } })).degraded).toBeUndefined()
  await state.close()
})

test('a write does not fail of an index that throws: it is durable, and the index is built again', async () => {
  const { state, live, events, index } = await opened()
  vi.spyOn(index, 'update').mockImplementationOnce(broken)
  const rebuilt = new Promise<void>((resolve) => {
    state.on((event) => event.kind === 'index' && event.phase === 'rebuilt' && resolve())
  })
  expect(await state.task.update('t0', { n: 77 })).toMatchObject({ n: 77, rev: 2 })
  expect(events.filter(({ kind }) => kind === 'index')).toMatchObject([{ phase: 'damaged', type: 'task', index: 'n' }])
  expect((await state.ask('query', { type: 'task', where: { n: 77 } })).rows).toHaveLength(1)
  await rebuilt
  expect(live.type('task').indexes).toHaveLength(live.type('task').kept.all.length)
  expect((await state.checkIndexes()).ok).toBe(true)
  await state.close()
})
