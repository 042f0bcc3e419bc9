import { instantKey } from '@stateward/contract'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { microsOf, microsText } from '../src/keys/instant-micros.ts'
import { writtenMillis } from '../src/keys/written-millis.ts'
import { anyValue } from './arbitraries.ts'
import { runs } from './runs.ts'

const two = (most: number): fc.Arbitrary<string> => fc.nat(most).map((n) => String(n).padStart(2, '0'))

/** Date-times, and texts that are nearly one: months to 13, days to 32, hours to 24, minutes and seconds to 61. */
const dateTime: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 9_999 }), fc.integer({ min: 1_683, max: 2_256 })),
    two(13),
    two(32),
    fc.constantFrom('T', 'T', 'T', 't', ' '),
    two(24),
    two(61),
    two(61),
    fc.constantFrom('.000', '.999', '.12', '', '.123456', '.1234567', '.000001000', '.12x'),
    fc.constantFrom('Z', 'Z', 'Z', 'z', '+02:00', '-23:59', '+24:00'),
  )
  .map(([year, month, day, t, hour, minute, second, fraction, zone]) => {
    return `${String(year).padStart(4, '0')}-${month}-${day}${t}${hour}:${minute}:${second}${fraction}${zone}`
  })

const writtenText = fc
  .date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString())

const anyText = fc.oneof(
  dateTime,
  writtenText,
  anyValue.filter((value) => typeof value === 'string'),
  fc.tuple(writtenText, fc.nat(23), fc.string({ maxLength: 1 })).map(([text, at, other]) => {
    return text.slice(0, at) + other + text.slice(at + 1)
  }),
)

test('a date-time as the store writes it is read as Date.parse reads it, where it is real', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      // A leap second is an instant; it is left to the slow way.
      const isWritten = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d\.\d{3}Z$/.test(text) && instantKey(text) !== undefined
      expect(writtenMillis(text)).toBe(isWritten ? Date.parse(text) : undefined)
    }),
    runs(10_000),
  )
})

test('microseconds stand for an instant exactly, or not at all', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const micros = microsOf(text)
      const key = instantKey(text)
      if (micros !== undefined) expect(microsText(micros)).toBe(key)
      else expect(key === undefined || !isExact(key)).toBe(true)
    }),
    runs(10_000),
  )
})

function isExact(key: string): boolean {
  const year = Number(key.slice(0, 4))
  return key.length === 29 && key.endsWith('000') && year > 1_684 && year < 2_255
}
