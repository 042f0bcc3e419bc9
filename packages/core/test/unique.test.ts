import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, onTestFinished, test } from 'vitest'
import { refusalOf, taken } from './refusal-of.ts'
import { openUsers, type User, type UserState, userDomain } from './unique-store.ts'

const create = (id: string, fields: User) => ({ op: 'create', type: 'user', data: { id, ...fields } }) as const
const update = (id: string, changes: User) => ({ op: 'update', type: 'user', id, changes }) as const

test('a value that another record holds is refused in every kind of write, and says whose it is', async () => {
  const { state } = await openUsers()
  await state.user.create({ id: 'a', email: 'x', team: 't', seat: 1 })
  const details = { type: 'user', id: 'b', fields: ['email'], values: ['x'] }
  expect(await refusalOf(state.user.create({ id: 'b', email: 'x' }))).toEqual(taken('a', details))
  await state.user.create({ id: 'b', email: 'y', team: 't', seat: 2 })
  expect(await refusalOf(state.user.update('b', { email: 'x' }))).toEqual(taken('a', details))
  const seat = { fields: ['team', 'seat'], values: ['t', 1] }
  expect(await refusalOf(state.user.update('b', { seat: 1, status: 'old' }))).toEqual(taken('a', seat))
  expect(await refusalOf(state.transact([update('b', { email: 'x' })]))).toEqual(taken('a', { row: 0 }))
  expect(await refusalOf(state.user.createMany([{ id: 'c' }, { id: 'd', email: 'x' }]))).toEqual(taken('a', { row: 1 }))
  expect(await refusalOf(state.user.updateMany([{ id: 'b', changes: { email: 'x' } }]))).toEqual(taken('a', { row: 0 }))
  expect(await refusalOf(state.transaction((tx) => tx.user.update('b', { email: 'x' })))).toEqual(taken('a', details))
  expect(await refusalOf(state.user.create({ id: 'e', email: 'x' }))).toMatchObject({
    message: 'expected email "x" in no user but e, found it in user a; give another value, or change that one first',
  })
  expect((await state.stats()).lastSeq, 'nothing of it is in the log').toBe(2)
  await state.close()
})

test('what two records of one write would share is refused, whichever comes first', async () => {
  const { state } = await openUsers()
  const two = [create('a', { email: 'x' }), create('b', { email: 'x' })]
  expect(await refusalOf(state.transact(two))).toEqual(taken('a', { id: 'b', row: 1 }))
  expect(
    await refusalOf(
      state.user.createMany([
        { id: 'a', email: 'x' },
        { id: 'b', email: 'x' },
      ]),
    ),
  ).toEqual(taken('a', { id: 'b', row: 1 }))
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => state.user.create({ id: `u${n}`, email: 'same' })),
  )
  expect(answers.map(({ status }) => status).indexOf('fulfilled')).toBe(0)
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await state.close()
})

test('of a transaction only what it leaves counts: two records change places, and a value freed in it is given again', async () => {
  const { state } = await openUsers()
  await state.user.createMany([
    { id: 'a', email: 'x' },
    { id: 'b', email: 'y' },
  ])
  await state.transact([update('a', { email: 'y' }), update('b', { email: 'x' })])
  await state.transaction(async (tx) => {
    const [a, b] = await tx.user.getMany(['a', 'b'])
    await tx.user.update('a', { email: b?.email })
    await tx.user.update('b', { email: a?.email })
  })
  expect((await state.user.get('a'))?.email).toBe('x')
  await state.transact([create('c', { email: 'y' }), { op: 'delete', type: 'user', id: 'b' }])
  // Rows may be several commits, of which a crash could leave the first.
  const swap = [
    { id: 'a', changes: { email: 'y' } },
    { id: 'c', changes: { email: 'x' } },
  ]
  expect(await refusalOf(state.user.updateMany(swap))).toEqual(taken('c', { row: 0 }))
  const away = [
    { id: 'a', changes: { email: 'z' } },
    { id: 'c', changes: { email: 'x' } },
    { id: 'a', changes: { email: 'x' } },
  ]
  expect(await refusalOf(state.user.updateMany(away)), 'back to what another row has taken').toEqual(
    taken('c', { row: 2 }),
  )
  await state.close()
})

test('a value is free again when its record is deleted, by itself or by a cascade, and cannot be had back then', async () => {
  const { state } = await openUsers()
  await state.user.createMany([{ id: 'a' }, { id: 'b', email: 'x', boss: 'a' }, { id: 'c', email: 'y' }])
  await state.user.delete('a', { cascade: true })
  await state.user.create({ id: 'd', email: 'x' })
  expect(await refusalOf(state.user.restore('b'))).toMatchObject({ code: 'INVALID_REFERENCE' })
  await state.user.delete('c')
  const { lastSeq } = await state.stats()
  await state.user.update('d', { email: 'y' })
  expect(await refusalOf(state.user.restore('c'))).toEqual(taken('d', { id: 'c' }))
  expect(await refusalOf(state.undo(lastSeq))).toEqual(taken('d', { id: 'c' }))
  await state.user.update('d', {}, { unset: ['email'] })
  expect((await state.user.restore('c')).email).toBe('y')
  await state.close()
})

test('values are the same as in queries; absence and null are nobody’s', async () => {
  const { state } = await openUsers()
  const same: [User, User][] = [
    [{ email: 0 }, { email: -0 }],
    [{ email: ['a', { b: 1, c: 2 }] }, { email: ['a', { c: 2, b: 1 }] }],
    [{ since: '2026-01-01T10:00:00+02:00' }, { since: '2026-01-01T08:00:00.000Z' }],
    [
      { team: 1, seat: 'a' },
      { team: 1, seat: 'a' },
    ],
    [{ email: true }, { email: true }],
    [{ email: '' }, { email: '' }],
  ]
  const others: [User, User][] = [
    [{}, {}],
    [{ email: null }, { email: null }],
    [{ team: 't' }, { team: 't' }],
    [
      { team: 't', seat: null },
      { team: 't', seat: null },
    ],
    [{ email: 1 }, { email: '1' }],
    [{ email: 'é' }, { email: 'e\u0301' }],
    [{ email: 'A' }, { email: 'a' }],
    [{ email: '01890000-0000-7000-8000-00000000000A' }, { email: '01890000-0000-7000-8000-00000000000a' }],
    [{ email: '2026-01-01T10:00:00+02:00' }, { email: '2026-01-01T08:00:00.000Z' }],
    [{ email: ['a', 'b'] }, { email: ['b', 'a'] }],
    [
      { team: 'ab', seat: 'c' },
      { team: 'a', seat: 'bc' },
    ],
    [{ since: 'no time' }, { since: 'no Time' }],
  ]
  const outcome = async ([one, other]: [User, User]): Promise<unknown> => {
    await state.user.create({ id: 'a', ...one })
    const refusal = await refusalOf(state.user.create({ id: 'b', ...other }))
    await state.user.deleteMany((await state.user.where({}).all()).map(({ id }) => id))
    return hasCode(refusal, 'ALREADY_EXISTS') ? 'same' : refusal
  }
  for (const pair of same) expect([pair, await outcome(pair)]).toEqual([pair, 'same'])
  for (const pair of others) expect([pair, await outcome(pair)]).toEqual([pair, 'accepted'])
  await state.close()
})

test('an export is taken in as a whole: what it would share with another is refused, and what it replaces is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stateward-unique-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'users.jsonl')
  const first = await openUsers()
  await first.state.user.createMany([
    { id: 'a', email: 'x' },
    { id: 'b', email: 'y' },
  ])
  await using snapshot = await first.state.snapshot()
  await snapshot.export(path)
  const { state } = await openUsers()
  await state.user.create({ id: 'c', email: 'x' })
  expect(await refusalOf(state.restoreSnapshot(path))).toEqual(taken('c', { id: 'a' }))
  await state.user.update('c', { email: 'z' })
  await state.user.createMany([
    { id: 'a', email: 'y' },
    { id: 'b', email: 'x' },
  ])
  expect(await state.restoreSnapshot(path, { existing: 'replace' })).toMatchObject({ replaced: 2 })
  expect((await state.user.get('a'))?.email).toBe('x')
  const imported = await state.user.import([{ id: 'd' }, { id: 'e', email: 'x' }, { id: 'f', email: 'w' }], {
    mode: 'unordered',
  })
  expect(imported).toMatchObject({ created: 2, refusals: [{ row: 1, code: 'ALREADY_EXISTS' }] })
  await Promise.all([first.state.close(), state.close()])
})

/** Users that share values, written when nobody forbade it. */
async function ofOld(): Promise<{ state: UserState; storage: ReturnType<typeof memoryStorage> }> {
  const storage = memoryStorage()
  const { state } = await openUsers({ storage, domain: userDomain([]) })
  const since = '2026-01-01T10:00:00+02:00'
  await state.user.createMany(['a', 'b', 'c'].map((id) => ({ id, email: 'x', team: id, ...(id !== 'c' && { since }) })))
  await state.close()
  return { state: (await openUsers({ storage })).state, storage }
}

test('records that share a value of old are opened, told of, and may be changed in all else', async () => {
  const { state } = await ofOld()
  const { duplicates, ok } = await state.checkIndexes()
  expect([ok, duplicates]).toEqual([
    true,
    [
      { type: 'user', fields: ['email'], values: ['x'], records: 3, ids: ['a', 'b', 'c'] },
      { type: 'user', fields: ['since'], values: ['2026-01-01T10:00:00+02:00'], records: 2, ids: ['a', 'b'] },
    ],
  ])
  expect((await state.verify()).duplicates).toEqual(duplicates)
  await state.user.update('a', { status: 'old', team: 'q' })
  await state.user.update('a', { email: 'x', seat: 3 })
  await state.user.update('a', { since: '2026-01-01T08:00:00Z' })
  expect(await refusalOf(state.user.create({ id: 'd', email: 'x' }))).toMatchObject({ code: 'ALREADY_EXISTS' })
  await state.user.update('a', { email: 'y' })
  expect(await refusalOf(state.user.update('a', { email: 'x' }))).toMatchObject({ code: 'ALREADY_EXISTS' })
  await state.user.delete('b')
  expect((await state.checkIndexes()).duplicates).toBeUndefined()
  await state.close()
})

test('a transaction whose value others took meanwhile is tried again, and then refused for what it is', async () => {
  const { state } = await openUsers()
  let tries = 0
  const work = state.transaction(async (tx) => {
    if (++tries === 1) await state.user.create({ id: 'a', email: 'x' })
    await tx.user.create({ id: 'b', email: 'x' })
  })
  expect(await refusalOf(work)).toEqual(taken('a', { id: 'b', fields: ['email'], values: ['x'] }))
  expect(tries).toBe(2)
  await state.close()
})

test('a command is held to it, as a whole', async () => {
  const domain = userDomain()
  const commands = {
    move: () => [update('a', { email: 'y' }), update('b', { email: 'x' })],
    take: () => [create('c', { email: 'x' })],
  }
  const storage = memoryStorage()
  const { state } = await openUsers({
    storage,
    domain: { ...domain, procedures: { questions: {}, commands } as never },
  })
  await state.user.createMany([
    { id: 'a', email: 'x' },
    { id: 'b', email: 'y' },
  ])
  await state.ask('command', { name: 'move', body: {} } as never)
  expect(await refusalOf(state.ask('command', { name: 'take', body: {} } as never))).toEqual(taken('b'))
  await state.close()
})
