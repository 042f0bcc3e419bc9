import { memoryStorage } from '@stateward/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { call, population, revival } from './arbitrary-calls.ts'
import { cachingStorage, type Fate } from './caching-storage.ts'
import { ModelWorld, type Step } from './model-world.ts'
import { orderBy, where } from './naive-query.ts'
import { pipelinedStorage } from './pipelined-storage.ts'
import { runs } from './runs.ts'

const someCalls = fc.array(fc.record({ call, hasTxid: fc.boolean() }), { minLength: 1, maxLength: 8 })
const calls = someCalls.map((calls): Step => ({ do: 'calls', calls }))
const compactBeside = someCalls.map((calls): Step => ({ do: 'compact beside', calls }))

const revive: Step = { do: 'calls', calls: revival.map((call) => ({ call, hasTxid: false })) }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: calls },
  { weight: 3, arbitrary: fc.constantFrom(1, 1_000, -5_000, 86_400_000).map((ms): Step => ({ do: 'clock', ms })) },
  {
    weight: 3,
    arbitrary: fc
      .record({ where, orderBy, limit: fc.integer({ min: 1, max: 4 }) })
      .map((query): Step => ({ do: 'query', ...query })),
  },
  { weight: 2, arbitrary: fc.constant(revive) },
  { weight: 2, arbitrary: compactBeside },
  { weight: 2, arbitrary: fc.nat(99).map((pick): Step => ({ do: 'repeat', pick })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step>({ do: 'compact' }, { do: 'reopen' }, { do: 'snapshot' }, { do: 'snapshot' }),
  },
)
const populate: Step = { do: 'calls', calls: [{ call: population, hasTxid: false }] }
const steps = fc
  .tuple(fc.constantFrom([], [populate], [populate]), fc.array(step, { minLength: 1, maxLength: 30, size: 'max' }))
  .map(([first, rest]): readonly Step[] => [...first, ...rest])

test('any history equals a map of its records, with one append at a time', async () => {
  await fc.assert(
    fc.asyncProperty(steps, (steps) => new ModelWorld(memoryStorage()).run(steps)),
    { numRuns: runs(35) },
  )
})

test('any history equals a map of its records, with several appends in flight', async () => {
  await fc.assert(
    fc.asyncProperty(steps, (steps) => new ModelWorld(pipelinedStorage()).run(steps)),
    { numRuns: runs(35) },
  )
})

test('any history equals a map of its records, with a cache that holds next to nothing', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 2_000 }), (steps, cacheBytes) =>
      new ModelWorld(pipelinedStorage(), cacheBytes).run(steps),
    ),
    { numRuns: runs(35) },
  )
})

const checkpoints = fc.constantFrom(
  { atClose: 1, whileOpen: 1 },
  { atClose: 1_000_000, whileOpen: 1 },
  { atClose: 1, whileOpen: 1_000_000 },
)
const fates = fc.array(fc.constantFrom<Fate>('kept', 'kept', 'kept', 'lost', 'damaged'), { minLength: 1, maxLength: 8 })

test('any history equals a map of its records, opened from checkpoints of any moment, whole, lost or damaged', async () => {
  let loads = 0
  await fc.assert(
    fc.asyncProperty(steps, checkpoints, fates, async (steps, settings, fates) => {
      let opened = 0
      const storage = cachingStorage(pipelinedStorage(), () => fates[opened++ % fates.length] ?? 'kept')
      await new ModelWorld(storage, undefined, settings).run(steps)
      loads += storage.loads
    }),
    { numRuns: runs(25) },
  )
  expect(loads).toBeGreaterThan(0)
})
