import type { FieldKind, Index, Slot, StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { compoundIndex } from '../src/indexes/compound-index.ts'
import { equalityIndex } from '../src/indexes/equality-index.ts'
import type { FieldIndex } from '../src/indexes/field-index.ts'
import { orderedIndex } from '../src/indexes/ordered-index.ts'
import { relationIndex } from '../src/indexes/relation-index.ts'
import { checkIndex } from '../src/integrity/check-index.ts'

const kinds: readonly FieldKind[] = ['value', 'time']

const makers: [string, () => FieldIndex][] = [
  ['equality', () => equalityIndex({ name: 'status', field: 'status', kind: 'value' })],
  ['relation', () => relationIndex({ name: 'status →', field: 'status' })],
  ['order', () => orderedIndex({ name: 'at order', field: 'at', kind: 'time' })],
  ['compound', () => compoundIndex({ name: 'status+at', fields: ['status', 'at'], kinds })],
]

const record = (slot: Slot, status: string, at: string): [Slot, StoredRecord] => [
  slot,
  { id: `r${slot}`, rev: 1, created_at: at, updated_at: at, status, at },
]

const records: [Slot, StoredRecord][] = Array.from({ length: 30 }, (_, slot) =>
  record(slot, slot % 3 === 0 ? 'open' : 'done', `2024-01-20T10:00:${10 + (slot % 7)}.000Z`),
)

function filled(make: () => FieldIndex, held: readonly [Slot, StoredRecord][] = records): FieldIndex {
  const index = make()
  for (const [slot, one] of held) index.update(slot, undefined, one)
  return index
}

describe.each(makers)('the check of an index (%s)', (_title, make) => {
  test('passes one that is true to its records', () => {
    expect(checkIndex(filled(make), records)).toEqual({ ok: true, differences: [] })
    expect(checkIndex(make(), [])).toEqual({ ok: true, differences: [] })
  })

  test('sees a record that is missing', () => {
    const index = filled(make, records.slice(0, -1))
    expect(checkIndex(index, records).differences.join()).toMatch(/misses slot 29/)
  })

  test('sees a record that is gone', () => {
    const check = checkIndex(filled(make), records.slice(0, -1))
    expect(check.ok).toBe(false)
    expect(check.differences.join()).toMatch(/entries, found 30/)
  })

  test('sees a record that has changed', () => {
    const changed = records.map(([slot, one]): [Slot, StoredRecord] =>
      slot === 5 ? record(slot, 'late', '2024-01-20T09:00:00.000Z') : [slot, one],
    )
    const check = checkIndex(filled(make), changed)
    expect(check.ok).toBe(false)
    expect(check.differences.every((text) => text.startsWith(`index ${make().name}: `))).toBe(true)
  })
})

describe('the check of an index', () => {
  const compound = (): FieldIndex => compoundIndex({ name: 'status+at', fields: ['status', 'at'], kinds })
  const check = (change: (index: FieldIndex) => Partial<FieldIndex>): string => {
    const index = filled(compound)
    return checkIndex({ ...index, ...change(index) }, records).differences.join('\n')
  }

  test('sees slots out of order', () => {
    const found = check(({ sorted }) => ({
      sorted: {
        scan: (direction, probe) => [...(sorted?.scan(direction, probe) ?? [])].sort((a, b) => a - b),
      },
    }))
    expect(found).toMatch(/a scan desc of \["open"\] gives slot \d+ before slot \d+/)
  })

  test('sees ties turned round', () => {
    const found = check(({ sorted }) => ({
      sorted: {
        scan: (direction, probe) =>
          direction === 'asc' ? (sorted?.scan('asc', probe) ?? []) : [...(sorted?.scan('asc', probe) ?? [])].reverse(),
      },
    }))
    expect(found).toMatch(/a scan desc .* gives slot \d+ before slot \d+/)
    expect(found).not.toMatch(/a scan asc/)
  })

  test('sees a slot given twice, a wrong count, and an estimate that is too low', () => {
    expect(check((index) => ({ lookup: (probe) => [...index.lookup(probe), ...index.lookup(probe)] }))).toMatch(
      /more than once/,
    )
    expect(check(() => ({ counters: { counts: () => [['open', 9]] } }))).toMatch(
      /10 records hold "open", it counts 9\n.*counts no record with "done"/,
    )
    expect(check(() => ({ estimate: () => 3 }))).toMatch(/more than the estimate, 3/)
  })

  test('allows an index from elsewhere to over-answer, and not to miss', () => {
    const slots = records.map(([slot]) => slot)
    const loose: Index = {
      name: 'loose',
      fields: ['status'],
      shape: { equal: 1, range: false },
      estimate: () => slots.length,
      lookup: () => slots,
      update: () => undefined,
      clear: () => undefined,
      size: () => 0,
      bytes: () => 0,
    }
    expect(checkIndex(loose, records)).toEqual({ ok: true, differences: [] })
    expect(checkIndex({ ...loose, lookup: () => [] }, records).ok).toBe(false)
  })

  test('tells the first 20 differences', () => {
    const many = Array.from({ length: 50 }, (_, slot) => record(slot, `status ${slot}`, '2024-01-20T10:00:00.000Z'))
    expect(checkIndex(compound(), many).differences).toHaveLength(20)
  })
})
