import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeSorted } from '../src/sorting/merge-sorted.ts'
import { allOf } from './all-of.ts'

test('in runs it is the order that one sort gives, and numbers that are equal stay as they were', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.integer({ min: 1, max: 40 }), fc.nat(), (length, values, seed) => {
      const numbers = Uint32Array.from({ length }, (_, at) => Math.imul(at + seed, 2_654_435_761) >>> 0)
      const compare = (a: number, b: number): number => (a % values) - (b % values)
      expect(allOf(mergeSorted(numbers, compare)).value).toEqual(Uint32Array.from([...numbers].sort(compare)))
    }),
    { numRuns: 15 },
  )
})

test('no step compares more than a run does', () => {
  const numbers = Uint32Array.from({ length: 50_000 }, (_, at) => (at * 7_919) % 50_000)
  let compared = 0
  let most = 0
  for (const _ of mergeSorted(numbers, (a, b) => {
    compared++
    return a - b
  })) {
    most = Math.max(most, compared)
    compared = 0
  }
  expect(most).toBeLessThan(512 * 11)
})
