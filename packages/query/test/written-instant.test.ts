import { compareValues, instantKey } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { identity } from '../src/values/identity.ts'
import { valueComparison } from '../src/values/order.ts'
import { isWrittenInstant, looksWritten } from '../src/values/written-instant.ts'
import { oddTimeOrNot, withTimes } from './arbitrary-records.ts'
import { runs } from './runs.ts'

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0000111223456789'), { minLength: length, maxLength: length }).map((all) => all.join(''))
const likeOne = fc
  .tuple(digits(4), digits(2), digits(2), digits(2), digits(2), digits(2), digits(3))
  .map(([y, mo, d, h, mi, s, ms]) => `${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`)
const almost = fc
  .tuple(likeOne, fc.nat({ max: 24 }), fc.constantFrom(...'0:-.TZtz /9', '', '00'))
  .map(([text, at, letter]) => text.slice(0, at) + letter + text.slice(at + 1))
const real = fc
  .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
  .map((date) => date.toISOString())
const anyText = fc.oneof(likeOne, almost, real)

test('it is a real instant of UTC in milliseconds, and nothing else', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const isSo =
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !text.includes(':60') && instantKey(text) !== undefined
      expect(isWrittenInstant(text)).toBe(isSo)
      if (looksWritten(text)) expect(instantKey(text) !== undefined).toBe(isSo)
      if (isSo) expect(looksWritten(text)).toBe(true)
    }),
    runs(3000),
  )
})

test.each([
  '2023-02-29',
  '2024-02-30',
  '1900-02-29',
  '2024-04-31',
  '2024-00-10',
  '2024-13-10',
  '2024-01-00',
  '2024-01-32',
])('there is no %s', (day) => expect(isWrittenInstant(`${day}T00:00:00.000Z`)).toBe(false))

test.each(['2024-02-29', '2000-02-29', '2024-12-31', '0000-01-01', '9999-12-31'])('there is %s', (day) =>
  expect(isWrittenInstant(`${day}T23:59:59.999Z`)).toBe(true),
)

test('by the short way or the long one, times compare and are told apart as the contract says', () => {
  const value = fc.oneof(oddTimeOrNot, anyText)
  const compare = valueComparison(['at', 'asc'], withTimes)
  fc.assert(
    fc.property(value, value, (left, right) => {
      const order = compareValues(left, right, 'time')
      expect(Math.sign(compare(left, right)) + 0).toBe(Math.sign(order) + 0)
      expect(identity(left, 'time') === identity(right, 'time')).toBe(order === 0)
    }),
    runs(3000),
  )
})
