import type { StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Bodies } from '../src/records/bodies.ts'
import { keyOf, placeOf } from '../src/records/body-key.ts'

const nowhere = { fetch: async () => [] }
/** What one of these records takes in the cache, at most. */
const recordBytes = 300

function recordOf(id: string, rev: number): StoredRecord {
  return Object.freeze({ id, rev, created_at: '', updated_at: '' })
}

// Neighbours, the same slot of other types, and slots that share a place with them.
const slots = fc.oneof(
  fc.nat({ max: 6 }),
  fc.nat({ max: 6 }).map((slot) => slot * 256 + 1_367),
)
const types = fc.constantFrom(0, 1, 32, 4_096)
const at = { type: types, slot: slots }
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('set' as const), ...at }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('get' as const), ...at }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), ...at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('bound' as const), records: fc.nat({ max: 20 }) }) },
)

test('what is read is what was set last, and stands in the cache', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 200, size: 'max' }), (steps) => {
      const bodies = new Bodies(nowhere, 10 * recordBytes)
      const lastSet = new Map<string, StoredRecord>()
      let rev = 0
      for (const step of steps) {
        if (step.kind === 'bound') {
          bodies.bound(step.records * recordBytes)
          continue
        }
        const { type, slot } = step
        const key = `${type}/${slot}`
        if (step.kind === 'set') {
          lastSet.set(key, recordOf(key, ++rev))
          bodies.set(type, slot, recordOf(key, rev))
        } else if (step.kind === 'delete') {
          lastSet.delete(key)
          bodies.delete(type, slot)
        } else {
          const inCache = bodies.peek(type, slot)
          const read = bodies.get(type, slot)
          expect(read).toBe(inCache)
          if (read !== undefined) expect(read).toEqual(lastSet.get(key))
        }
        expect(bodies.bytes).toBeLessThanOrEqual(bodies.maxBytes)
      }
    }),
  )
})

test('a record that is read again and again stays, whatever else is taken in', () => {
  const bodies = new Bodies(nowhere, 64 * recordBytes)
  bodies.set(0, 0, recordOf('kept', 1))
  for (let slot = 1; slot < 5_000; slot++) {
    bodies.set(0, slot, recordOf(`r${slot}`, 1))
    expect(bodies.get(0, 0)?.id).toBe('kept')
  }
  expect(bodies.get(0, 1)).toBeUndefined()
})

test('what is read and what is not there is counted, one by one', () => {
  const bodies = new Bodies(nowhere, 64 * recordBytes)
  bodies.set(0, 7, recordOf('r7', 1))
  for (let times = 0; times < 3; times++) bodies.get(0, 7)
  bodies.get(0, 8)
  bodies.get(4_096, 7)
  expect([bodies.hits, bodies.misses]).toEqual([3, 2])
})

test.each([0, 1, 31, 32, 33, 4_095])('records of type %i in neighbouring slots have neighbouring places', (type) => {
  for (const first of [0, 524_200, 3_000_000]) {
    const places = Array.from({ length: 256 }, (_, at) => placeOf(keyOf(type, first + at)))
    expect(places).toEqual(places.map((_, at) => (places[0] ?? 0) + at))
  }
  expect(placeOf(keyOf(type + 1, 0))).not.toBe(placeOf(keyOf(type, 0)))
})
