import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { picker, queriesOf, randomStep, Watched } from './live-world.ts'
import { openTiny } from './open-tiny.ts'
import { runs } from './runs.ts'
import { turns } from './turns.ts'

const mostTurns = 300

interface Looked {
  readonly rows: unknown
  readonly query: { all(): Promise<unknown> }
}

async function settled(watched: readonly Looked[], patience: number): Promise<void> {
  for (const one of watched) {
    const polled = await one.query.all()
    const wanted = JSON.stringify(polled)
    for (let turn = 0; turn < patience && JSON.stringify(one.rows) !== wanted; turn++) await turns(1)
    if (JSON.stringify(one.rows) !== wanted) expect(one.rows).toEqual(polled)
  }
}

for (const [what, options, patience] of [
  ['', {}, 2],
  [', also when its records are on the disk', { memory: { cacheBytes: 2_000 } }, mostTurns],
] as const) {
  test(`a live query is what polling it gives, after every step of random histories${what}`, async () => {
    for (let seed = 1; seed <= runs(patience === 2 ? 5 : 2); seed++) {
      const pick = picker(seed)
      const { state } = await openTiny({ storage: memoryStorage(), ...options })
      try {
        for (let n = 0; n < 10; n++) await randomStep(state, pick)
        const watched = queriesOf(state).map((query) => new Watched(query))
        await turns(20)
        for (let step = 0; step < 40; step++) {
          await randomStep(state, pick)
          if (patience > 2) await Promise.all([1, 2, 3].map(() => randomStep(state, pick).catch(() => undefined)))
          await settled(watched, patience)
          if (step === 20) await state.compact()
        }
        // One result at the beginning, and only differences after it.
        if (patience === 2)
          for (const { updates } of watched) expect(updates.slice(1).map(({ kind }) => kind)).not.toContain('rows')
        for (const one of watched) await one.stop()
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      } finally {
        await state.close()
      }
    }
  })
}

test('equal queries are kept up once, and one that no change touches is not looked at', async () => {
  const { state } = await openTiny()
  await state.task.createMany(
    Array.from({ length: 40 }, (_, n) => ({ id: `t${n}`, n, state: n % 2 === 0 ? 'open' : 'done' })),
  )
  const watched = Array.from(
    { length: 50 },
    (_, at) => new Watched(state.task.where({ state: at % 2 === 0 ? 'open' : 'done' }).limit(3)),
  )
  await turns(20)
  await state.task.update('t0', { title: 'x' })
  await turns(2)
  expect(watched.map(({ updates }) => updates.length)).toEqual(watched.map((_, at) => (at % 2 === 0 ? 2 : 1)))
  expect(watched[0]?.updates[1]).toBe(watched[2]?.updates[1])
  expect(watched[0]?.updates[1]).toMatchObject({ changes: [{ op: 'change', at: 0, record: { title: 'x' } }] })
  for (const one of watched) await one.stop()
  await state.close()
})

test('a reader that does not read is told the whole result instead of more differences than it may keep', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a', n: 0 })
  const updates = state.task.where({}).live()[Symbol.asyncIterator]()
  expect(await updates.next()).toMatchObject({ value: { kind: 'rows', rows: [{ id: 'a' }] } })
  for (let n = 1; n <= 3; n++) await state.task.update('a', { n })
  for (let n = 1; n <= 3; n++) expect(await updates.next()).toMatchObject({ value: { changes: [{ record: { n } }] } })
  for (let n = 0; n < 1_200; n += 100)
    await state.task.createMany(Array.from({ length: 100 }, (_, at) => ({ id: `b${n + at}` })))
  const { value } = await updates.next()
  expect(value).toMatchObject({ kind: 'rows', rows: { length: 1_201 } })
  await state.task.delete('a')
  expect(await updates.next()).toMatchObject({ value: { changes: [{ op: 'leave', at: 0, id: 'a' }] } })
  await updates.return?.()
  await state.close()
})

test('callbacks hear each update, and what they throw reaches nobody but onError', async () => {
  const { state } = await openTiny()
  const heard: unknown[] = []
  const errors: unknown[] = []
  const stop = state.task.where({ state: 'open' }).subscribe(
    (update) => {
      heard.push(update.kind)
      throw new Error('of the callback')
    },
    {
      onError: (error) => {
        errors.push(error)
        throw new Error('of onError')
      },
    },
  )
  await turns(5)
  await state.task.create({ id: 'a', state: 'open' })
  await turns(5)
  expect(heard).toEqual(['rows', 'changes'])
  expect(errors).toHaveLength(2)
  stop()
  await state.task.create({ id: 'b', state: 'open' })
  await turns(5)
  expect(heard).toHaveLength(2)
  await state.close()
})

test('what a live query cannot be is refused; one that grows too long, or whose store is closed, ends', async () => {
  const { state } = await openTiny()
  const signal = new AbortController().signal
  for (const query of [
    { type: 'none' },
    { type: 'task', limit: 10_001 },
    { type: 'task', snapshot: 's' },
    { type: 'task', asOf: 1 },
  ])
    expect(() => state.watch('live', query, signal)).toThrow(expect.objectContaining({ code: 'INVALID' }))
  const growing = state.task.where({}).live()[Symbol.asyncIterator]()
  const closing = state.plan.where({}).live()[Symbol.asyncIterator]()
  for (const one of [growing, closing]) expect(await one.next()).toMatchObject({ value: { rows: [] } })
  const over = (async () => {
    while ((await growing.next()).done !== true);
  })()
  const ends = closing.next()
  for (let n = 0; n <= 10_000; n += 1_000)
    await state.task.createMany(Array.from({ length: 1_000 }, (_, at) => ({ id: `t${n + at}` })))
  await expect(over).rejects.toMatchObject({ code: 'TOO_LARGE' })
  await state.close()
  expect(await ends).toMatchObject({ done: true })
})
