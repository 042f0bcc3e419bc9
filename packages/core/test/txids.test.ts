import { limits } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { TxidWindow } from '../src/deciding/txid-window.ts'
import { planIds } from './arbitrary-calls.ts'
import { codeOf } from './code-of.ts'
import { faultyStorage } from './faulty-storage.ts'
import { gatedStorage } from './gated-storage.ts'
import { openTiny, type TinyState } from './open-tiny.ts'

const [p = ''] = planIds

/** Every kind of write, with a txid each. */
const writes: readonly ((state: TinyState) => Promise<unknown>)[] = [
  (state) => state.plan.create({ name: 'made by the store' }, { txid: 'create' }),
  (state) => state.task.update('a', { n: 5 }, { txid: 'update' }),
  (state) => state.task.delete('b', { txid: 'delete' }),
  (state) => state.task.restore('c', { txid: 'restore' }),
  (state) => state.plan.createMany([{ name: 'one' }, { name: 'two' }, { name: 'three' }], { txid: 'createMany' }),
  (state) =>
    state.task.updateMany(
      [
        { id: 'e', changes: { n: 9 } },
        { id: 'c', changes: { n: 0 } },
      ],
      { txid: 'updateMany' },
    ),
  (state) => state.task.deleteMany(['d', 'f'], { cascade: true, txid: 'deleteMany' }),
  (state) =>
    state.transact(
      [
        { op: 'create', type: 'plan', data: { name: 'x' } },
        { op: 'create', type: 'task', data: { id: 'g', title: 'x' } },
        { op: 'create', type: 'plan', data: { name: 'y' } },
        { op: 'delete', type: 'plan', id: p, cascade: true },
        { op: 'restore', type: 'task', id: 'b' },
      ],
      { txid: 'transact' },
    ),
]

async function prepared(cacheBytes?: number) {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage, ...(cacheBytes && { memory: { cacheBytes } }) })
  await state.plan.create({ id: p, name: 'p' })
  await state.task.createMany([
    { id: 'a', n: 0, plan_id: p },
    { id: 'b', n: 0 },
    { id: 'c', n: 0 },
    { id: 'd', n: 0 },
    { id: 'e', n: 0 },
    { id: 'f', n: 0, parent: 'd' },
    { id: 'h', n: 0, parent: 'f' },
  ])
  await state.task.delete('c')
  return { storage, state }
}

test.each([undefined, 1])(
  'every kind of write is answered again, and not made again (cache of %s bytes)',
  async (cacheBytes) => {
    const { storage, state } = await prepared(cacheBytes)
    const first: unknown[] = []
    for (const write of writes.slice(0, 6)) first.push(await write(state))
    // With `f` it deletes `h`, which no step names; `d` is deleted before `f` is asked for.
    expect(await codeOf(state.task.deleteMany(['d', 'f'], { cascade: true }))).toBe('NOT_FOUND')
    first.push(await state.task.deleteMany(['f', 'd'], { cascade: true, txid: 'deleteMany' }))
    first.push(await writes[7]?.(state))
    const { lastSeq } = await state.stats()
    const again = async (asked: TinyState): Promise<void> => {
      for (const [at, write] of writes.entries()) {
        const answer =
          at === 6 ? await asked.task.deleteMany(['f', 'd'], { cascade: true, txid: 'deleteMany' }) : await write(asked)
        expect(answer, `write ${at}`).toEqual(first[at])
      }
      expect((await asked.stats()).lastSeq).toBe(lastSeq)
    }
    await again(state)
    // Later versions must not be answered for the ones that the write made.
    await state.task.update('g', { title: 'later' })
    await state.close()
    const { state: reopened } = await openTiny({ storage })
    expect((await reopened.stats()).lastSeq).toBe(lastSeq + 1)
    for (const [at, write] of writes.entries())
      if (at !== 6) expect(await write(reopened), `write ${at}`).toEqual(first[at])
    await reopened.compact()
    await reopened.close()
    const { state: compacted } = await openTiny({ storage })
    for (const [at, write] of writes.entries())
      if (at !== 6) expect(await write(compacted), `write ${at}`).toEqual(first[at])
    expect((await compacted.stats()).lastSeq).toBe(lastSeq + 1)
    await compacted.close()
  },
)

test('a write whose ids were given and made is answered again from its line, each record as what it was', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  const write = (asked: TinyState): Promise<unknown> =>
    asked.transact(
      [
        { op: 'create', type: 'plan', data: { id: p, name: 'given' } },
        { op: 'create', type: 'plan', data: { name: 'made' } },
        { op: 'create', type: 'task', data: { id: 'a', title: 'given' } },
        { op: 'create', type: 'plan', data: { name: 'made too' } },
      ],
      { txid: 'once' },
    )
  const first = await write(state)
  await state.close()
  const { state: again } = await openTiny({ storage })
  expect(await write(again)).toEqual(first)
  expect((await again.stats()).lastSeq).toBe(1)
  await again.close()
})

test('where compaction lets go of history, a write it covers is TRIMMED behind a restart if it has been changed, and never made again', async () => {
  const storage = memoryStorage({ retention: 'none' })
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a', n: 1 }, { txid: 'a' })
  await state.task.create({ id: 'b', n: 1 }, { txid: 'b' })
  await state.compact()
  await state.task.create({ id: 'c', n: 1 }, { txid: 'c' })
  expect(await state.task.create({ id: 'a', n: 1 }, { txid: 'a' })).toMatchObject({ rev: 1 })
  await state.close()
  const { state: again } = await openTiny({ storage })
  await again.task.update('c', { n: 2 })
  await again.compact()
  expect(await codeOf(again.task.create({ id: 'c', n: 1 }, { txid: 'c' }))).toBe('TRIMMED')
  expect((await again.stats()).lastSeq).toBe(4)
  await again.close()
})

test('writes with one txid at once are one write, and all hear its answer', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage })
  const racing = Array.from({ length: 5 }, () => state.plan.create({ name: 'x' }, { txid: 't' }))
  await storage.asked(1)
  const later = state.plan.create({ name: 'x' }, { txid: 't' })
  storage.open()
  const answers = await Promise.all([...racing, later])
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
  expect(await state.plan.count()).toBe(1)
  await state.close()
})

test('when the write fails all hear of it, and the txid is free', async () => {
  const full = Object.assign(new Error('no room'), { code: 'FULL' })
  const { state } = await openTiny({
    storage: faultyStorage({ fates: [{ fails: full }], unknown: 'stop', slowness: 2 }),
  })
  const racing = await Promise.all([1, 2, 3].map(() => codeOf(state.plan.create({ name: 'x' }, { txid: 't' }))))
  expect(racing).toEqual(['FULL', 'FULL', 'FULL'])
  expect((await state.plan.create({ name: 'x' }, { txid: 't' })).rev).toBe(1)
  expect(await state.plan.count()).toBe(1)
  await state.close()
})

test('a write that was refused, or that changed nothing, leaves its txid free', async () => {
  const { state } = await openTiny()
  expect(await codeOf(state.task.update('a', { n: 1 }, { txid: 't' }))).toBe('NOT_FOUND')
  await state.task.create({ id: 'a', n: 1 }, { txid: 'other' })
  expect(await state.task.update('a', { n: 1 }, { txid: 't' })).toMatchObject({ rev: 1 })
  expect(await state.task.update('a', { n: 2 }, { txid: 't' })).toMatchObject({ rev: 2 })
  expect(await state.task.update('a', { n: 3 }, { txid: 't' })).toMatchObject({ rev: 2, n: 2 })
  await state.close()
})

test('the window is bounded in entries, and in the bytes of the results it keeps', () => {
  const window = new TxidWindow()
  const big = 'x'.repeat(1_000_000)
  for (let n = 0; n < limits.txidWindow + 10; n++) {
    const record = { id: `${n}`, rev: 1, created_at: 't', updated_at: 't', ...(n > limits.txidWindow && { big }) }
    window.add(`t${n}`, { seq: n + 1, made: [{ type: 'task', id: `${n}`, rev: 1, deleted: false }], results: [record] })
  }
  expect(window.get('t9')).toBeUndefined()
  expect(window.get('t10')).toMatchObject({ seq: 11, results: undefined })
  expect(window.get(`t${limits.txidWindow + 9}`)?.results).toHaveLength(1)
  const kept = Array.from({ length: limits.txidWindow }, (_, n) => window.get(`t${n + 10}`)?.results).filter(
    (one) => one !== undefined,
  )
  expect(kept.length).toBeLessThanOrEqual(9)
})
