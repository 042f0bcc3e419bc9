import { limits } from '@stateward/contract'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { faultyStorage } from './faulty-storage.ts'
import { gatedStorage } from './gated-storage.ts'
import { openTiny } from './open-tiny.ts'
import { turns } from './turns.ts'

test('reads never see what a crash could take back', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage })
  storage.open()
  await state.task.create({ id: 'a', n: 1 })
  storage.shut()
  const writing = [state.task.update('a', { n: 2 }), state.task.create({ id: 'b', n: 2 }), state.task.delete('a')]
  await storage.asked(2)
  expect(await state.task.get('a')).toMatchObject({ n: 1 })
  expect(await state.task.where({ n: 2 }).all()).toEqual([])
  expect(await state.task.count()).toBe(1)
  expect((await state.stats()).lastSeq).toBe(1)
  storage.open()
  await Promise.all(writing)
  expect(await state.task.get('a')).toBeUndefined()
  await state.close()
})

test('an answer that rests on what is in flight is not told before that is durable', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage })
  const told: string[] = []
  const writing = [
    state.task.create({ id: 'a', n: 1 }).then(() => told.push('created')),
    state.task.create({ id: 'a', n: 1 }).then(() => told.push('the same again')),
    state.transact([]).then(() => told.push('nothing')),
  ]
  await storage.asked(1)
  writing.push(state.task.update('a', { n: 1 }).then(() => told.push('no change')))
  await turns(5)
  expect(told).toEqual([])
  storage.open()
  await Promise.all(writing)
  expect(told).toEqual(['created', 'the same again', 'nothing', 'no change'])
  await state.close()
})

test('an answer that rests on what has failed is BUSY', async () => {
  const full = Object.assign(new Error('no room'), { code: 'FULL' })
  const storage = faultyStorage({ fates: [{ fails: full }], unknown: 'stop', slowness: 3 })
  const { state } = await openTiny({ storage })
  const calls = [
    state.task.create({ id: 'a', n: 1 }),
    state.task.create({ id: 'a', n: 1 }),
    state.task.update('a', { n: 1 }),
  ]
  expect(await Promise.all(calls.map(codeOf))).toEqual(['FULL', 'BUSY', 'BUSY'])
  expect(await state.task.get('a')).toBeUndefined()
  await state.close()
})

test('the cache keeps within its bound, and what is not in it is read when asked for', async () => {
  const { state } = await openTiny({ memory: { cacheBytes: 3_000 } })
  await state.task.createMany(Array.from({ length: 100 }, (_, n) => ({ id: `t${n}`, n })))
  expect((await state.task.where({}).all()).map(({ n }) => n).sort((a = 0, b = 0) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, n) => n),
  )
  const { cache } = await state.stats()
  expect(cache.bytes).toBeLessThanOrEqual(3_000)
  expect(cache.maxBytes).toBe(3_000)
  expect(cache.records).toBeGreaterThan(3)
  expect(cache.misses).toBeGreaterThan(50)
  await state.close()
})

test('history comes in pages of a thousand', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 0 })
  const count = limits.historyPage + 5
  await Promise.all(Array.from({ length: count }, (_, n) => state.task.update('a', { n: n + 1 })))
  const first = await state.ask('history', { type: 'task', id: 'a' })
  expect(first.versions).toHaveLength(limits.historyPage)
  const rest = await state.ask('history', { type: 'task', id: 'a', from: first.next ?? 0 })
  expect(rest.next).toBeUndefined()
  expect([...first.versions, ...rest.versions].map(({ record }) => record?.n)).toEqual(
    Array.from({ length: count + 1 }, (_, n) => n),
  )
  const streamed: number[] = []
  for await (const { record } of state.task.history('a')) streamed.push(record?.n ?? -1)
  expect(streamed).toHaveLength(count + 1)
  await state.close()
})

test('explain tells the numbers of the moment, also of a query that was planned before', async () => {
  const { state } = await openTiny()
  const query = state.task.where({ state: 'open' })
  await state.task.create({ id: 't0', state: 'open' })
  await query.all()
  expect((await query.explain()).records).toBe(1)
  await state.task.create({ id: 't1', state: 'open' })
  expect((await query.explain()).records).toBe(2)
  await state.close()
})

test('a query that is deep or in a circle is refused in words', async () => {
  const { state } = await openTiny()
  const circle: Record<string, unknown> = {}
  circle.not = circle
  expect(await codeOf(state.ask('query', { type: 'task', where: circle as never }))).toBe('TOO_LARGE')
  let deep: object = { n: 1 }
  for (let n = 0; n < 50_000; n++) deep = { not: deep }
  expect(await codeOf(state.ask('query', { type: 'task', where: deep as never }))).toBe('TOO_LARGE')
  await state.close()
})

test('a query asked again finds a text in a field that held only lists when it was planned', async () => {
  const { state } = await openTiny()
  for (const id of ['abc', 'x-abc-x']) await state.task.create({ id })
  await state.task.create({ id: 'listed', after: ['abc'] })
  const query = { type: 'task', where: { after: { contains: 'abc' } } } as const
  const idsNow = async (): Promise<string[]> => (await state.ask('query', query)).rows.map(({ id }) => id)
  expect(await idsNow()).toEqual(['listed'])
  // What the type does not allow a schema may, and a reference is one id as well as a list of them.
  await state.ask('create', { type: 'task', data: { id: 'texted', after: 'x-abc-x' } })
  expect(await idsNow()).toEqual(['listed', 'texted'])
  expect(await state.ask('count', query)).toBe(2)
  await state.close()
})
