import { defineDomain, entity } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { expect, test } from 'vitest'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { looseSchema } from './loose-schema.ts'

interface Job {
  readonly kind: string
  readonly place: string
  readonly n: number
}

const domain = defineDomain({
  job: entity({ schema: looseSchema<Job>({}), id: 'string', indexes: ['kind', 'place', 'n'] }),
})
const rows = Array.from({ length: 1_200 }, (_, n) => ({
  id: `j${String(n).padStart(4, '0')}`,
  kind: `k${n % 12}`,
  place: `p${n % 25}`,
  n: n % 40,
}))
const query = { type: 'job', where: { kind: 'k3', place: 'p7' } } as const
const matching = rows.filter(({ kind, place }) => kind === 'k3' && place === 'p7').map(({ id }) => id)

function openJobs() {
  const memory = { cacheBytes: 1 }
  return createStateManager({ storage: memoryStorage(), domain, memory, checkpoints: false, indexCheck: false })
}

test('only what all of the indexes give is read from the log', async () => {
  const state = await openJobs()
  await state.job.createMany(rows)
  const { plan, residual, analysis } = await state.job.where(query.where).explain({ analyze: true })
  expect([plan.kind, residual]).toEqual(['intersection', undefined])
  expect(analysis).toMatchObject({ rows: matching.length, candidates: matching.length, bodies: matching.length })
  expect((await state.job.where(query.where).all()).map(({ id }) => id)).toEqual(matching)
  await state.close()
})

test('a count that the indexes tell together reads nothing', async () => {
  const storage = memoryStorage()
  let fetches = 0
  const counting: typeof storage = {
    ...storage,
    async openWriter(owner) {
      const opened = await storage.openWriter(owner)
      const { fetch } = opened.writer
      opened.writer.fetch = (ptrs) => {
        fetches += ptrs.length
        return fetch.call(opened.writer, ptrs)
      }
      return opened
    },
  }
  const state = await createStateManager({ storage: counting, domain, memory: { cacheBytes: 1 } })
  await state.job.createMany(rows)
  expect(await state.job.where(query.where).count()).toBe(matching.length)
  expect(fetches).toBe(0)
  await state.close()
})

test('an open snapshot and a query that others write beside give what was there', async () => {
  const state = await openJobs()
  await state.job.createMany(rows)
  const snapshot = await state.snapshot()
  const asking = state.job.where(query.where).all()
  const [first = '', ...others] = matching
  await state.job.update(first, { kind: 'other' })
  await state.job.create({ id: 'a new one', kind: 'k3', place: 'p7', n: 1 })
  expect((await asking).map(({ id }) => id)).toEqual(matching)
  expect((await snapshot.job.where(query.where).all()).map(({ id }) => id)).toEqual(matching)
  expect((await state.job.where(query.where).all()).map(({ id }) => id)).toEqual(['a new one', ...others])
  await state.close()
})
