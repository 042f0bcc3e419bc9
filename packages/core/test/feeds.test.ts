import type { ChangeOf } from '@stateward/client'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { codeOf } from './code-of.ts'
import { gappyStorage } from './gappy-storage.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { type TinyDomain, tinyDomain } from './tiny-domain.ts'

type Told = ChangeOf<TinyDomain, 'task'>

/** Everything that a feed tells up to a commit. */
async function toldUpTo(feed: AsyncIterable<Told>, seq: number): Promise<Told[]> {
  const told: Told[] = []
  for await (const change of feed) {
    told.push(change)
    if (change.seq >= seq && change.last) break
  }
  return told
}

const short = ({ seq, op, id, rev, before, after, incomplete }: Told): unknown[] => [
  seq,
  op,
  id,
  rev,
  before?.n,
  after?.n,
  ...(incomplete ? ['incomplete'] : []),
]

/** Updates enough for the record to be written whole in between, and a deletion. */
async function longLife(state: TinyState): Promise<void> {
  await state.task.create({ id: 'a', n: 0 })
  for (let n = 1; n <= 20; n++) await state.task.update('a', { n })
  await state.task.delete('a')
  await state.task.create({ id: 'a', n: 30 })
}

const longLifeTold = [
  [1, 'create', 'a', 1, undefined, 0],
  ...Array.from({ length: 20 }, (_, at) => [at + 2, 'update', 'a', at + 2, at, at + 1]),
  [22, 'delete', 'a', 22, 20, undefined],
  [23, 'create', 'a', 23, undefined, 30],
]

test('a feed knows what each change rests on, wherever it begins: beside the writer, behind it, and of another process', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage })
  await longLife(state)
  const reader = await openStateReader({ storage, domain: tinyDomain })
  for (let since = 1; since <= 23; since++) {
    for (const from of [state, reader]) {
      const told = await toldUpTo(from.changes({ since, types: ['task'] }), 23)
      expect(told.map(short)).toEqual(longLifeTold.slice(since - 1))
    }
  }
  await reader.close()
  await state.close()
})

test('behind a compaction a feed finds what changes rest on in the base; before it is TRIMMED', async () => {
  const { state } = await openTiny({ storage: memoryStorage({ retention: 'none' }) })
  await state.task.createMany(['a', 'b', 'c'].map((id, n) => ({ id, n })))
  await state.task.delete('c')
  await state.compact()
  for (const n of [5, 6]) await state.task.update('a', { n })
  await state.task.create({ id: 'c', n: 7 })
  await state.task.delete('b')
  expect((await toldUpTo(state.changes({ since: 3, types: ['task'] }), 6)).map(short)).toEqual([
    [3, 'update', 'a', 2, 0, 5],
    [4, 'update', 'a', 3, 5, 6],
    [5, 'create', 'c', 3, undefined, 7],
    [6, 'delete', 'b', 2, 1, undefined],
  ])
  expect(await codeOf(toldUpTo(state.changes({ since: 2, types: ['task'] }), 6))).toBe('TRIMMED')
  await state.close()
})

test('what is lost is told by the next change, and what rests on it is incomplete', async () => {
  const storage = memoryStorage()
  const { state: first } = await openTiny({ storage })
  await first.task.create({ id: 'a', n: 1 })
  await first.plan.create({ name: 'between' })
  await first.task.update('a', { n: 2 })
  await first.task.delete('a')
  await first.task.create({ id: 'a', n: 3 })
  await first.close()
  const lost = { from: 2, to: 3, report: 'r' }
  const { state } = await openTiny({ storage: gappyStorage(storage, lost) })
  const told = await toldUpTo(state.changes({ types: ['task'] }), 5)
  expect(told.map(short)).toEqual([
    [1, 'create', 'a', 1, undefined, 1],
    [4, 'delete', 'a', 3, undefined, undefined, 'incomplete'],
    [5, 'create', 'a', 4, undefined, 3],
  ])
  expect(told.map(({ lostBefore }) => lostBefore)).toEqual([undefined, lost, undefined])
  await state.close()
})

test('who falls behind and would rather know is told where to go on; who says nothing misses nothing', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 0 })
  const strict = state.changes({ maxBehind: 5 })[Symbol.asyncIterator]()
  const patient = state.changes()[Symbol.asyncIterator]()
  for (const feed of [strict, patient]) expect(await feed.next()).toMatchObject({ value: { seq: 1 } })
  for (let n = 1; n <= 20; n++) await state.task.update('a', { n })
  const fault: unknown = await strict.next().catch((error: unknown) => error)
  expect(fault).toMatchObject({ code: 'SLOW_CONSUMER', details: { resumeFrom: 2, lastSeq: 21 } })
  const told = await toldUpTo(state.changes({ since: 2, types: ['task'], maxBehind: 5 }), 21)
  expect(told.map(({ after }) => after?.n)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  for (let seq = 2; seq <= 21; seq++) expect(await patient.next()).toMatchObject({ value: { seq, last: true } })
  await patient.return?.()
  await state.close()
})

test('a filter tells of what comes into it and of what leaves it, typed', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', state: 'open' })
  await state.task.create({ id: 'b', state: 'done' })
  await state.task.update('a', { state: 'done' })
  await state.task.update('b', { n: 1 })
  await state.task.delete('a')
  await state.task.create({ id: 'c', state: 'open' })
  const seen: string[] = []
  for await (const change of state.changes({ types: ['task'], where: { state: 'open' } })) {
    seen.push(`${change.id} ${change.before?.state ?? '-'} ${change.after?.state ?? '-'}`)
    if (change.id === 'c') break
  }
  expect(seen).toEqual(['a - open', 'a open done', 'c - open'])
  await state.close()
})
