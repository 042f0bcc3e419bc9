import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ring } from '../src/ring.ts'

type Item = { readonly id: number }
const ids = (items: readonly Item[]): string => items.map((item) => item.id).join()

type Step = { op: 'push'; count: number } | { op: 'shift'; count: number } | { op: 'keep'; divisor: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ op: fc.constant('push' as const), count: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ op: fc.constant('shift' as const), count: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ op: fc.constant('keep' as const), divisor: fc.integer({ min: 2, max: 5 }) }),
)

/** The slow, obvious ring. */
function applyTo(array: Item[], ring: Ring<Item>, next: Step, newId: () => number): void {
  if (next.op === 'push') {
    for (let count = 0; count < next.count; count++) {
      const item = { id: newId() }
      array.push(item)
      ring.push(item)
    }
  } else if (next.op === 'shift') {
    const shifted = Array.from({ length: next.count }, () => ring.shift()?.id)
    expect(shifted.join()).toBe(Array.from({ length: next.count }, () => array.shift()?.id).join())
  } else {
    const passes = (item: Item): boolean => item.id % next.divisor === 0
    array.splice(0, array.length, ...array.filter(passes))
    ring.keep(passes)
  }
}

test('a ring does what an array does', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const array: Item[] = []
      const ring = new Ring<Item>()
      let id = 0
      for (const next of steps) {
        applyTo(array, ring, next, () => id++)
        expect(ring.size).toBe(array.length)
        expect(ids(ring.toArray())).toBe(ids(array))
      }
    }),
    { numRuns: 60 },
  )
})
