import { expect, test } from 'vitest'
import { typeCost } from './types/type-cost.ts'

/** Of one type of nine fields, and what a program does with it. It was 840 when this was written. */
const mostInstantiations = 1_000

test('a domain of fifty types compiles with its wrong uses refused, and a type costs the compiler no more beside many others', () => {
  const few = typeCost(10)
  const many = typeCost(50)
  const each = (many.instantiations - few.instantiations) / 40
  expect(each).toBeGreaterThan(100)
  expect(each).toBeLessThan(mostInstantiations)
})
