import { type JsonObject, type StoredRecord, sameValue } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compoundIndex } from '../src/indexes/compound-index.ts'
import { equalityIndex } from '../src/indexes/equality-index.ts'
import { exactProbe, isExactFor } from '../src/indexes/exact-probe.ts'
import { orderedIndex } from '../src/indexes/ordered-index.ts'
import { relationIndex } from '../src/indexes/relation-index.ts'
import { textIndex } from '../src/indexes/text-index.ts'
import { heldKey } from '../src/keys/held-key.ts'

const value = fc.oneof(
  fc.constantFrom<JsonObject[string]>(0, -0, 1, '1', '', 'a', 'A', 'é', 'e\u0301', null, true, [], ['a'], ['a', 'b'], {
    b: 1,
  }),
  fc.constantFrom(
    '2026-01-01T10:00:00+02:00',
    '2026-01-01T08:00:00Z',
    '2026-01-01T08:00:00.000Z',
    '1500-01-01T00:00:00Z',
  ),
  fc.constantFrom('\0', '\0s', '1e999', '01890000-0000-7000-8000-00000000000a', '01890000-0000-7000-8000-00000000000A'),
)
const fields = fc.record({ a: value, b: value, at: value }, { requiredKeys: [] })
const kinds = { a: 'value', b: 'value', at: 'time' } as const
const system = { rev: 1, created_at: '', updated_at: '' }

test('an index that is exact for some fields leads to every record that holds the same in them', () => {
  const indexes = [
    equalityIndex({ name: 'a', field: 'a', kind: 'value' }),
    relationIndex({ name: 'b', field: 'b' }),
    orderedIndex({ name: 'at', field: 'at', kind: 'time' }),
    orderedIndex({ name: 'a order', field: 'a', kind: 'value' }),
    compoundIndex({ name: 'a+b', fields: ['a', 'b'], kinds: ['value', 'value'] }),
    compoundIndex({ name: 'b+at', fields: ['b', 'at'], kinds: ['value', 'time'] }),
    compoundIndex({ name: 'a+b+at', fields: ['a', 'b', 'at'], kinds: ['value', 'value', 'time'] }),
  ]
  const keys = [['a'], ['b'], ['at'], ['a', 'b'], ['b', 'a'], ['at', 'b'], ['b', 'at', 'a']] as const
  fc.assert(
    fc.property(fc.array(fields, { maxLength: 8 }), (rows) => {
      const records = rows.map((row, slot): StoredRecord => ({ ...row, id: `r${slot}`, ...system }))
      for (const index of indexes) {
        index.clear()
        for (const [slot, record] of records.entries()) index.update(slot, undefined, record)
      }
      for (const names of keys) {
        const key = { fields: names, kinds: names.map((field) => kinds[field]) }
        for (const one of records) {
          const held = heldKey(key, one)
          const isWhole = names.every((field) => one[field] !== undefined && one[field] !== null)
          expect(held === undefined).toBe(!isWhole)
          if (!isWhole) continue
          const same = records.flatMap((other, slot) =>
            names.every((field) => sameValue(one[field], other[field], kinds[field])) ? [slot] : [],
          )
          expect(records.flatMap((other, slot) => (heldKey(key, other) === held ? [slot] : []))).toEqual(same)
          for (const index of indexes.filter((index) => isExactFor(index, names)))
            expect([...index.lookup(exactProbe(index, names, one))], index.name).toEqual(expect.arrayContaining(same))
        }
      }
    }),
    { numRuns: 150 },
  )
})

test('which index is exact for which fields', () => {
  const compound = compoundIndex({ name: 'a+b', fields: ['a', 'b'], kinds: ['value', 'value'] })
  const order = orderedIndex({ name: 'a order', field: 'a', kind: 'value' })
  expect([['a'], ['b'], ['a', 'b'], ['b', 'a'], ['a', 'b', 'c']].map((asked) => isExactFor(compound, asked))).toEqual([
    ...[true, false, true, true, false],
  ])
  expect([['a'], ['a', 'b'], ['b']].map((asked) => isExactFor(order, asked))).toEqual([true, false, false])
  expect(isExactFor(textIndex({ name: 'a text', field: 'a' }), ['a'])).toBe(false)
})
