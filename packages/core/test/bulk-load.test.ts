import { csvLines } from '@stateward/csv'
import { memoryStorage } from '@stateward/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTiny } from './open-tiny.ts'
import { runs } from './runs.ts'
import { tinyDomain } from './tiny-domain.ts'

const chunkRows = 200
const text = 'x'.repeat(200)

const rowOf = (n: number): { id: string; title: string; n: number } => ({ id: `t${n}`, title: `${n} ${text}`, n })

test('a bulk load holds one chunk, and of the records no more than the cache is told to', async () => {
  const cacheBytes = 65_536
  const { state } = await openTiny({ memory: { cacheBytes }, compaction: false })
  const count = 3_000
  const seen = { asked: 0, written: 0, mostAhead: 0 }
  function* table(): Generator<string> {
    yield 'id,title,n\n'
    for (; seen.asked < count; seen.asked++) {
      seen.mostAhead = Math.max(seen.mostAhead, seen.asked - seen.written)
      const { id, title, n } = rowOf(seen.asked)
      yield `${id},${title},${n}\n`
    }
  }
  const lines = csvLines<{ id: string }>(table(), { entity: tinyDomain.entities.task })
  const report = await state.task.importLines(lines, {
    chunkRows,
    onProgress: ({ created }) => {
      seen.written = created
    },
  })
  expect(report.created).toBe(count)
  expect(seen.mostAhead).toBeLessThanOrEqual(chunkRows)
  const stats = await state.stats()
  expect(stats.records).toBe(count)
  expect(stats.cache.bytes).toBeLessThanOrEqual(cacheBytes)
  expect(await state.task.get('t7')).toMatchObject(rowOf(7))
  await state.close()
})

test('a bulk load that is aborted has written a whole number of chunks, and the same again goes on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 0, max: 450 }),
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom('ordered', 'unordered'),
      fc.boolean(),
      async (count, stopAt, chunkRows, mode, hasIds) => {
        const storage = memoryStorage()
        const { state } = await openTiny({ storage, compaction: false })
        const end = new AbortController()
        function* source(from: number): Generator<{ id: string; n: number }> {
          for (let n = from; n < count; n++) {
            if (n === stopAt) end.abort()
            yield { id: `t${String(n).padStart(3, '0')}`, n }
          }
        }
        const ended: unknown = await state.task
          .import(source(0), { chunkRows, mode, signal: end.signal })
          .catch((error: unknown) => error)
        const written = await state.task.count()
        if (stopAt < count) {
          expect(ended).toMatchObject({ code: 'ABORTED', details: { row: written, created: written } })
          expect(written % chunkRows).toBe(0)
          expect(written).toBeLessThanOrEqual(stopAt)
        } else expect(ended).toMatchObject({ created: count })
        await state.close()

        const { state: again } = await openTiny({ storage, compaction: false })
        expect(await again.task.count()).toBe(written)
        // Rows with ids may come from the first one again; without, the report says with which row to go on.
        await again.task.import(source(hasIds ? 0 : written), { chunkRows, mode })
        const records = await again.task.where({}).orderBy('n').all()
        expect(records.map(({ n }) => n)).toEqual(Array.from({ length: count }, (_, n) => n))
        expect(records.every(({ rev }) => rev === 1)).toBe(true)
        await again.close()
      },
    ),
    { numRuns: runs(15) },
  )
})
