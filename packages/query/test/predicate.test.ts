import type { JsonValue, StoredRecord, Where } from '@stateward/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePredicate } from '../src/planning/predicate.ts'
import { checkQuery } from '../src/validation/check-query.ts'
import { where } from './arbitrary-queries.ts'
import { records, withTimes } from './arbitrary-records.ts'
import { runs } from './runs.ts'
import { slowlyMatches } from './slow-filter.ts'

const system = { id: 'x', rev: 1, created_at: '2024-01-01T00:00:00Z', updated_at: '2024-01-01T00:00:00Z' }
const record = (fields: { readonly [key: string]: JsonValue }): StoredRecord => ({ ...system, ...fields })
const matches = (filter: Where, fields: { readonly [key: string]: JsonValue }): boolean =>
  compilePredicate(filter, withTimes)(record(fields))

test('a compiled filter matches what a slow reading of its words matches', () => {
  fc.assert(
    fc.property(where, records, (filter, rows) => {
      const checked = checkQuery({ type: 'mixed', where: filter }, withTimes).where ?? {}
      const predicate = compilePredicate(checked, withTimes)
      expect(rows.map(predicate)).toEqual(rows.map((row) => slowlyMatches(filter, row, withTimes.times)))
    }),
    runs(1000),
  )
})

describe('absence is not null', () => {
  test.each<[Where, boolean, boolean, boolean]>([
    // filter, absent, null, "x"
    [{ a: null }, false, true, false],
    [{ a: { eq: null } }, false, true, false],
    [{ a: { ne: null } }, true, false, true],
    [{ a: { exists: true } }, false, true, true],
    [{ a: { exists: false } }, true, false, false],
    [{ a: { ne: 'x' } }, true, true, false],
    [{ not: { a: 'x' } }, true, true, false],
    [{ a: { in: [null, 'x'] } }, false, true, true],
    [{ a: { in: [] } }, false, false, false],
    [{ a: { lt: 'z' } }, false, false, true],
    [{ a: { contains: '' } }, false, false, true],
  ])('%j', (filter, absent, ofNull, ofText) => {
    expect([matches(filter, {}), matches(filter, { a: null }), matches(filter, { a: 'x' })]).toEqual([
      absent,
      ofNull,
      ofText,
    ])
  })
})

describe('values', () => {
  test.each<[Where, JsonValue, boolean]>([
    [{ a: { gte: 5 } }, '6', false],
    [{ a: { lt: 'b' } }, 1, false],
    [{ a: { lt: true } }, false, true],
    [{ a: { lt: 1 } }, false, false],
    [{ a: { eq: [1, { x: 2 }] } }, [1, { x: 2 }], true],
    [{ a: { eq: { x: 1, y: 2 } } }, { y: 2, x: 1 }, true],
    [{ a: { contains: 'b' } }, 'abc', true],
    [{ a: { contains: 'B' } }, 'abc', false],
    [{ a: { contains: 'b' } }, ['abc'], false],
    [{ a: { contains: 'b' } }, ['a', 'b'], true],
    [{ a: { contains: 1 } }, 1, false],
    [{ a: { contains: ['b'] } }, ['b'], false],
    [{ a: { contains: ['b'] } }, [['b']], true],
    [{ a: { prefix: 'ab' } }, 'abc', true],
    [{ a: { prefix: 'ab' } }, ['abc'], false],
    [{ a: { eq: 'é' } }, 'e\u0301', false],
    [{ toString: { exists: true } }, 1, false],
  ])('%j on %j is %s', (filter, value, expected) => expect(matches(filter, { a: value })).toBe(expected))
})

describe('instants', () => {
  test.each<[Where, JsonValue, boolean]>([
    [{ at: '2024-01-20T10:00:00Z' }, '2024-01-20T11:00:00.000+01:00', true],
    [{ at: { in: ['2024-01-20T10:00:00Z', 'soon'] } }, '2024-01-20T11:00:00.000+01:00', true],
    [{ at: { ne: '2024-01-20T10:00:00Z' } }, '2024-01-20T10:00:00.000000001Z', true],
    [{ at: { lt: '2024-01-20T10:00:00.500Z' } }, '2024-01-20T10:00:00Z', true],
    [{ at: { gt: '2024-01-20T10:00:00Z' } }, 'soon', false],
    [{ at: { gt: '2024-01-20T10:00:00Z' } }, 7, false],
    [{ at: { prefix: '2024-01-20T11' } }, '2024-01-20T11:00:00+01:00', true],
    [{ at: { gt: 'never checked' } }, '2024-01-20T10:00:00Z', false],
    [{ created_at: '2024-01-01T01:00:00+01:00' }, null, true],
    [{ a: '2024-01-20T10:00:00Z' }, '2024-01-20T10:00:00.000Z', false],
  ])('%j on %j is %s', (filter, value, expected) => expect(matches(filter, { at: value })).toBe(expected))
})

test('no condition matches everything; an or of none matches nothing', () => {
  expect([{}, { and: [] }, { and: [{}] }, { or: [] }, { not: {} }].map((filter) => matches(filter, {}))).toEqual([
    ...[true, true, true, false, false],
  ])
})
