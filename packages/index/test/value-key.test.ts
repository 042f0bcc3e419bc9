import { type FieldKind, sameValue } from '@stateward/contract'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyedValue, valueKey } from '../src/value-key.ts'
import { anyValue } from './arbitraries.ts'
import { runs } from './runs.ts'

describe.each<FieldKind>(['value', 'time'])('the key of a %s', (kind) => {
  const json = fc.oneof({ weight: 3, arbitrary: anyValue }, { weight: 1, arbitrary: fc.jsonValue() as typeof anyValue })

  test('is shared by the same values and no others', () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        expect(valueKey(left, kind) === valueKey(right, kind)).toBe(sameValue(left, right, kind))
      }),
      runs(5_000),
    )
  })

  test('leads back to the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        const back = keyedValue(valueKey(value, kind))
        expect(sameValue(back, value, kind)).toBe(true)
      }),
      runs(2_000),
    )
  })
})

test('an instant is given in UTC, to the millisecond or as far as it goes', () => {
  const given = (text: string): unknown => keyedValue(valueKey(text, 'time'))
  expect(given('2024-01-20T12:00:00+02:00')).toBe('2024-01-20T10:00:00.000Z')
  expect(given('2024-01-20T10:00:00.12Z')).toBe('2024-01-20T10:00:00.120Z')
  expect(given('2024-01-20T10:00:00.000000120Z')).toBe('2024-01-20T10:00:00.00000012Z')
  expect(given('2024-01-20T10:00:00.0000000001200Z')).toBe('2024-01-20T10:00:00.00000000012Z')
})
