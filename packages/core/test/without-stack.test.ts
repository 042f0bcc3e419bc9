import { afterEach, expect, test } from 'vitest'
import { withoutStack } from '../src/validation/without-stack.ts'

const limit = Error.stackTraceLimit

afterEach(() => {
  Object.defineProperty(Error, 'stackTraceLimit', { value: limit, writable: true })
})

test('the error has no stack, and the next one has', () => {
  expect(withoutStack(() => new RangeError('far')).stack).toBe('RangeError: far')
  expect(new RangeError('far').stack).toMatch(/\n\s+at /)
})

test('what cannot be made leaves the limit as it was', () => {
  const failing = (): Error => {
    throw new TypeError('no error today')
  }
  expect(() => withoutStack(failing)).toThrow('no error today')
  expect(Error.stackTraceLimit).toBe(limit)
})

test('where what is global is frozen, the error has its stack', () => {
  Object.defineProperty(Error, 'stackTraceLimit', { writable: false })
  expect(withoutStack(() => new RangeError('far')).stack).toMatch(/\n\s+at /)
})
