import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantKey } from '../src/instant.ts'
import type { JsonValue } from '../src/json.ts'
import { compareKeys, compareValues, type FieldKind, orderKey, sameValue } from '../src/order.ts'

type Value = JsonValue | undefined

/** The order as its docstring has it, sentence by sentence, without a thought for speed. */
function slowCompare(left: Value, right: Value, kind: FieldKind): number {
  const ranks = ['absent', 'null', 'false', 'true', 'number', 'text', 'array', 'object']
  const byKind = ranks.indexOf(kindOf(left)) - ranks.indexOf(kindOf(right))
  if (byKind !== 0) return byKind
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return slowTexts(left, right, kind)
  if (Array.isArray(left) && Array.isArray(right)) return slowLists(left, right)
  if (kindOf(left) === 'object') {
    const [leftEntries, rightEntries] = [left, right].map(sortedEntries)
    const keys = slowLists(leftEntries?.map(([key]) => key) ?? [], rightEntries?.map(([key]) => key) ?? [])
    return keys !== 0
      ? keys
      : slowLists(leftEntries?.map(([, value]) => value) ?? [], rightEntries?.map(([, value]) => value) ?? [])
  }
  return 0
}

function kindOf(value: Value): string {
  if (value === undefined) return 'absent'
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return 'text'
  return Array.isArray(value) ? 'array' : typeof value
}

function slowTexts(left: string, right: string, kind: FieldKind): number {
  if (left === '' || right === '') return left.length - right.length
  const [leftNanos, rightNanos] = kind === 'time' ? [nanosOf(left), nanosOf(right)] : []
  if (leftNanos !== undefined && rightNanos !== undefined) return Number(leftNanos - rightNanos)
  if (leftNanos !== undefined) return -1
  if (rightNanos !== undefined) return 1
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = left.charCodeAt(at) - right.charCodeAt(at)
    if (order !== 0) return order
  }
  return left.length - right.length
}

function slowLists(left: readonly Value[], right: readonly Value[]): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = slowCompare(left[at], right[at], 'value')
    if (order !== 0) return order
  }
  return left.length - right.length
}

function sortedEntries(value: Value): [string, Value][] {
  const entries = Object.entries(value as object) as [string, Value][]
  return entries.filter(([, one]) => one !== undefined).sort(([a], [b]) => slowTexts(a, b, 'value'))
}

/** Nanoseconds since 1970 of a time as the tests write it: Date for the whole seconds, digits for the rest. */
function nanosOf(text: string): bigint | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (parts === null) return undefined
  const [, moment, fraction = '', zone] = parts
  return BigInt(Date.parse(`${moment}${zone}`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

const time = fc
  .record({
    at: fc.date({ min: new Date('1970-01-02T00:00:00Z'), max: new Date('2099-12-30T00:00:00Z'), noInvalidDate: true }),
    fraction: fc.option(fc.stringMatching(/^[0-9]{1,9}$/), { nil: undefined }),
    zone: fc.option(fc.integer({ min: -14 * 60, max: 14 * 60 }), { nil: undefined }),
  })
  .map(({ at, fraction, zone }) => {
    const local = new Date(at.getTime() + (zone ?? 0) * 60_000).toISOString().slice(0, 19)
    const offset = `${(zone ?? 0) < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(zone ?? 0) / 60))}:${pad(Math.abs(zone ?? 0) % 60)}`
    return `${local}${fraction === undefined ? '' : `.${fraction}`}${zone === undefined ? 'Z' : offset}`
  })

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom('', '\0', '\0~', '\0a', '2026', '~'),
  time,
)
const value: fc.Arbitrary<Value> = fc.letrec<{ json: Value }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.constantFrom<Value>(undefined, null, false, true),
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
    text,
    fc.array(
      tie('json').map((item) => item ?? null),
      { maxLength: 3 },
    ),
    fc.dictionary(fc.constantFrom('a', 'b', '', 'é'), tie('json'), { maxKeys: 3 }),
  ),
})).json
const kind = fc.constantFrom<FieldKind>('value', 'time')

describe('compareValues', () => {
  test('is the order that its docstring describes', () => {
    fc.assert(
      fc.property(value, value, kind, (left, right, in_) => {
        expect(signOf(compareValues(left, right, in_))).toBe(signOf(slowCompare(left, right, in_)))
      }),
      { numRuns: 3_000 },
    )
  })

  test('is a total order: what sorts it sorts in one way', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), kind, (values, in_) => {
        const sorted = [...values].sort((left, right) => slowCompare(left, right, in_))
        const found = [...values].reverse().sort((left, right) => compareValues(left, right, in_))
        found.forEach((one, at) => {
          expect(sameValue(one, sorted[at], in_)).toBe(true)
        })
      }),
      { numRuns: 500 },
    )
  })

  test('goes through the kinds in their order', () => {
    const ascending: Value[] = [undefined, null, false, true, -1, 0, 2, '', '10', 'a', [], [1], {}, { a: 1 }]
    for (const [left, one] of ascending.entries()) {
      for (const [right, other] of ascending.entries()) {
        expect(signOf(compareValues(one, other))).toBe(signOf(left - right))
      }
    }
  })

  test('puts instants behind the empty text and before all others in a field of kind time', () => {
    const ascending = ['', '2026-01-01T12:00:00+02:00', '2026-01-01T10:00:01Z', '\0', '\0~', '1', '2026-01-01', 'soon']
    expect([...ascending].reverse().sort((left, right) => compareValues(left, right, 'time'))).toEqual(ascending)
  })

  test('takes 0 and -0, and a key that holds undefined and none, for the same', () => {
    expect(sameValue(0, -0)).toBe(true)
    expect(sameValue({ a: 1, b: undefined }, { a: 1 })).toBe(true)
    expect(sameValue({ a: 1, b: null }, { a: 1 })).toBe(false)
  })
})

describe('orderKey', () => {
  test('prepares values so that compareKeys compares them as compareValues does', () => {
    fc.assert(
      fc.property(value, value, kind, (left, right, in_) => {
        const found = compareKeys(orderKey(left, in_), orderKey(right, in_))
        expect(signOf(found)).toBe(signOf(slowCompare(left, right, in_)))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('instantKey', () => {
  test('orders times as instants, and gives one instant one key', () => {
    fc.assert(
      fc.property(time, time, (left, right) => {
        const [leftKey = '', rightKey = ''] = [instantKey(left), instantKey(right)]
        const order = leftKey < rightKey ? -1 : leftKey === rightKey ? 0 : 1
        expect(order).toBe(Math.sign(Number((nanosOf(left) ?? 0n) - (nanosOf(right) ?? 0n))))
      }),
      { numRuns: 3_000 },
    )
  })

  test('compares digits beyond the nanosecond too', () => {
    const [less = '', more = ''] = ['2026-01-01T00:00:00.1234567890Z', '2026-01-01T00:00:00.12345678901Z'].map(
      instantKey,
    )
    expect(less < more).toBe(true)
    expect(instantKey('2026-01-01T00:00:00.123456789Z')).toBe(less)
  })

  test.each([
    ['2026-01-01T00:00:00Z', '2026-01-01t00:00:00z'],
    ['2026-01-01T00:00:00Z', '2026-01-01 00:00:00+00:00'],
    ['2026-01-01T00:00:00Z', '2025-12-31T23:59:60Z'],
    ['2025-12-31T23:59:60Z', '2025-12-31T23:59:60.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-28T23:30:00-00:30'],
    ['0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00Z'],
  ])('%s and %s are one instant', (left, right) => {
    expect(instantKey(left)).toBeDefined()
    expect(instantKey(left)).toBe(instantKey(right))
  })

  test.each([
    '2026-02-29T00:00:00Z',
    '2026-02-29T00:00:00.000Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00.000Z',
    '2026-04-31T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T24:00:00.000Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61.000Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01',
    '20260101T000000Z',
    ' 2026-01-01T00:00:00Z',
    '0000-01-01T00:00:00+00:01',
    '',
  ])('%s is no date-time', (given) => {
    expect(instantKey(given)).toBeUndefined()
  })
})

/** 0 for -0, too: `toBe` tells them apart. */
function signOf(order: number): number {
  return Math.sign(order) + 0
}
