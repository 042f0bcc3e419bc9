import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortedBy } from '../src/sorting/sorted-by.ts'
import { allOf } from './all-of.ts'
import { runs } from './runs.ts'

const key = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1_700_000_000_000_000, max: 1_700_000_900_000_000 }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
)

test('numbers come in the order of their keys, equal ones as they were, those without a key first', () => {
  const few = fc.array(key, { maxLength: 40 })
  // So many that digits are counted, from a few that are given again and again.
  const many = fc.tuple(fc.array(key, { minLength: 1, maxLength: 60 }), fc.integer({ min: 512, max: 1_500 }))
  const keys = fc.oneof(
    few,
    many.map(([some, length]) => Array.from({ length }, (_, at) => some[(at * 7919) % some.length] ?? 0)),
  )
  fc.assert(
    fc.property(keys, (given) => {
      const numbers = given.map((_, at) => 1_000 + at)
      const rank = (number: number): number => given[number - 1_000] ?? 0
      const slow = numbers.toSorted((a, b) => {
        if (Number.isNaN(rank(a)) || Number.isNaN(rank(b)))
          return Number(Number.isNaN(rank(b))) - Number(Number.isNaN(rank(a)))
        return rank(a) === rank(b) ? 0 : rank(a) < rank(b) ? -1 : 1
      })
      expect([...allOf(sortedBy(Uint32Array.from(numbers), Float64Array.from(given))).value]).toEqual(slow)
    }),
    runs(60),
  )
})
