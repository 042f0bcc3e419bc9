import type { StoredRecord } from '@stateward/contract'
import { afterEach, expect, test, vi } from 'vitest'
import { SlotRows } from '../src/ids/slot-rows.ts'
import { equalityIndex } from '../src/indexes/equality-index.ts'
import type { FieldIndex } from '../src/indexes/field-index.ts'
import { relationIndex } from '../src/indexes/relation-index.ts'

const values = ['open', 'done', 'late', 'cut']
const recordOf = (slot: number, value: string): StoredRecord => ({
  ...{ id: `i${slot}`, rev: 1, created_at: '', updated_at: '' },
  status: value,
})
const valueAt = (slot: number): string => values[slot % values.length] ?? ''

afterEach(() => vi.restoreAllMocks())

/** An index of so many records, which share four values. */
function filled(make: () => FieldIndex, records: number): FieldIndex {
  const index = make()
  for (let slot = 0; slot < records; slot++) index.update(slot, undefined, recordOf(slot, valueAt(slot)))
  return index
}

/** The most words of its tables that one removal, one insertion or one change of a value reads and writes. */
function mostWords(index: FieldIndex, records: number): number {
  const words = (['get', 'set', 'read', 'write'] as const).map((name) => vi.spyOn(SlotRows.prototype, name))
  let most = 0
  const counted = (work: () => void): void => {
    for (const spy of words) spy.mockClear()
    work()
    most = Math.max(
      most,
      words.reduce((sum, { mock }) => sum + mock.calls.length, 0),
    )
  }
  // The first ones, the last ones and some between: at the ends of the four lists, and in their middles.
  for (let at = 0; at < 200; at++) {
    const slot = at < 20 ? at : at < 40 ? records - 1 - (at - 20) : (at * 7_919) % records
    const [record, other] = [recordOf(slot, valueAt(slot)), recordOf(slot, valueAt(slot + 1))]
    counted(() => index.update(slot, record, undefined))
    counted(() => index.update(slot, undefined, record))
    counted(() => index.update(slot, record, other))
    counted(() => index.update(slot, other, record))
  }
  vi.restoreAllMocks()
  return most
}

test.each<[string, () => FieldIndex]>([
  ['equality', () => equalityIndex({ name: 'status', field: 'status', kind: 'value' })],
  ['relation', () => relationIndex({ name: 'status →', field: 'status' })],
])(
  '%s on a field of four values: a change among 100 000 records touches as many words as one among 1 000',
  (_, make) => {
    const few = mostWords(filled(make, 1_000), 1_000)
    const many = mostWords(filled(make, 100_000), 100_000)
    expect(few).toBeGreaterThan(0)
    expect(few).toBeLessThan(60)
    expect(many).toBe(few)
  },
)
