import { limits } from '@stateward/contract'
import { expect, test } from 'vitest'
import { planIds } from './arbitrary-calls.ts'
import { openTiny } from './open-tiny.ts'
import { refused } from './refused.ts'

const noIds: [what: string, id: unknown, code: string][] = [
  ['undefined', undefined, 'INVALID'],
  ['null', null, 'INVALID'],
  ['a number', 7, 'INVALID'],
  ['an empty text', '', 'INVALID'],
  ['a list', ['a'], 'INVALID'],
  ['half of a surrogate pair', 'a\ud800', 'INVALID'],
  ['one character more than allowed', 'x'.repeat(limits.idChars + 1), 'TOO_LARGE'],
]

test.each(noIds)('%s is no id, in any message', async (_, given, code) => {
  const store = await openTiny()
  const { state } = store
  const id = given as string
  await state.note.create({ id: 'there' })
  await refused(store, code, () => state.note.create({ id }))
  await refused(store, code, () => state.note.get(id))
  await refused(store, code, () => state.note.getMany(['there', id]))
  await refused(store, code, () => state.note.update(id, { text: 'x' }))
  await refused(store, code, () => state.note.delete(id))
  await refused(store, code, () => state.note.restore(id))
  await refused(store, code, () => state.note.deleteMany(['there', id]))
  await refused(store, code, () => state.note.updateMany([{ id, changes: {} }]))
  await refused(store, code, () => state.transact([{ op: 'delete', type: 'note', id }]))
  await refused(store, code, () => state.note.history(id).next())
  await state.close()
})

test('a hole in a list of ids is no id', async () => {
  const store = await openTiny()
  const holes = new Array(2) as string[]
  await refused(store, 'INVALID', () => store.state.note.getMany(holes))
  await refused(store, 'INVALID', () => store.state.note.deleteMany(holes))
  await store.state.close()
})

test('an id of 512 characters is one', async () => {
  const { state } = await openTiny()
  const id = '\u{1f600}'.repeat(limits.idChars / 2)
  await state.note.create({ id })
  expect((await state.note.get(id))?.id).toBe(id)
  await state.close()
})

test('only a UUIDv7 in lower case is an id of a type whose ids the store makes', async () => {
  const store = await openTiny()
  const { state } = store
  const [id = ''] = planIds
  const wrong = [
    'a',
    id.toUpperCase(),
    `${id} `,
    id.replace('-7', '-4'),
    id.replace('-8', '-c'),
    id.replaceAll('-', ''),
  ]
  for (const one of wrong) {
    const { message } = await refused(store, 'INVALID', () => state.plan.create({ id: one, name: 'p' }))
    expect(message).toContain('UUIDv7')
  }
  expect((await state.plan.create({ id, name: 'p' })).id).toBe(id)
  await state.close()
})

test('an id that is not there: undefined to get, NOT_FOUND to a write', async () => {
  const store = await openTiny()
  const { state } = store
  expect(await state.note.get('none')).toBeUndefined()
  expect(await state.note.getMany(['none'])).toEqual([undefined])
  await refused(store, 'NOT_FOUND', () => state.note.update('none', { text: 'x' }))
  await refused(store, 'NOT_FOUND', () => state.note.update('none', {}))
  await refused(store, 'NOT_FOUND', () => state.note.delete('none'))
  await refused(store, 'NOT_FOUND', () => state.note.restore('none'))
  expect((await state.ask('history', { type: 'note', id: 'none' })).versions).toEqual([])
  await state.close()
})

test('an id that is there: the same content is the same answer, other content is ALREADY_EXISTS', async () => {
  const store = await openTiny()
  const { state, time } = store
  const given = { id: 'a', title: 'x', tags: ['p'], extra: { b: 1, a: [{}] } } as const
  const first = await state.task.create(given)
  time.at += 5_000
  expect(await state.task.create(given)).toEqual(first)
  expect(await state.task.create({ extra: { a: [{}], b: 1 }, tags: ['p'], title: 'x', id: 'a' } as never)).toEqual(
    first,
  )
  expect(await state.task.create({ ...given, created_at: first.created_at })).toEqual(first)
  for (const other of [
    { ...given, title: 'y' },
    { id: 'a', title: 'x' },
    { ...given, n: 1 },
    { ...given, created_at: '2026-01-31T10:00:00Z' },
  ]) {
    const { details } = await refused(store, 'ALREADY_EXISTS', () => state.task.create(other))
    expect(details).toMatchObject({ type: 'task', id: 'a', currentRev: 1 })
  }
  await refused(store, 'ALREADY_EXISTS', () => state.task.createMany([{ id: 'b' }, { id: 'b', n: 1 }]))
  await refused(store, 'ALREADY_EXISTS', () => state.task.createMany([{ id: 'b' }, { id: 'a' }]))
  await state.close()
})
