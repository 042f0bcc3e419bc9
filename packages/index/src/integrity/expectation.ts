import type { FieldKind, Index, JsonValue, Probe, Slot, StoredRecord } from '@stateward/contract'
import { fieldValue } from '../keys/field-value.ts'
import { combinedKey } from '../keys/probed-keys.ts'
import { valueKey } from '../keys/value-key.ts'
import { owedLookups } from './owed-lookups.ts'

/** The records that an index must give for one combination of values of its leading fields. */
export interface ExpectedGroup {
  readonly values: readonly JsonValue[]
  /** How it is asked for them, where that is not by each of the values. */
  readonly probe?: Probe
  readonly slots: Slot[]
}

/** What an order must know of a record: its id, and its value in the field behind the leading ones. */
export interface OrderedRecord {
  readonly id: string
  readonly value: JsonValue | undefined
}

/** What an index must hold. */
export interface Expectation {
  /** By a text that the same values share. */
  readonly groups: ReadonlyMap<string, ExpectedGroup>
  readonly entries: number
  /** Empty for an index without an order. */
  readonly ordered: ReadonlyMap<Slot, OrderedRecord>
}

/** Of an index of which nothing but its shape is known: what it must give, and how many entries that are is its own matter. */
export function lookupsOwed(index: Index, records: Iterable<readonly [Slot, StoredRecord]>): Iterable<ExpectedGroup> {
  const groups = new Map<string, ExpectedGroup>()
  for (const [slot, record] of records) {
    for (const { key, probe } of owedLookups(index, slot, record)) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { values: [], probe, slots: [slot] })
      else if (group.slots.at(-1) !== slot) group.slots.push(slot)
    }
  }
  return groups.values()
}

/** Reads it from all records, by no means that an index uses but `valueKey`. */
export function expectationOf(
  index: Index & { readonly kinds?: readonly FieldKind[] },
  records: Iterable<readonly [Slot, StoredRecord]>,
): Expectation {
  const leading = index.fields.slice(0, index.shape.equal)
  const lastField = index.fields[leading.length] ?? ''
  const groups = new Map<string, ExpectedGroup>()
  const ordered = new Map<Slot, OrderedRecord>()
  let entries = 0
  // An order of all records is asked even when there is none.
  if (leading.length === 0) groups.set('', { values: [], slots: [] })
  const expect = (key: string, values: readonly JsonValue[], slot: Slot): void => {
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { values, slots: [slot] })
    else group.slots.push(slot)
  }
  for (const [slot, record] of records) {
    const values = leading.map((field) => fieldValue(record, field)).filter((value) => value !== undefined)
    if (values.length < leading.length) continue
    const [whole] = values
    if (index.membership !== undefined && isArray(whole)) {
      const elements = new Map(whole.map((element) => [valueKey(element, 'value'), element]))
      for (const [key, element] of elements) expect(key, [element], slot)
      expect(`\0w${valueKey(whole, 'value')}`, values, slot)
      entries += Math.max(1, elements.size)
    } else {
      expect(combinedKey(values.map((value, at) => valueKey(value, index.kinds?.[at] ?? 'value'))), values, slot)
      entries++
    }
    if (index.sorted !== undefined) ordered.set(slot, { id: record.id, value: fieldValue(record, lastField) })
  }
  return { groups, entries, ordered }
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}
