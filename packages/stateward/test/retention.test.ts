import { join } from 'node:path'
import { createStateManager } from '@stateward/core'
import { jsonlStorage, type Retention } from '@stateward/storage-jsonl'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noteDomain as domain } from './note-domain.ts'
import { freshFolder } from './run-stateward.ts'

const ids = ['a', 'b', 'c']

async function opened(dir: string, retention: Retention) {
  return createStateManager({ storage: jsonlStorage({ dir, retention }), domain, compaction: false })
}

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('write' as const), id: fc.constantFrom(...ids) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), id: fc.constantFrom(...ids) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('both' as const, 'compact' as const, 'reopen' as const) }) },
)

test.each<{ retention: Retention; least: number; most: number }>([
  { retention: 'all', least: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY },
  { retention: { versions: 1 }, least: 1, most: 9 },
  { retention: { versions: 4 }, least: 4, most: 12 },
])('history gives the newest versions whole, of which retention $retention keeps so many', async (rule) => {
  const { retention, least, most } = rule
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const dir = join(freshFolder(), 'store')
      let state = await opened(dir, retention)
      /** By id, what each version was: its content, or nothing where it is a deletion. */
      const truth = new Map<string, (number | undefined)[]>(ids.map((id) => [id, []]))
      /** Versions that were written together with others, and stay as long as those. */
      const shared = new Set<string>()
      let n = 0
      const write = async (id: string): Promise<void> => {
        const versions = truth.get(id) ?? []
        if (versions.at(-1) === undefined) await state.note.create({ id, n: ++n })
        else await state.note.update(id, { n: ++n })
        versions.push(n)
      }
      for (const one of steps) {
        if (one.do === 'write') await write(one.id)
        else if (one.do === 'compact') await state.compact()
        else if (one.do === 'delete' && truth.get(one.id)?.at(-1) !== undefined) {
          await state.note.delete(one.id)
          truth.get(one.id)?.push(undefined)
        } else if (one.do === 'reopen') {
          await state.close()
          state = await opened(dir, retention)
        } else if (one.do === 'both' && ids.every((id) => truth.get(id)?.at(-1) !== undefined)) {
          n++
          await state.transact(ids.map((id) => ({ op: 'update', type: 'note', id, changes: { n } })))
          for (const id of ids) shared.add(`${id} ${truth.get(id)?.push(n)}`)
        }
      }
      await write('a')
      await state.compact()
      for (const id of ids) {
        const versions = truth.get(id) ?? []
        const found = (await state.ask('history', { type: 'note', id })).versions
        for (const { change, record } of found) {
          expect(versions.length).toBeGreaterThanOrEqual(change.rev)
          if (record !== undefined) expect(record.n).toBe(versions[change.rev - 1])
        }
        const alone = found.filter(({ change }) => !shared.has(`${id} ${change.rev}`))
        expect(alone.every(({ change }) => change.rev > versions.length - most)).toBe(true)
        const newest = found.filter(({ change }) => change.rev > versions.length - least)
        expect(newest.map(({ record }) => record?.n)).toEqual(versions.slice(-Math.min(least, versions.length)))
      }
      expect((await state.verify()).ok).toBe(true)
      await state.close()
    }),
    { numRuns: 8 },
  )
})

test('retention none lets go of all history behind a base, and rev goes on all the same', async () => {
  const dir = join(freshFolder(), 'store')
  const state = await opened(dir, 'none')
  await state.note.create({ id: 'a', n: 1 })
  await state.note.delete('a')
  await state.compact()
  expect((await state.ask('history', { type: 'note', id: 'a' })).versions).toEqual([])
  await state.close()
  const again = await opened(dir, 'none')
  expect((await again.note.create({ id: 'a', n: 2 })).rev).toBe(3)
  await again.close()
})
