import type { Query } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { Bodies } from '../src/records/bodies.ts'
import { Live } from '../src/state/live.ts'
import { manualTime } from './manual-time.ts'
import { openTiny, type TinyState } from './open-tiny.ts'
import { tinyDomain } from './tiny-domain.ts'
import { turns } from './turns.ts'

/** So many that a reading lasts for longer than it takes to close the store. */
const records = 12_000

/** A clock on which each look takes so long, as if it were work: whatever is long gives way as often as it may. */
function slowTime() {
  const time = manualTime()
  return Object.assign(time, {
    monotonicMs() {
      time.at += 3
      return time.at
    },
  })
}

const open: Query = { type: 'task', where: { state: 'open' } }

/** Each reads more than one turn of the event loop allows, or could. */
function readings(state: TinyState): readonly Promise<unknown>[] {
  return [
    // Of no index: each slot is looked at.
    state.ask('query', { type: 'task', where: { rev: 1 } }).then(({ rows }) => rows.length),
    state.ask('query', { ...open, orderBy: [['n', 'desc']] }).then(({ rows }) => rows.length),
    state.ask('query', { ...open, limit: 900 }).then(({ rows }) => rows.length),
    state.ask('count', { type: 'task', where: { rev: 1 } }),
    state.ask('count', open),
    // What the rows lead to is looked for when all of them are there.
    state.task
      .where({ state: 'open' })
      .include('parent')
      .all()
      .then((all) => all.filter(({ related }) => related.parent !== undefined).length),
    state.ask('groupBy', { query: { type: 'task', where: { n: { gte: 0 } } }, field: 'state' }),
    state
      .ask('getMany', { type: 'task', ids: Array.from({ length: 900 }, (_, at) => `t${at}`) })
      .then((all) => all.length),
    state.checkIndexes().then(({ ok }) => ok),
  ]
}

test.each([
  ['in memory', 10_000_000],
  ['of which few are in memory', 20_000],
])('who still reads records %s when the store is closed has the answer, or hears CLOSED', async (_, cacheBytes) => {
  const outcomes = new Set<string>()
  for (let gap = 0; gap < 2; gap++) {
    const { state } = await openTiny({ storage: memoryStorage(), time: slowTime(), memory: { cacheBytes } })
    await state.task.createMany(
      Array.from({ length: records }, (_, n) => ({
        id: `t${n}`,
        n,
        title: `title ${n}`,
        parent: 't0',
        state: n % 4 === 0 ? 'done' : 'open',
      })),
    )
    const expected = await Promise.all(readings(state))
    expect(expected.slice(0, 6)).toEqual([records, 9_000, 900, records, 9_000, 9_000])
    const asked = readings(state)
    const settled = Promise.allSettled(asked)
    await turns(gap)
    await state.close()
    for (const [at, outcome] of (await settled).entries()) {
      outcomes.add(outcome.status)
      if (outcome.status === 'fulfilled')
        expect(outcome.value, `reading ${at} after ${gap} turns`).toEqual(expected[at])
      else expect(outcome.reason).toMatchObject({ code: 'CLOSED' })
    }
  }
  expect(outcomes.size).toBe(2)
})

test('of a state that was released nothing is read, and what was taken of it is empty', async () => {
  const live = new Live(tinyDomain, new Bodies({ fetch: async () => [] }, 1_000_000))
  const after = Object.freeze({ id: 'a', rev: 1, created_at: '', updated_at: '', text: 'hidden' })
  live.apply(1, 7, [
    { change: { op: 'put', type: 'note', id: 'a', rev: 1, data: after }, before: undefined, after, patches: 0 },
  ])
  const { rows, indexes } = live.type('note')
  expect([rows.slotOf('a'), rows.place(0).whole, rows.size]).toEqual([0, 7, 1])
  await live.release(async () => undefined)
  const readings = [
    () => rows.slotOf('a'),
    () => rows.place(0),
    () => rows.isLive(0),
    () => rows.slotNear(0),
    () => live.head('note', 'a'),
    () => live.exists('note', 'a'),
    () => live.request(live.type('note'), 0),
    ...indexes.map((index) => () => [
      ...index.lookup({ equal: Array(index.shape.equal).fill('a'), contains: 'hidden' }),
    ]),
  ]
  expect(readings.length).toBeGreaterThan(8)
  for (const read of readings) expect(read).toThrow(expect.objectContaining({ code: 'CLOSED' }))
})
