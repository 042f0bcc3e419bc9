import { type FieldKind, sameValue } from '@stateward/contract'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyedValue, valueKey } from '../src/keys/value-key.ts'
import { anyValue } from './arbitraries.ts'
import { runs } from './runs.ts'

const json = fc.oneof({ weight: 3, arbitrary: anyValue }, { weight: 1, arbitrary: fc.jsonValue() as typeof anyValue })

test.each<FieldKind>(['value', 'time'])('the key of a %s is shared by the same values and no others', (kind) => {
  fc.assert(
    fc.property(json, json, (left, right) => {
      expect(valueKey(left, kind) === valueKey(right, kind)).toBe(sameValue(left, right, kind))
    }),
    runs(5_000),
  )
})

test('the key of a value leads back to the same value', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(sameValue(keyedValue(valueKey(value, 'value')), value)).toBe(true)
    }),
    runs(2_000),
  )
})
