import type { JsonValue, Probe, Slot, StoredRecord } from '@stateward/contract'
import { equalityIndex, type FieldIndex, orderedIndex, relationIndex } from '@stateward/index'
import type { IndexProbe } from '@stateward/query'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slotsInAll } from '../src/state/slots-in-all.ts'
import { runs } from './runs.ts'

const few = fc.constantFrom<JsonValue[]>('a', 'b', 1, 2)
const body = fc.record({ e: few, o: few, r: fc.oneof(few, fc.array(few, { maxLength: 2 })) })

function indexes(records: ReadonlyMap<Slot, StoredRecord>): readonly FieldIndex[] {
  const all = [
    equalityIndex({ name: 'e', field: 'e', kind: 'value' }),
    orderedIndex({ name: 'o order', field: 'o', kind: 'value' }),
    relationIndex({ name: 'r →', field: 'r' }),
  ]
  for (const index of all) for (const [slot, record] of records) index.update(slot, undefined, record)
  return all
}

const probes: fc.Arbitrary<{ readonly at: number; readonly probe: Probe }> = fc.oneof(
  fc.record({
    at: fc.constantFrom(0, 2),
    probe: fc.array(few, { minLength: 1, maxLength: 3 }).map((one) => ({ equal: [one] })),
  }),
  few.map((value) => ({ at: 1, probe: { equal: [], from: { value, inclusive: true } } })),
  few.map((value) => ({ at: 1, probe: { equal: [], to: { value, inclusive: false } } })),
)

test('what several lookups give together is what all of them give by themselves, each slot once', () => {
  fc.assert(
    fc.property(fc.array(body, { maxLength: 40 }), fc.array(probes, { maxLength: 4 }), (bodies, asked) => {
      const stamps = { rev: 1, created_at: '', updated_at: '' }
      const records = new Map(bodies.map((one, at) => [at * 3, { ...stamps, id: `i${at}`, ...one }]))
      const all = indexes(records)
      const of = asked.flatMap(({ at, probe }): IndexProbe[] => {
        const index = all[at]
        return index === undefined ? [] : [{ index, probe }]
      })
      const expected = [...records.keys()].filter((slot) =>
        of.every(({ index, probe }) => [...index.lookup(probe)].includes(slot)),
      )
      expect([...slotsInAll(of)].sort((one, other) => one - other)).toEqual(of.length === 0 ? [] : expected)
    }),
    { numRuns: runs(300) },
  )
})
