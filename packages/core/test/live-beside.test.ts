import { type LiveUpdate, limits } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { openStateReader } from '../src/manager/open-state-reader.ts'
import { codeOf } from './code-of.ts'
import { gappyStorage } from './gappy-storage.ts'
import { LiveTwin } from './live-twin.ts'
import { picker, queriesOf, randomStep, Watched } from './live-world.ts'
import { openTiny } from './open-tiny.ts'
import { runs } from './runs.ts'
import { tinyDomain } from './tiny-domain.ts'
import { turns } from './turns.ts'

const mostTurns = 300

async function* asRows<R>(items: AsyncIterable<R>): AsyncGenerator<LiveUpdate<R>> {
  for await (const item of items) yield { kind: 'rows', seq: 0, rows: [item] }
}

test('a live query beside the writer is what polling the writer gives, over random histories', async () => {
  for (let seed = 1; seed <= runs(2); seed++) {
    const pick = picker(seed)
    const { state, storage } = await openTiny({ storage: memoryStorage(), compaction: false })
    for (let step = 0; step < 10; step++) await randomStep(state, pick)
    const reader = await openStateReader({ storage, domain: tinyDomain })
    const watched = queriesOf(reader).map((query) => new Watched(query))
    const polled = queriesOf(state)
    const counted = queriesOf(reader).map(
      (query, at) =>
        new LiveTwin<unknown>(
          (signal) => query.liveGroupBy('state', { signal }),
          async () => (await polled[at]?.groupBy('state')) ?? [],
        ),
    )
    const extremes = { least: { min: 'n' }, last: { max: 'due' } } as const
    for (const [at, query] of queriesOf(reader).entries())
      counted.push(
        new LiveTwin<unknown>(
          (signal) => asRows(query.liveAggregate(extremes, { signal })),
          async () => [await polled[at]?.aggregate(extremes)],
        ),
      )
    for (let step = 0; step < 40; step++) {
      await randomStep(state, pick)
      if (step % 4 > 0) continue
      for (const one of counted) await one.settle(mostTurns)
      for (const [at, one] of watched.entries()) {
        const wanted = await polled[at]?.all()
        const text = JSON.stringify(wanted)
        for (let turn = 0; turn < mostTurns && JSON.stringify(one.rows) !== text; turn++) await turns(1)
        expect(one.rows, `seed ${seed}, step ${step}, query ${at}`).toEqual(wanted)
      }
    }
    // What is told first is the result as of the opening; then only what is different.
    expect(watched.every(({ updates }) => updates.filter(({ kind }) => kind === 'rows').length === 1)).toBe(true)
    for (const one of [...watched, ...counted]) await one.stop()
    await reader.close()
    await state.close()
  }
})

test('a live query that cannot know what was written is over, and says so; one that is too large, or asked wrongly, is refused', async () => {
  const storage = memoryStorage()
  const { state } = await openTiny({ storage, compaction: false })
  await state.task.create({ id: 'a', n: 1 })
  const lost = { from: 2, to: 3, report: 'r' }
  const reader = await openStateReader({ storage: gappyStorage(storage, lost), domain: tinyDomain })
  const query = reader.task.where({ n: { gte: 1 } }).limit(1)
  const updates = query.live()[Symbol.asyncIterator]()
  expect(await updates.next()).toMatchObject({ value: { kind: 'rows', seq: 1, rows: [{ id: 'a', n: 1 }] } })
  for (const n of [2, 3, 4]) await state.task.update('a', { n })
  expect(await codeOf(updates.next())).toBe('CORRUPT')
  const tooMany = reader.task.limit(limits.liveRows + 1)
  expect(() => tooMany.live()).toThrow(expect.objectContaining({ code: 'INVALID' }))
  const waiting = reader.task.where({ n: 100 }).live()[Symbol.asyncIterator]()
  expect(await waiting.next()).toMatchObject({ value: { kind: 'rows', rows: [] } })
  const next = waiting.next()
  await reader.close()
  expect(await next).toMatchObject({ done: true })
  expect(() => query.live()).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  await state.task.createMany(Array.from({ length: limits.liveRows }, (_, at) => ({ id: `m${at}`, n: at + 10 })))
  await using later = await openStateReader({ storage, domain: tinyDomain })
  expect(await codeOf(later.task.limit(1).live()[Symbol.asyncIterator]().next())).toBe('TOO_LARGE')
  // Nothing can be read again here, so all values are held.
  const extreme = later.task.where({}).liveAggregate({ least: { min: 'n' } })
  expect(await codeOf(extreme[Symbol.asyncIterator]().next())).toBe('TOO_LARGE')
  await state.close()
})
