import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { LiveTwin } from './live-twin.ts'
import { picker, queriesOf, randomStep } from './live-world.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { runs } from './runs.ts'
import { turns } from './turns.ts'

const mostTurns = 300
const measures = {
  n: { count: true },
  sum: { sum: 'n' },
  avg: { avg: 'n' },
  least: { min: 'title' },
  most: { max: 'n' },
  // One instant is written in two ways.
  first: { min: 'due' },
  last: { max: 'due' },
} as const

function twinsOf(state: TinyState): readonly LiveTwin<unknown>[] {
  return queriesOf(state).flatMap((query, at) => [
    new LiveTwin<unknown>(
      (signal) => mapped(query.liveCount({ signal }), ({ seq, count }) => ({ kind: 'rows', seq, rows: [count] })),
      async () => [await query.count()],
    ),
    ...(at % 2 === 0 ? (['state', 'due'] as const) : (['n', 'tags'] as const)).map(
      (field) =>
        new LiveTwin<unknown>(
          (signal) => query.liveGroupBy(field, { signal }),
          () => query.groupBy(field),
        ),
    ),
    new LiveTwin<unknown>(
      (signal) => query.liveAggregateBy('state', measures, { signal }),
      () => query.aggregateBy('state', measures),
    ),
    new LiveTwin<unknown>(
      (signal) => {
        return mapped(query.liveAggregate(measures, { signal }), (row) => ({ kind: 'rows', seq: 0, rows: [row] }))
      },
      async () => [await query.aggregate(measures)],
    ),
  ])
}

async function* mapped<T, R>(items: AsyncIterable<T>, map: (item: T) => R): AsyncGenerator<R> {
  for await (const item of items) yield map(item)
}

for (const [what, options, patience] of [
  ['', {}, 12],
  [', also when its records are on the disk', { memory: { cacheBytes: 2_000 } }, mostTurns],
] as const) {
  test(`live counts, groups, sums, means and extremes are what polling gives, after every step of random histories${what}`, async () => {
    for (let seed = 1; seed <= runs(2); seed++) {
      const pick = picker(seed + 100)
      const { state } = await openTiny({ storage: memoryStorage(), ...options })
      try {
        for (let n = 0; n < 10; n++) await randomStep(state, pick)
        const twins = twinsOf(state)
        // Some begin while writes go on.
        await Promise.all([1, 2, 3].map(() => randomStep(state, pick).catch(() => undefined)))
        await turns(30)
        for (let step = 0; step < 30; step++) {
          await randomStep(state, pick)
          for (const twin of twins) await twin.settle(patience)
        }
        for (const twin of twins) await twin.stop()
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      } finally {
        await state.close()
      }
    }
  })
}

test('a group that comes, changes and goes is told by itself, in its place', async () => {
  const { state } = await openTiny()
  await state.task.createMany([
    { id: 'a', state: 'open', n: 1 },
    { id: 'b', state: 'open', n: 2 },
    { id: 'c', n: 3 },
  ])
  const updates = state.task
    .where({ n: { lt: 9 } })
    .liveGroupBy('state')
    [Symbol.asyncIterator]()
  expect(await updates.next()).toMatchObject({ value: { rows: [{ count: 1 }, { value: 'open', count: 2 }] } })
  await state.task.update('c', { state: 'done' })
  expect((await updates.next()).value).toMatchObject({
    kind: 'changes',
    changes: [
      { op: 'leave', at: 0, id: '' },
      { op: 'enter', at: 0, record: { value: 'done', count: 1 } },
    ],
  })
  // What does not change a group is not told.
  await state.task.update('b', { title: 'x' })
  await state.task.update('b', { n: 9 })
  expect((await updates.next()).value).toMatchObject({
    changes: [{ op: 'change', at: 1, record: { value: 'open', count: 1 } }],
  })
  await updates.return?.()
  await state.close()
})

test('when all values that were held of an extreme have gone, it is read again', async () => {
  const { state } = await openTiny()
  const ids = Array.from({ length: 300 }, (_, n) => `t${n}`)
  await state.task.createMany(ids.map((id, n) => ({ id, n })))
  const updates = state.task
    .where({})
    .liveAggregate({ least: { min: 'n' } })
    [Symbol.asyncIterator]()
  expect(await updates.next()).toMatchObject({ value: { least: 0 } })
  for (const gone of [1, 254, 256, 257, 299]) {
    await state.task.deleteMany((await state.task.where({ n: { lt: gone } }).all()).map(({ id }) => id))
    // Many are several commits: what is told between them is what held then.
    let told = await updates.next()
    while (told.value?.least !== gone) {
      expect(told.value?.least).toBeLessThan(gone)
      told = await updates.next()
    }
  }
  await state.task.delete('t299')
  expect((await updates.next()).value).toEqual({})
  await state.task.createMany([{ id: 'again', n: 7 }, { id: 'none' }])
  expect(await updates.next()).toMatchObject({ value: { least: 7 } })
  await updates.return?.()
  await state.close()
})

test('what cannot be kept up is refused, and too many groups are', async () => {
  const { state } = await openTiny()
  const first = (live: () => AsyncIterable<unknown>) => codeOf((async () => live()[Symbol.asyncIterator]().next())())
  const measures = { count: { count: true } } as const
  const watch = (body: object) => {
    const { signal } = new AbortController()
    return first(() => state.watch('liveAggregate', body as never, signal))
  }
  expect(await watch({ query: { type: 'task', limit: 3 }, measures })).toBe('INVALID')
  expect(await watch({ query: { type: 'task', include: ['parent'] }, measures })).toBe('INVALID')
  expect(await watch({ query: { type: 'task' }, measures: {} })).toBe('INVALID')
  expect(await watch({ query: { type: 'task' }, by: 5, measures })).toBe('INVALID')
  expect(await watch({ query: { type: 'task' }, measures, more: 1 })).toBe('INVALID')
  for (let from = 0; from < 10_000; from += 2_500)
    await state.task.createMany(Array.from({ length: 2_500 }, (_, n) => ({ id: `t${from + n}`, n: from + n })))
  await state.task.create({ id: 'more', n: -1 })
  expect(await first(() => state.task.liveGroupBy('n'))).toBe('TOO_LARGE')
  expect(await state.task.liveCount()[Symbol.asyncIterator]().next()).toMatchObject({ value: { count: 10_001 } })
  await state.close()
})
