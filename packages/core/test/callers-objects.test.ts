import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'
import { rawLog } from './raw-log.ts'
import { refused } from './refused.ts'

test('what a caller does to an object after the call does not reach the store', async () => {
  const { state, storage } = await openTiny()
  const data = { id: 'a', title: 'x', tags: ['p'], extra: { deep: [1] } }
  const rows = [{ id: 'b', tags: ['p'] }]
  const creating = state.task.create(data)
  const many = state.task.createMany(rows)
  data.title = 'changed'
  data.tags.push('q')
  data.extra.deep.push(2)
  rows[0]?.tags.push('q')
  rows.push({ id: 'c', tags: [] })
  await Promise.all([creating, many])
  const changes = { tags: ['r'] }
  const unset = ['title' as const]
  const updating = state.task.update('a', changes, { unset })
  changes.tags.push('s')
  unset.push('n' as never)
  await updating
  const where = { tags: { contains: 'r' } }
  const finding = state.task.where(where).all()
  where.tags.contains = 'q'
  expect((await finding).map(({ id }) => id)).toEqual(['a'])
  expect(await state.task.where({}).all()).toMatchObject([
    { id: 'a', tags: ['r'], extra: { deep: [1] } },
    { id: 'b', tags: ['p'] },
  ])
  expect((await rawLog(storage)).join()).not.toContain('"q"')
  await state.close()
})

test('what the store gives out cannot be changed', async () => {
  const { state } = await openTiny()
  const made = await state.task.create({ id: 'a', tags: ['p'], extra: { deep: [1] } } as never)
  const [found] = await state.task.where({}).all()
  const tombstone = await state.task.delete('a')
  for (const given of [made, found, tombstone, made.tags, (made as never as { extra: object }).extra])
    expect(Object.isFrozen(given)).toBe(true)
  await state.close()
})

test('a list that was answered may be changed, and who asks again with the txid hears the same', async () => {
  const { state } = await openTiny()
  const rows = [{ id: 'a' }, { id: 'b' }]
  const first = (await state.task.createMany(rows, { txid: 't' })) as unknown[]
  const kept = [...first]
  first.reverse().pop()
  const second = (await state.task.createMany(rows, { txid: 't' })) as unknown[]
  second.length = 0
  expect(await state.task.createMany(rows, { txid: 't' })).toEqual(kept)
  await state.close()
})

test('getters are read once, at the call', async () => {
  const { state } = await openTiny()
  let reads = 0
  const flipping = {
    id: 'a',
    get title() {
      reads++
      return `read ${reads}`
    },
  }
  expect((await state.task.create(flipping)).title).toBe('read 1')
  let asked = 0
  const body = {
    type: 'task',
    get id() {
      asked++
      return asked === 1 ? 'a' : 'other'
    },
    changes: { n: 1 },
    get expectedRev() {
      return 1
    },
  }
  expect(await state.ask('update', body)).toMatchObject({ id: 'a', n: 1 })
  await state.close()
})

test.each([
  [
    'a getter',
    {
      get title(): string {
        throw new Error('mine')
      },
    },
  ],
  [
    'a getter that throws nothing',
    {
      get title(): string {
        throw undefined
      },
    },
  ],
  [
    'a proxy',
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('mine')
        },
      },
    ),
  ],
  ['a revoked proxy', revoked()],
])('%s that throws is INVALID wherever it stands', async (_, hostile) => {
  const store = await openTiny()
  const { state } = store
  await state.task.create({ id: 'a' })
  const given = hostile as never
  await refused(store, 'INVALID', () => state.ask('create', given))
  await refused(store, 'INVALID', () => state.ask('create', { type: 'task', data: given }))
  await refused(store, 'INVALID', () =>
    state.ask('update', { type: 'task', id: 'a', changes: { deep: given } as never }),
  )
  await refused(store, 'INVALID', () => state.ask('transact', { operations: [given] }))
  await refused(store, 'INVALID', () => state.ask('get', given))
  await refused(store, 'INVALID', () => state.ask('query', given))
  await refused(store, 'INVALID', () => state.ask('query', { type: 'task', where: given }))
  await refused(store, 'INVALID', () => state.ask('groupBy', { query: given, field: 'n' }))
  await refused(store, 'INVALID', () => state.ask('get', { type: 'task', id: 'a' }, given))
  await state.close()
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

test("a query whose getter changes its mind poisons nobody else's", async () => {
  const { state } = await openTiny()
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 2 },
  ])
  let n = 2
  const flipping = {
    get n() {
      n = n === 1 ? 2 : 1
      return n
    },
  }
  await codeOf(state.ask('query', { type: 'task', where: flipping }))
  for (const wanted of [1, 2])
    expect((await state.task.where({ n: wanted }).all()).map((record) => record.n)).toEqual([wanted])
  await state.close()
})

test("inherited fields are not the caller's", async () => {
  const { state } = await openTiny()
  const inherited = Object.assign(Object.create({ title: 'inherited' }), { id: 'a' })
  expect(await codeOf(state.task.create(inherited))).toBe('INVALID')
  const force = Object.assign(Object.create({ force: true, reason: 'r' }), { type: 'task', data: { id: 'a' } })
  expect(await codeOf(state.ask('create', force))).toBe('none')
  await state.close()
})
