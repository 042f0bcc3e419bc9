import { type JsonValue, sameValue } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fingerprints } from '../src/indexes/fingerprints.ts'

const instants = ['2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z']
const values = fc.oneof(
  fc.constantFrom<JsonValue>(0, -0, 1, '1', 'a', 'ä', 'a\u0308', '', true, false, null, ...instants),
  fc.constantFrom<JsonValue>([1], [1, 2], { a: 1, b: 2 }, { b: 2, a: 1 }, {}),
  fc.string({ minLength: 60, maxLength: 70 }),
)
const fields = ['kept', 'other', 'constructor'] as const
const record = fc.record({ kept: values, other: values, constructor: values }, { requiredKeys: [] })
const slot = fc.nat({ max: 5 })
const step = fc.oneof(
  fc.record({ does: fc.constant('write' as const), slot, record }),
  fc.record({ does: fc.constant('read' as const), slot }),
  fc.record({
    does: fc.constant('ask' as const),
    field: fc.constantFrom(...fields),
    kind: fc.constantFrom('value' as const, 'time' as const),
    values: fc.array(values, { minLength: 1, maxLength: 3 }),
  }),
)

test('a record that matches is let through, whatever was written, read and asked before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const table = [new Fingerprints(), new Fingerprints()] as const
      const records = new Map<number, Readonly<Record<string, JsonValue>>>()
      for (const one of steps) {
        if (one.does === 'write') {
          records.set(one.slot, one.record)
          for (const fingerprints of table) fingerprints.forget(one.slot)
        } else if (one.does === 'read') {
          const there = records.get(one.slot)
          if (there !== undefined) for (const fingerprints of table) fingerprints.learn(one.slot, there)
        } else {
          const { field, kind, values } = one
          // A field is of one kind as long as its domain is.
          const sieve = table[kind === 'value' ? 0 : 1].sieve([{ field, kind, values }])
          for (const [at, there] of records) {
            const value = Object.hasOwn(there, field) ? there[field] : undefined
            if (!values.some((each) => sameValue(value, each, kind))) continue
            expect(sieve.mayMatch(at)).toBe(true)
            expect(sieve.next(at, 6)).toBe(at)
          }
        }
      }
    }),
    { numRuns: 300 },
  )
})

/** So many texts that one byte does not tell apart all of them. */
const texts = Array.from({ length: 10_000 }, (_, at) => `text ${at}`)

function filled(): Fingerprints {
  const fingerprints = new Fingerprints()
  fingerprints.sieve([{ field: 'text', kind: 'value', values: [] }])
  for (const [at, text] of texts.entries()) fingerprints.learn(at, { text })
  return fingerprints
}

function passed(fingerprints: Fingerprints, values: readonly JsonValue[]): number {
  const sieve = fingerprints.sieve([{ field: 'text', kind: 'value', values }])
  return texts.filter((_, at) => sieve.mayMatch(at)).length
}

test('of those that do not match one in a hundred is let through at most', () => {
  const fingerprints = filled()
  for (const text of ['text 1', 'text 999', 'no text']) expect(passed(fingerprints, [text])).toBeLessThan(100)
})

test('the next slot is the first that may match', () => {
  const sieve = filled().sieve([{ field: 'text', kind: 'value', values: ['text 1'] }])
  const found: number[] = []
  for (let at = sieve.next(0, texts.length); at < texts.length; at = sieve.next(at + 1, texts.length)) found.push(at)
  expect(found).toEqual([...texts.keys()].filter((at) => sieve.mayMatch(at)))
})

test('fields beyond the eighth take the place of the one asked for longest ago, of which nothing is known then', () => {
  const fingerprints = filled()
  const { bytes } = fingerprints
  expect(bytes).toBeGreaterThanOrEqual(texts.length)
  for (let at = 0; at < 7; at++) fingerprints.sieve([{ field: `field ${at}`, kind: 'value', values: [1] }])
  expect(fingerprints.bytes).toBe(bytes)
  const sieve = fingerprints.sieve([{ field: 'text', kind: 'value', values: ['no text'] }])
  for (let at = 0; at < 8; at++) fingerprints.sieve([{ field: `other ${at}`, kind: 'value', values: [1] }])
  expect(fingerprints.bytes).toBe(0)
  expect(texts.every((_, at) => sieve.mayMatch(at))).toBe(true)
})

test('what a fingerprint says of another record than it was taken of is found', () => {
  const fingerprints = filled()
  expect(fingerprints.liesAbout(7, { text: 'text 7' })).toEqual([])
  expect(fingerprints.liesAbout(7, { text: 'text 8' })).toEqual(['text'])
  fingerprints.forget(7)
  expect(fingerprints.liesAbout(7, { text: 'text 8' })).toEqual([])
})
