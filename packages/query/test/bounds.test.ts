import { type FieldKind, fieldKind, type JsonValue, type Operators } from '@stateward/contract'
import { expect, test } from 'vitest'
import { boundsOf, intersection, isEmpty, isExact, isWithin } from '../src/planning/bounds.ts'
import { oddTimes, oddValues, withTimes } from './arbitrary-records.ts'
import { slowlyMatches } from './slow-filter.ts'

const ranges: readonly (keyof Operators)[] = ['lt', 'lte', 'gt', 'gte']
const prefixes = ['', 'a', 'a\uffff', '\uffff', '😀', '\ud83d', '\ud83d\udfff', '\ud7ff', 'soon', '2024-01-20T1']
const values: readonly JsonValue[] = [
  ...oddValues,
  ...oddTimes,
  ...prefixes,
  'a\uffffb',
  'b',
  '😀x',
  '\ud83d\udffe',
  '\ue000',
]
const matches = (field: string, operator: string, operand: JsonValue, value: JsonValue): boolean =>
  slowlyMatches(
    { [field]: { [operator]: operand } },
    { id: 'x', rev: 1, created_at: '', updated_at: '', [field]: value },
    withTimes.times,
  )

const conditions = ['a', 'at'].flatMap((field) => {
  const bounds = (field === 'at' ? oddTimes : oddValues).filter((value) => value !== null && typeof value !== 'object')
  const all = ranges.flatMap((operator) => bounds.map((operand) => ({ field, operator, operand })))
  return [...all, ...prefixes.map((operand) => ({ field, operator: 'prefix' as const, operand }))]
})

test('whatever meets a condition lies within its bounds, and where they are exact nothing else does', () => {
  let inexact = 0
  for (const { field, operator, operand } of conditions) {
    const kind: FieldKind = fieldKind(withTimes, field)
    const bounds = boundsOf(operator, operand, kind)
    if (bounds === undefined) {
      expect([field, operator]).toEqual(['at', 'prefix'])
      continue
    }
    const exact = isExact(operator, operand, kind)
    if (!exact) inexact++
    const found = values.filter((value) => isWithin(value, bounds, kind))
    const wanted = values.filter((value) => matches(field, operator, operand, value))
    expect(
      exact ? found : found.filter((value) => wanted.includes(value)),
      `${field} ${operator} ${JSON.stringify(operand)}`,
    ).toEqual(wanted)
  }
  // Half a surrogate pair, and two texts behind which half a pair would come.
  expect(inexact).toBe(3)
})

test('two stretches share what lies in both, and nothing lies in an empty one', () => {
  const some = conditions.filter((_, at) => at % 7 === 0 || at % 11 === 0)
  for (const one of some) {
    for (const other of some) {
      const kind = fieldKind(withTimes, one.field)
      const [left, right] = [boundsOf(one.operator, one.operand, kind), boundsOf(other.operator, other.operand, kind)]
      if (one.field !== other.field || left === undefined || right === undefined) continue
      const shared = intersection(left, right, kind)
      const inBoth = values.filter((value) => isWithin(value, left, kind) && isWithin(value, right, kind))
      expect(values.filter((value) => isWithin(value, shared, kind))).toEqual(inBoth)
      if (isEmpty(shared, kind)) expect(inBoth).toEqual([])
    }
  }
})
