import type { AggregateRow, StoredRecord } from '@stateward/contract'
import type { CheckedMeasure } from '@stateward/query'
import { expect, test } from 'vitest'
import { LiveAggregate, type Matching } from '../src/subscriptions/live-aggregate.ts'
import { LiveReader } from '../src/subscriptions/live-reader.ts'
import { type ByHand, byHand } from './by-hand.ts'
import { openTiny } from './open-tiny.ts'
import { slowOnce } from './slow-once.ts'
import { tinyDomain } from './tiny-domain.ts'
import { turns } from './turns.ts'

const task = (id: string, n: number): StoredRecord => ({ id, rev: 1, created_at: '', updated_at: '', n })

const countAndSum: readonly CheckedMeasure[] = [
  { name: 'rows', kind: 'count', field: '' },
  { name: 'sum', kind: 'sum', field: 'n' },
]

/** Measures of all tasks, whose readings are answered by hand. */
class Sums {
  readonly readings: ByHand<Matching>[] = []
  readonly live: LiveAggregate
  readonly #reader: LiveReader<AggregateRow>

  constructor(measures: readonly CheckedMeasure[] = countAndSum) {
    const matching = (): Promise<Matching> => {
      const reading = byHand<Matching>()
      this.readings.push(reading)
      return reading.promise
    }
    const ask = { query: { type: 'task' }, by: undefined, measures }
    this.live = new LiveAggregate(ask, { entity: tinyDomain.entities.task, matching }, () => undefined)
    this.#reader = new LiveReader<AggregateRow>(this.live)
    this.live.readers.add(this.#reader)
    this.live.load()
  }

  /** A commit of its own. */
  commit(seq: number, before: StoredRecord | undefined, after: StoredRecord | undefined): void {
    this.live.take(seq, { change: { id: '' }, before, after })
    this.live.settle(seq)
  }

  async answer(at: number, seq: number, rows: readonly StoredRecord[]): Promise<void> {
    this.readings[at]?.resolve({ seq, rows })
    await turns(1)
  }

  async next(): Promise<unknown> {
    const { value } = await this.#reader.next()
    return value
  }
}

test('what is written while the first records are read is taken in behind them, and what they hold already is not', async () => {
  const sums = new Sums()
  const [a, b, c, d] = [task('a', 1), task('b', 10), task('c', 100), task('d', 1_000)]
  sums.commit(5, undefined, b)
  sums.commit(6, undefined, c)
  sums.commit(7, a, undefined)
  sums.commit(8, undefined, d)
  await sums.answer(0, 6, [a, b, c])
  expect(await sums.next()).toMatchObject({ kind: 'rows', seq: 8, rows: [{ measures: { rows: 3, sum: 1_110 } }] })
  sums.commit(9, b, undefined)
  expect(await sums.next()).toMatchObject({ kind: 'changes', seq: 9, changes: [{ op: 'change', at: 0 }] })
  expect(sums.live.rows).toEqual([{ measures: { rows: 2, sum: 1_100 } }])
})

test('of two readings only the later one counts, also when the former one answers behind it', async () => {
  const sums = new Sums()
  const [a, b] = [task('a', 1), task('b', 10)]
  sums.live.load()
  sums.commit(5, undefined, b)
  await sums.answer(1, 4, [a])
  expect(await sums.next()).toMatchObject({ kind: 'rows', seq: 5, rows: [{ measures: { rows: 2, sum: 11 } }] })
  await sums.answer(0, 3, [])
  expect(sums.live.rows).toEqual([{ measures: { rows: 2, sum: 11 } }])
})

test('where what is written while it is read takes away all that is held of an extreme, it is read once more', async () => {
  const least = new Sums([{ name: 'least', kind: 'min', field: 'n' }])
  const tasks = Array.from({ length: 300 }, (_, n) => task(`t${n}`, n))
  for (const [at, gone] of tasks.slice(0, 256).entries()) least.commit(5 + at, gone, undefined)
  await least.answer(0, 4, tasks)
  expect(least.readings).toHaveLength(2)
  await least.answer(1, 260, tasks.slice(256))
  expect(await least.next()).toMatchObject({ kind: 'rows', seq: 260, rows: [{ measures: { least: 256 } }] })
})

test('in a store: a sum whose first records are still being read hears of what is written meanwhile', async () => {
  const slow = slowOnce(1)
  const { state } = await openTiny({ storage: slow.storage, memory: { cacheBytes: 1 } })
  await state.task.createMany([
    { id: 'a', n: 1 },
    { id: 'b', n: 10 },
  ])
  slow.fetches = 0
  const updates = state.task
    .where({})
    .liveAggregate({ rows: { count: true }, sum: { sum: 'n' } })
    [Symbol.asyncIterator]()
  const first = updates.next()
  while (slow.fetches < 1) await turns(1)
  await state.task.create({ id: 'c', n: 100 })
  slow.release()
  expect((await first).value).toEqual({ rows: 3, sum: 111 })
  await updates.return?.()
  await state.close()
})
