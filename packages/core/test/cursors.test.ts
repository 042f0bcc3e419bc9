import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import type { StateCursor } from '../src/transactions/state-cursor.ts'
import { codeOf } from './code-of.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { seededRandom } from './seeded-random.ts'
import type { TinyDomain } from './tiny-domain.ts'

type TaskCursor = StateCursor<TinyDomain, 'task'>

const taken = (state: TinyState): Promise<TaskCursor> => state.cursor('mailer', { types: ['task'] })

/** The next changes behind the position. */
async function some(cursor: TaskCursor, count: number) {
  const told = []
  for await (const change of cursor) {
    told.push(change)
    if (told.length === count) break
  }
  return told
}

test('a cursor goes on behind the last ack, also within a commit, and after the store is opened again', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a' })
  await state.transact(['b', 'c', 'd'].map((id) => ({ op: 'create', type: 'task', data: { id } }) as const))
  const first = await taken(state)
  const told = await some(first, 3)
  expect(told.map(({ id, at, last }) => [id, at, last])).toEqual([
    ['a', 0, true],
    ['b', 0, false],
    ['c', 1, false],
  ])
  expect((await some(first, 1))[0]?.id).toBe('a')
  for (const change of told) await first.ack(change)
  expect(first.position).toEqual({ seq: 2, at: 1 })
  await state.close()
  const { state: again } = await openTiny({ storage, random: seededRandom(7) })
  const second = await taken(again)
  await again.task.create({ id: 'e' })
  const rest = await some(second, 2)
  expect(rest.map(({ id }) => id)).toEqual(['d', 'e'])
  expect(rest.map((change) => second.keyOf(change))).toEqual(['mailer:2:2', `mailer:${rest[1]?.seq}:0`])
  // A position is no change of a record.
  for (const change of rest) await second.ack(change)
  await again.task.create({ id: 'f' })
  expect((await some(second, 1)).map(({ id }) => id)).toEqual(['f'])
  await again.compact()
  expect((await again.verify()).ok).toBe(true)
  await again.close()
})

test('who takes a cursor fences whoever had it, and nothing of theirs is written', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a' })
  const [first, second] = [await taken(state), await taken(state)]
  const [change] = await some(first, 1)
  if (change === undefined) throw new Error('nothing told')
  const { lastSeq } = await state.stats()
  expect(await codeOf(first.ack(change))).toBe('FENCED')
  expect(await codeOf(first.transact(change, [{ op: 'delete', type: 'task', id: 'a' }]))).toBe('FENCED')
  expect(await codeOf(first.transaction(change, (tx) => tx.task.delete('a')))).toBe('FENCED')
  expect((await state.stats()).lastSeq).toBe(lastSeq)
  await second.transact(change, [{ op: 'update', type: 'task', id: 'a', changes: { n: 1 } }])
  expect(await codeOf(second.ack(change))).toBe('CONFLICT')
  expect(await codeOf(second.transaction(change, (tx) => tx.task.delete('a')))).toBe('CONFLICT')
  expect(await codeOf(second.ack({ seq: 99, at: 0, last: true }))).toBe('INVALID')
  expect(await state.task.get('a')).toMatchObject({ n: 1 })
  await second.close()
  expect(await codeOf(second.ack(change))).toBe('CLOSED')
  const other = await openTiny({ random: seededRandom(9) })
  await other.state.task.create({ id: 'z' })
  const theirs = await taken(other.state)
  expect(await codeOf(state.ask('transact', { operations: [theirs.operationFor(change)] }))).toBe('FENCED')
  expect(
    await codeOf(state.ask('transact', { operations: [{ op: 'ack', cursor: 'nobody', token: 't', seq: 1 }] })),
  ).toBe('NOT_FOUND')
  expect(await codeOf(state.cursor('late', { since: 99 }))).toBe('INVALID')
  await state.close()
  await other.state.close()
})

test('a cursor that is dropped is gone from the log, and the next of its name begins anew', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  await state.task.create({ id: 'a' })
  await state.task.create({ id: 'b' })
  const [first, second] = [await taken(state), await taken(state)]
  const [change] = await some(second, 1)
  if (change === undefined) throw new Error('nothing told')
  await second.ack(change)
  expect(await codeOf(first.drop())).toBe('FENCED')
  await second.drop()
  expect(await codeOf(second.drop())).toBe('CLOSED')
  expect(await codeOf(second.ack(change))).toBe('CLOSED')
  expect(await codeOf(first.ack(change))).toBe('NOT_FOUND')
  expect(await codeOf(first.drop())).toBe('NOT_FOUND')
  expect(await codeOf(state.ask('transact', { operations: [{ op: 'dropCursor', cursor: '' }] }))).toBe('INVALID')
  await state.compact()
  await state.close()
  const { state: again } = await openTiny({ storage, random: seededRandom(11) })
  expect(await codeOf(again.ask('transact', { operations: [{ op: 'dropCursor', cursor: 'mailer' }] }))).toBe(
    'NOT_FOUND',
  )
  const third = await taken(again)
  expect(third.position).toEqual({ seq: 0 })
  expect((await some(third, 2)).map(({ id }) => id)).toEqual(['a', 'b'])
  await again.close()
})

test('a transaction with its ack takes effect once for each change, however many consumers race and fail', async () => {
  const { state } = await openTiny()
  for (let n = 0; n < 20; n++) await state.task.create({ id: `t${n}`, n })
  const random = seededRandom(3)
  let tries = 0
  const consume = async (): Promise<void> => {
    const cursor = await state.cursor('counter', { types: ['task'], where: { n: { exists: true } } })
    for await (const change of cursor) {
      // As a crash would: before, within, or behind the commit.
      if ((random.bytes(1)[0] ?? 0) < 60) return
      await cursor.transaction(change, async (tx) => {
        const tally = await tx.note.get('tally')
        const text = `${tally?.text ?? ''}${change.id} `
        if (tally === undefined) await tx.note.create({ id: 'tally', text })
        else await tx.note.update('tally', { text })
      })
      if ((random.bytes(1)[0] ?? 0) < 60 || change.id === 't19') return
    }
  }
  const done = async (): Promise<boolean> => (await state.note.get('tally'))?.text?.includes('t19 ') === true
  while (!(await done()) && tries++ < 200) {
    const outcomes = await Promise.all([codeOf(consume()), codeOf(consume())])
    for (const code of outcomes) expect(['none', 'FENCED']).toContain(code)
  }
  expect((await state.note.get('tally'))?.text).toBe(Array.from({ length: 20 }, (_, n) => `t${n} `).join(''))
  await state.close()
})
