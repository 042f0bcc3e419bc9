import type { StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordCache } from '../src/record-cache.ts'
import { runs } from './runs.ts'

const made = (id: string): StoredRecord => ({ id, rev: 1, created_at: '', updated_at: '' })

/** As the cache counts them, but that nothing ever goes. */
const entry = 40

const step = fc.record({
  op: fc.constantFrom('set', 'set', 'get', 'get', 'peek', 'delete', 'bound'),
  type: fc.integer({ min: 0, max: 3 }),
  slot: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 67_108_862 })),
  size: fc.integer({ min: 1, max: 300 }),
})

test('what it holds is what was put there last, and what it counts is what it holds, within its bound', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), fc.integer({ min: 1, max: 20_000 }), (steps, most) => {
      const cache = new RecordCache(most)
      const all = new Map<string, { type: number; slot: number; record: StoredRecord; size: number }>()
      for (const [at, { op, type, slot, size }] of steps.entries()) {
        const key = `${type} ${slot}`
        const known = all.get(key)?.record
        if (op === 'set') {
          const record = made(`${at}`)
          all.set(key, { type, slot, record, size })
          cache.set(type, slot, record, size)
        } else if (op === 'delete') {
          all.delete(key)
          cache.delete(type, slot)
        } else if (op === 'bound') {
          cache.bound(size * 60)
        } else {
          const found = op === 'get' ? cache.get(type, slot) : cache.peek(type, slot)
          if (found !== undefined) expect(found).toBe(known)
        }
        const held = [...all.values()].filter((one) => cache.peek(one.type, one.slot) !== undefined)
        for (const one of held) expect(cache.peek(one.type, one.slot)).toBe(one.record)
        expect(cache.count).toBe(held.length)
        expect(cache.bytes).toBe(held.reduce((sum, one) => sum + one.size + entry, 0))
        expect(cache.bytes).toBeLessThanOrEqual(cache.maxBytes)
      }
    }),
    { numRuns: runs(100) },
  )
})

test('nothing goes while there is room, whatever the slots', () => {
  for (const stride of [1, 3, 64, 1_024, 65_536]) {
    const cache = new RecordCache(100_000_000)
    const slots = Array.from({ length: 1_000 * 3 }, (_, at) => at * stride)
    for (const slot of slots) cache.set(slot % 2, slot, made(`${slot}`), 100)
    expect(cache.count).toBe(slots.length)
    expect(slots.filter((slot) => cache.get(slot % 2, slot)?.id !== `${slot}`)).toEqual([])
  }
})

test('what is asked for stays while others come and go', () => {
  const cache = new RecordCache(1_000 * (100 + entry))
  for (let slot = 0; slot < 100; slot++) cache.set(0, slot, made(`${slot}`), 100)
  let lost = 0
  for (let slot = 100; slot < 50_000; slot++) {
    cache.set(0, slot, made(`${slot}`), 100)
    if (cache.get(0, slot % 100) === undefined) lost++
  }
  expect(lost).toBe(0)
  expect(cache.count).toBe(1_000)
})

test('what is larger than all of it is not kept, and takes the place of nothing but itself', () => {
  const cache = new RecordCache(1_000)
  cache.set(0, 1, made('a'), 100)
  cache.set(0, 2, made('b'), 100)
  cache.set(0, 1, made('c'), 2_000)
  expect(cache.get(0, 1)).toBeUndefined()
  expect(cache.get(0, 2)?.id).toBe('b')
  expect(cache.bytes).toBe(100 + entry)
})
