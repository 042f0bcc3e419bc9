import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExactSum } from '../src/values/exact-sum.ts'

function sumOf(numbers: readonly number[]): number {
  const sum = new ExactSum()
  for (const number of numbers) sum.add(number)
  return sum.value
}

test('what plain addition loses is there', () => {
  expect(sumOf([])).toBe(0)
  expect(sumOf(Array.from({ length: 10 }, () => 0.1))).toBe(1)
  expect(sumOf([1e100, 1, -1e100])).toBe(1)
  expect(sumOf([1e16, 1, 1])).toBe(1e16 + 2)
  expect(sumOf([2 ** 53, -1, -1])).toBe(2 ** 53 - 2)
  expect(sumOf([1e308, 1e308])).toBe(Number.POSITIVE_INFINITY)
})

/** Multiples of 2^-20 as whole numbers, so that the true sum is a matter of big integers. */
const scale = 2 ** 20
const scaled = fc.array(fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n }).map((whole) => Number(whole) / scale))

test('the sum is the float nearest to the true one, whatever the order', () => {
  fc.assert(
    fc.property(scaled, fc.func(fc.integer()), (numbers, order) => {
      const exact = numbers.reduce((sum, number) => sum + BigInt(number * scale), 0n)
      const expected = Number(exact) / scale
      expect(sumOf(numbers)).toBe(expected === 0 ? 0 : expected)
      const shuffled = [...numbers].sort((left, right) => order(left) - order(right))
      expect(sumOf(shuffled)).toBe(sumOf(numbers))
    }),
  )
})

test('the order does not matter, however different the numbers are', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })), (numbers) => {
      expect(sumOf([...numbers].reverse())).toBe(sumOf(numbers))
    }),
  )
})
