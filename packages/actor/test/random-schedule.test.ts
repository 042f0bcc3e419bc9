import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RandomWorld, type Step } from './random-world.ts'

const deed = fc.constantFrom('answer', 'answer late', 'claim', 'claim and answer late', 'throw', 'forget')

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('ask' as const),
      deed,
      timeoutMs: fc.option(fc.integer({ min: -1, max: 40 }), { nil: undefined }),
      signal: fc.option(fc.nat(2), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('tell' as const), deed }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('turn' as const) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('open gate' as const) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('settle late' as const), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('advance' as const), ms: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('abort' as const), signal: fc.nat(2) }) },
)

const setup = fc.record({
  capacity: fc.integer({ min: 1, max: 6 }),
  maxWaiting: fc.integer({ min: 1, max: 6 }),
  overflow: fc.constantFrom('reject' as const, 'wait' as const, 'drop-oldest' as const),
  maxBatch: fc.integer({ min: 1, max: 5 }),
  schedule: fc.constantFrom('microtask' as const, 'immediate' as const),
  gated: fc.boolean(),
})
const ending = fc.record({ drain: fc.boolean(), timeoutMs: fc.constantFrom(0, 30), extraSteps: fc.nat(10) })

test('whatever happens, every ask settles exactly once, in order, and nothing is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(setup, fc.array(step, { maxLength: 80, size: 'max' }), ending, async (options, steps, end) => {
      const world = new RandomWorld(options)
      const stopAt = Math.max(0, steps.length - end.extraSteps)
      for (const next of steps.slice(0, stopAt)) await world.run(next)
      world.stop(end)
      for (const next of steps.slice(stopAt)) await world.run(next)
      await world.end()

      const { asks, drained, signals, clock } = world
      expect(asks.filter((ask) => ask.settled !== 1)).toEqual([])
      expect(drained).toEqual([...drained].sort((a, b) => a - b))
      expect(new Set(drained).size).toBe(drained.length)
      expect(world.drainedAfterStop).toBe(0)
      expect(world.overlaps).toBe(0)
      for (const ask of asks) world.expectHonest(ask)
      expect(signals.map((controller) => world.listeners(controller))).toEqual(signals.map(() => 0))
      expect(clock.pendingTimers).toBe(0)
      world.expectCountersAddUp()
    }),
    { numRuns: 600 },
  )
})
