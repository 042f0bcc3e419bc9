import { defineDomain, entity, type MakeIndex, type StoreEvent } from '@stateward/contract'
import { expect, test } from 'vitest'
import { liveOf } from './damage-index.ts'
import { gatedStorage } from './gated-storage.ts'
import { looseSchema } from './loose-schema.ts'
import { byStart } from './own-indexes.ts'
import { refusalOf, taken } from './refusal-of.ts'
import { turns } from './turns.ts'
import { openUsers, type User } from './unique-store.ts'

test('while its index is being built again a value is found all the same, by whoever builds it first', async () => {
  const storage = gatedStorage()
  storage.open()
  const events: string[] = []
  const hear = (event: StoreEvent): void => void (event.kind === 'index' && events.push(event.phase))
  const { state } = await openUsers({
    storage,
    onEvent: hear,
    checkpoints: false,
    compaction: false,
    memory: { cacheBytes: 1 },
  })
  const rows = Array.from({ length: 700 }, (_, n) => ({ id: `u${n}`, email: `e${n}`, team: 't', seat: n }))
  const live = await liveOf(() => state.user.createMany(rows))
  const { kept } = live.type('user')
  for (const name of ['email', 'team+seat']) {
    const index = kept.trusted.find((one) => one.name === name)
    if (index === undefined) throw new Error(`expected an index ${name}`)
    index.clear()
    kept.distrust(index)
    const [first, last] = [
      { id: 'x', email: 'e3', team: 't', seat: 5 },
      { id: 'x', email: 'e699', team: 't', seat: 699 },
    ]
    const [a, b] = await Promise.all([refusalOf(state.user.create(first)), refusalOf(state.user.create(last))])
    expect([a, b]).toEqual([taken('u3'), taken('u699')])
    expect(kept.rebuilding, 'nobody else has built it').toHaveLength(1)
    const change = { email: 'new', team: 't', seat: 9_000 }
    await Promise.all([state.user.update('u5', change), state.user.create({ id: 'y', email: 'e5' })])
    expect(await refusalOf(state.user.create({ id: 'z', ...change }))).toEqual(taken('u5'))
    await state.user.delete('y')
    await state.user.update('u5', { email: 'e5', seat: 5 })
    const [rebuilding] = kept.rebuilding
    if (rebuilding !== undefined) kept.trust(rebuilding)
  }
  expect((await state.checkIndexes()).ok).toBe(true)
  await state.close()
})

test('an index that throws is not asked any more, and the value is found all the same', async () => {
  const phases: string[] = []
  const { state } = await openUsers({ onEvent: (event) => void (event.kind === 'index' && phases.push(event.phase)) })
  const live = await liveOf(() => state.user.create({ id: 'a', email: 'x' }))
  const index = live.type('user').kept.trusted.find(({ name }) => name === 'email')
  if (index === undefined) throw new Error('expected an index')
  index.lookup = () => {
    throw new Error('broken')
  }
  expect(await refusalOf(state.user.create({ id: 'b', email: 'x' }))).toEqual(taken('a'))
  expect(phases[0]).toBe('damaged')
  await state.close()
})

test('the index of a unique key is never dropped, however little memory there may be', async () => {
  const { state } = await openUsers({ memory: { maxBytes: 20_000, cacheBytes: 1_000 } })
  await state.user.createMany(
    Array.from({ length: 500 }, (_, n) => ({ id: `u${n}`, email: `e${n}`, team: 't', seat: n })),
  )
  const { indexes } = await state.stats()
  const dropped = indexes.filter((one) => one.dropped).map(({ name }) => name)
  expect(dropped).toContain('id order')
  expect(indexes.map(({ name }) => name)).toEqual(expect.arrayContaining(['email', 'team+seat', 'since order']))
  for (const name of ['email', 'team+seat', 'since order']) expect(dropped).not.toContain(name)
  expect(await refusalOf(state.user.update('u4', { email: 'e5' }))).toEqual(taken('u5'))
  await state.close()
})

test('a unique value is looked up, and one row is expected', async () => {
  const { state } = await openUsers()
  await state.user.createMany(
    Array.from({ length: 50 }, (_, n) => ({ id: `u${n}`, email: `e${n}`, team: 't', seat: n })),
  )
  const where = { email: 'e7' } as never
  expect(await state.user.where(where).explain()).toMatchObject({ plan: { index: 'email' }, estimatedRows: 1 })
  const seat = { team: 't', seat: 7 } as never
  expect(await state.user.where(seat).explain()).toMatchObject({ plan: { index: 'team+seat' }, estimatedRows: 1 })
  await state.close()
})

test('an index of the domain’s own is never believed about who holds a value', async () => {
  const blind: MakeIndex = (context) => ({ ...byStart('email')(context), lookup: () => [], estimate: () => 0 })
  const domain = defineDomain({
    user: entity({ schema: looseSchema<User>({}), id: 'string', unique: ['email'], customIndexes: [blind] }),
    log: entity({ schema: looseSchema<User>({}), id: 'string' }),
  })
  const { state } = await openUsers({ domain, checkpoints: false })
  const live = await liveOf(() => state.user.create({ id: 'a', email: 'x' }))
  await turns(50)
  const { kept } = live.type('user')
  expect(kept.trusted.map(({ name }) => name)).toContain('email start')
  const index = kept.trusted.find(({ name }) => name === 'email')
  if (index !== undefined) kept.distrust(index)
  expect(await refusalOf(state.user.create({ id: 'b', email: 'x' }))).toEqual(taken('a'))
  await state.close()
})
