import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupRows } from '../src/results/group-rows.ts'
import { records } from './arbitrary-records.ts'
import { slowlyMatches } from './slow-filter.ts'

const system = { rev: 1, created_at: '2024-01-01T00:00:00Z', updated_at: '2024-01-01T00:00:00Z' }

test('groups come in the order of values, absence first and without a value', () => {
  const rows = ['b', 1, null, undefined, 'b', { x: 1, y: 2 }, { y: 2, x: 1 }].map((a, at) => ({
    ...system,
    id: String(at),
    ...(a !== undefined && { a }),
  }))
  expect(groupRows(rows, 'a', 'value')).toEqual([
    { count: 1 },
    { value: null, count: 1 },
    { value: 1, count: 1 },
    { value: 'b', count: 2 },
    { value: { x: 1, y: 2 }, count: 2 },
  ])
})

test('one instant is one group, under the least of its texts', () => {
  const rows = ['2024-01-01T10:00:00Z', '2024-01-01T09:00:00-01:00', 'soon'].map((at, id) => ({
    ...system,
    id: String(id),
    at,
  }))
  const groups = [
    { value: '2024-01-01T09:00:00-01:00', count: 2 },
    { value: 'soon', count: 1 },
  ]
  expect(groupRows(rows, 'at', 'time')).toEqual(groups)
  expect(groupRows(rows.reverse(), 'at', 'time')).toEqual(groups)
  expect(groupRows(rows, 'at', 'value')).toHaveLength(3)
})

test('each group counts the rows that equal its value, and all rows are counted', () => {
  fc.assert(
    fc.property(records, fc.constantFrom('a', 'b', 'list', 'toString', 'status'), (rows, field) => {
      const groups = groupRows(rows, field, 'value')
      for (const group of groups) {
        const filter = 'value' in group ? { [field]: { eq: group.value ?? null } } : { [field]: { exists: false } }
        expect(rows.filter((row) => slowlyMatches(filter, row, new Set()))).toHaveLength(group.count)
      }
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length)
    }),
  )
})
