import { type LogWriter, limits, type Ptr, type Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'

interface CountingStorage extends Storage {
  readonly fetches: Ptr[][]
  /** Called before each read of bodies, which waits for it. */
  before: () => Promise<unknown>
}

/** A storage over memory that tells which bodies were read from it, read by read. */
function countingStorage(): CountingStorage {
  const fetches: Ptr[][] = []
  const storage = memoryStorage()
  const counting: CountingStorage = {
    ...storage,
    fetches,
    before: async () => undefined,
    openWriter: async (owner, options) => {
      const opened = await storage.openWriter(owner, options)
      const fetch: LogWriter['fetch'] = async (ptrs) => {
        fetches.push([...ptrs])
        await counting.before()
        return opened.writer.fetch(ptrs)
      }
      const writer = new Proxy(opened.writer, {
        get(target, key) {
          const value: unknown = key === 'fetch' ? fetch : Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      return { ...opened, writer }
    },
  }
  return counting
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

test('what is related is read once, together: no read a row, nor one a reference', async () => {
  const storage = countingStorage()
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  // Each in a line of its own.
  for (const parent of [...parents(50), { id: 'last', title: 'parent', after: ['p0', 'p1'] }])
    await state.task.create(parent)
  await state.task.createMany(tasks(200, 50).map((task) => ({ ...task, after: ['p0', task.parent, 'last'] })))
  storage.fetches.length = 0
  const found = await state.task.where({ title: 'child' }).include('parent', 'after').all()
  expect(found).toHaveLength(200)
  expect(found.every(({ record, related }) => Object(related.parent).id === record.parent)).toBe(true)
  // The rows in one read, and the 51 records that they lead to by one field or the other in one more.
  expect(storage.fetches).toHaveLength(2)
  expect(storage.fetches[1]).toHaveLength(51)
  await state.close()
})

test('a thousand rows with one parent read it once', async () => {
  const storage = countingStorage()
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.create({ id: 'p0', title: 'parent' })
  await state.task.createMany(tasks(1_000, 1))
  storage.fetches.length = 0
  const { rows, related } = await state.ask('query', { type: 'task', where: { title: 'child' }, include: ['parent'] })
  expect(rows).toHaveLength(1_000)
  expect(related?.parent).toEqual({ records: [await state.task.get('p0')], places: rows.map(() => 0) })
  // The rows, 256 at a time; then the parent, by itself; then the parent again, which this test asks for.
  expect(storage.fetches).toHaveLength(Math.ceil(1_000 / 256) + 1 + 1)
  const [parent] = storage.fetches.at(-1) ?? []
  expect(storage.fetches.filter((ptrs) => ptrs.some((ptr) => ptr === parent))).toEqual([[parent], [parent]])
  await state.close()
})

test('circles, a record that leads to itself, and rows that lead to rows are given as they are', async () => {
  const storage = countingStorage()
  const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
  await state.task.createMany([{ id: 'a' }, { id: 'b' }, { id: 'gone' }, { id: 'self' }])
  const changes = [
    { id: 'a', changes: { parent: 'b', after: ['a', 'b', 'a'] } },
    { id: 'b', changes: { parent: 'a', after: [] } },
    { id: 'self', changes: { parent: 'self', after: ['self', 'gone'] } },
  ]
  await state.transact(changes.map((one) => ({ op: 'update', type: 'task', ...one }) as const))
  await state.task.delete('gone')
  storage.fetches.length = 0
  const [a, b, self] = await state.task.include('parent', 'after').all()
  expect(a?.related).toEqual({ parent: b?.record, after: [a?.record, b?.record, a?.record] })
  expect(b?.related).toEqual({ parent: a?.record, after: [] })
  expect(self?.related).toEqual({ parent: self?.record, after: [self?.record, undefined] })
  expect(self?.related.parent).toBe(self?.record)
  // What is a row already is not read again.
  expect(storage.fetches).toHaveLength(1)
  await state.close()
})

test('what is in the field and is no id leads nowhere', async () => {
  const { state } = await openTiny()
  const odd = [null, 5, true, {}, [], [null, 5, ['t'], {}]]
  await state.task.createMany(odd.map((after, at) => ({ id: `t${at}`, after: after as never })))
  const found = await state.task.include('after').all()
  expect(found.map(({ related }) => related.after)).toEqual(
    odd.map((after) => (Array.isArray(after) ? after.map(() => undefined) : undefined)),
  )
  await state.close()
})

test('include has bounds, and says with a code what is wrong', async () => {
  const { state } = await openTiny()
  await state.task.createMany(tasks(3, 1).map(({ parent: _, ...task }) => task))
  const ask = (include: unknown) => codeOf(state.ask('query', { type: 'task', include: include as never }))
  const wrong = [['n'], ['id'], ['none'], ['__proto__'], ['parent', 'parent'], 'parent', [1], [null], {}, null]
  for (const include of wrong) expect([include, await ask(include)]).toEqual([include, 'INVALID'])
  expect(await ask(Array.from({ length: 100_000 }, () => 'parent'))).toBe('INVALID')
  expect(await ask([])).toBe('none')
  const aborted = state.task.include('parent').all({ signal: AbortSignal.abort() })
  expect(await codeOf(aborted)).toBe('ABORTED')
  expect(
    await codeOf(
      state.task
        .limit(limits.queryRows + 1)
        .include('parent')
        .all(),
    ),
  ).toBe('INVALID')
  await state.close()
})

test('rows and what they lead to are of one commit, however often others write while they are read', async () => {
  for (const writes of [0, 1, 2, 3, 4, 20]) {
    const storage = countingStorage()
    const { state } = await openTiny({ storage, memory: { cacheBytes: 1 } })
    await state.task.createMany([
      { id: 'root', n: 0 },
      { id: 'leaf', n: 0, parent: 'root' },
    ])
    let left = writes
    let isWriting = false
    storage.before = async () => {
      if (isWriting || left-- <= 0) return
      isWriting = true
      const update = (id: string) => ({ op: 'update', type: 'task', id, changes: { n: writes - left } }) as const
      await state.transact([update('root'), update('leaf')])
      isWriting = false
    }
    const leaf = await state.task.where({ id: 'leaf' }).include('parent').first()
    expect([writes, Object(leaf?.related.parent).n]).toEqual([writes, leaf?.record.n])
    // Three readings were overtaken, and the fourth is of a state that is held still: it is of the third write.
    expect(leaf?.record.n).toBe(Math.min(writes, 3))
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
  const { signal } = new AbortController()
  expect(() => state.watch('live', query, signal)).toThrow(expect.objectContaining({ code: 'INVALID' }))
  expect(await state.ask('count', query)).toBe(6)
  await state.close()
})
