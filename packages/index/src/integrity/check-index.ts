import type { FieldKind, Index, Slot, StoredRecord } from '@stateward/contract'
import type { FieldIndex } from '../indexes/field-index.ts'
import { valueKey } from '../keys/value-key.ts'
import { checkScans } from './check-scans.ts'
import { type Expectation, type ExpectedGroup, expectationOf, lookupsOwed } from './expectation.ts'

export interface IndexCheck {
  readonly ok: boolean
  /** What differs, a sentence each: the first 20. Empty when `ok`. */
  readonly differences: readonly string[]
}

/** An index that may tell how its fields compare, as those of this package do. */
type Checked = Index & Partial<Pick<FieldIndex, 'kinds' | 'itself'>>

const mostDifferences = 20

/**
 * Compares an index with a full scan: every value that a record holds is looked up, every order is walked in both
 * directions, entries, counters and estimates are compared. `records` are all live records of the type with their slots.
 * Of an index without `kinds`, or that is `approximate`, only what every index owes is checked: that no record is missing, and none given twice.
 * O(n) time; holds the indexed values of all records meanwhile.
 */
export function checkIndex(index: Checked, records: Iterable<readonly [Slot, StoredRecord]>): IndexCheck {
  const differences: string[] = []
  const differs = (text: string): void => {
    if (differences.length < mostDifferences) differences.push(`index ${index.name}: ${text}`)
  }
  if (index.itself !== undefined) {
    for (const text of index.itself.differences(records)) {
      if (differences.length === mostDifferences) break
      differs(text)
    }
    return { ok: differences.length === 0, differences }
  }
  if (index.approximate === true) {
    for (const group of lookupsOwed(index, records)) checkLookup(index, group, differs)
    return { ok: differences.length === 0, differences }
  }
  const expected = expectationOf(index, records)
  for (const group of expected.groups.values()) {
    checkLookup(index, group, differs)
    if (index.sorted !== undefined) checkScans(index, group, expected, differs)
  }
  if (index.kinds !== undefined) {
    if (index.size() !== expected.entries) differs(`expected ${expected.entries} entries, found ${index.size()}`)
    checkCounters(index, index.kinds[0] ?? 'value', expected, differs)
  }
  return { ok: differences.length === 0, differences }
}

function checkLookup(index: Checked, group: ExpectedGroup, differs: (text: string) => void): void {
  const { values, slots, probe = { equal: values.map((value) => [value]) } } = group
  const found = new Set<Slot>()
  let given = 0
  for (const slot of index.lookup(probe)) {
    found.add(slot)
    given++
  }
  const asked = `a lookup of ${JSON.stringify(group.probe ?? values)}`
  if (given > found.size) differs(`${asked} gives ${given - found.size} slots more than once`)
  const missing = slots.find((slot) => !found.has(slot))
  if (missing !== undefined) differs(`${asked} misses slot ${missing}`)
  else if (isExact(index, values) && found.size !== slots.length) {
    differs(`${asked} should give ${slots.length} slots, gives ${found.size}`)
  }
  const estimate = index.estimate(probe)
  if (estimate < found.size) differs(`${asked} gives ${found.size} slots, more than the estimate, ${estimate}`)
}

/** A relation that is asked for an array may give more than holds it, and an index from elsewhere may at any time. */
function isExact(index: Checked, values: ExpectedGroup['values']): boolean {
  return index.kinds !== undefined && !(index.membership !== undefined && values.some(Array.isArray))
}

function checkCounters(
  { counters }: Index,
  kind: FieldKind,
  { groups }: Expectation,
  differs: (text: string) => void,
): void {
  if (counters === undefined) return
  const missing = new Set(groups.keys())
  for (const [value, count] of counters.counts()) {
    const key = valueKey(value, kind)
    missing.delete(key)
    const expected = groups.get(key)?.slots.length ?? 0
    if (count !== expected) differs(`${expected} records hold ${JSON.stringify(value)}, it counts ${count}`)
  }
  for (const key of missing) differs(`it counts no record with ${JSON.stringify(groups.get(key)?.values[0])}`)
}
