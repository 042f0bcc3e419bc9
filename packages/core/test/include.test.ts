import type { LogWriter, Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'

/** A storage over memory that tells how often bodies were read from it. */
function countingStorage(): Storage & { readonly fetches: number[] } {
  const fetches: number[] = []
  const storage = memoryStorage()
  return {
    ...storage,
    fetches,
    openWriter: async (owner, options) => {
      const opened = await storage.openWriter(owner, options)
      const writer: LogWriter = Object.create(opened.writer, {
        fetch: {
          value: (ptrs: Parameters<LogWriter['fetch']>[0]) => {
            fetches.push(ptrs.length)
            return opened.writer.fetch(ptrs)
          },
        },
      })
      return { ...opened, writer }
    },
  }
}

const tasks = (count: number, parents: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `t${n}`, n, title: 'child', parent: `p${n % parents}` }))
const parents = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `p${n}`, title: 'parent' }))

test('rows come as the store gives them, and beside each what it leads to', async () => {
  const { state } = await openTiny()
  const plan = await state.plan.create({ name: 'One' })
  const first = await state.task.create({ id: 'a', plan_id: plan.id })
  const second = await state.task.create({ id: 'b', plan_id: plan.id, after: ['a', 'b'] })
  const found = await state.task.where({}).include('plan_id', 'after').all()
  expect(found).toEqual([
    { record: first, related: { plan_id: plan, after: undefined } },
    { record: second, related: { plan_id: plan, after: [first, second] } },
  ])
  expect(found[0]?.record).toBe(first)
  expect(found[0]?.related.plan_id).toBe(found[1]?.related.plan_id)
  const link = await state.link.create({ id: 'l', target_type: 'task', target_id: 'b' })
  expect(await state.link.include('target_id').first()).toEqual({ record: link, related: { target_id: second } })
  await state.task.delete('a')
  expect((await state.task.include('after').first())?.related.after).toEqual([undefined, second])
  await state.close()
})

test('pages and streams bring along their own, and the cursor is that of the query', async () => {
  const { state } = await openTiny()
  await state.task.createMany([...parents(7), ...tasks(250, 7)])
  const query = state.task.where({ title: 'child' }).orderBy('n')
  const page = await query.limit(10).include('parent').page()
  expect(page.rows.map(({ related }) => related.parent)).toMatchObject(tasks(10, 7).map(({ parent: id }) => ({ id })))
  const next = await query.limit(10).page(page.cursor)
  expect(next.rows[0]).toMatchObject({ n: 10 })
  const streamed: unknown[] = []
  for await (const { record, related } of query.include('parent').stream())
    streamed.push([record.parent, Object(related.parent).id])
  expect(streamed).toEqual(tasks(250, 7).map(({ parent }) => [parent, parent]))
  await state.close()
})

test('what is related is read once, together: no read a row', async () => {
  const storage = countingStorage()
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.createMany([...parents(50), ...tasks(200, 50)])
  storage.fetches.length = 0
  const found = await state.task.where({ title: 'child' }).include('parent').all()
  expect(found.map(({ record, related }) => [record.parent, Object(related.parent).id])).toHaveLength(200)
  expect(found.every(({ record, related }) => Object(related.parent).id === record.parent)).toBe(true)
  // The rows in one read, and the records that they lead to in another.
  expect(storage.fetches).toHaveLength(2)
  await state.close()
})

test('rows and what they lead to are of one commit while others write, cold bodies or not', async () => {
  for (const cacheBytes of [1, 1_000_000]) {
    const { state } = await openTiny({ memory: { cacheBytes } })
    await state.task.createMany([
      { id: 'root', n: 0 },
      { id: 'leaf', n: 0, parent: 'root' },
    ])
    let isWriting = true
    const writing = (async () => {
      for (let n = 1; n <= 150; n++)
        await state.transact([
          { op: 'update', type: 'task', id: 'root', changes: { n } },
          { op: 'update', type: 'task', id: 'leaf', changes: { n } },
        ])
      isWriting = false
    })()
    const seen = new Set<unknown>()
    while (isWriting) {
      const leaf = await state.task.where({ id: 'leaf' }).include('parent').first()
      expect(Object(leaf?.related.parent).n).toBe(leaf?.record.n)
      seen.add(leaf?.record.n)
      // Answers from memory take no turn of the event loop, and would leave none to the writer.
      await new Promise(setImmediate)
    }
    await writing
    expect(seen.size).toBeGreaterThan(1)
    await state.close()
  }
})

test('a snapshot, the past and a transaction include from their own state', async () => {
  const { state } = await openTiny()
  await state.task.createMany([
    { id: 'root', n: 1 },
    { id: 'leaf', n: 1, parent: 'root' },
  ])
  const { lastSeq } = await state.stats()
  const snapshot = await state.snapshot()
  await state.task.update('root', { n: 2 })
  const past = await state.asOf(lastSeq)
  const found = [state, snapshot, past].map(({ task }) => task.where({ id: 'leaf' }).include('parent').first())
  expect((await Promise.all(found)).map((leaf) => Object(leaf?.related.parent).n)).toEqual([2, 1, 1])
  const own = await state.transaction(async (tx) => {
    await tx.task.update('root', { n: 3 })
    return Object((await tx.task.where({ id: 'leaf' }).include('parent').first())?.related.parent).n
  })
  expect(own).toBe(3)
  await snapshot.close()
  await state.close()
})

test('a transaction rests on what it was given beside the rows, absence too', async () => {
  const { state } = await openTiny()
  await state.task.createMany([{ id: 'root', n: 1 }, { id: 'gone' }, { id: 'leaf', parent: 'root', after: ['gone'] }])
  await state.task.delete('gone')
  const changes = [() => state.task.update('root', { n: 2 }), () => state.task.restore('gone')]
  for (const [at, meanwhile] of changes.entries()) {
    let tries = 0
    await state.transaction(async (tx) => {
      await tx.task.where({ id: 'leaf' }).include('parent', 'after').all()
      if (tries++ === 0) await meanwhile()
      await tx.note.create({ id: `note ${at}` })
    })
    expect(tries).toBe(2)
  }
  await state.close()
})

test('an analysis counts what is included, and a live query refuses it', async () => {
  const { state } = await openTiny({ memory: { cacheBytes: 1 } })
  await state.task.createMany([...parents(2), ...tasks(6, 2)])
  const query = { type: 'task', where: { title: 'child' }, include: ['parent'] }
  const { analysis } = await state.ask('explain', { ...query, analyze: true })
  expect(analysis).toMatchObject({ rows: 6, candidates: 8, bodies: 8 })
  const live = state.watch('live', query, new AbortController().signal)
  expect(await codeOf(live[Symbol.asyncIterator]().next())).toBe('INVALID')
  expect(await state.ask('count', query)).toBe(6)
  await state.close()
})
