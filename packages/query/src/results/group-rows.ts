import { compareValues, type FieldKind, type Group, type JsonValue, type StoredRecord } from '@stateward/contract'
import { type Accumulator, accumulated } from '../values/accumulator.ts'
import { fieldReader } from '../values/field-reader.ts'
import { type Identity, identity } from '../values/identity.ts'

/**
 * The rows by the value of one field, in the order of the values, absence first (a group without `value`). Equal values
 * share a group: in a time field those that name one instant, shown as the least of their texts. O(n + g log g) for n
 * rows in g groups.
 */
export function groupRows(rows: Iterable<StoredRecord>, field: string, kind: FieldKind): Group[] {
  return accumulated(rows, rowGroups(field, kind))
}

/** As `groupRows`, of rows that come one after the other: holds a value and a number for each group. */
export function rowGroups(field: string, kind: FieldKind): Accumulator<StoredRecord, Group[]> {
  const read = fieldReader(field)
  const groups = new Map<Identity, { value: JsonValue | undefined; count: number }>()
  return {
    add(row) {
      const value = read(row)
      const key = identity(value, kind)
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { value, count: 1 })
      else {
        group.count++
        if (typeof value === 'string' && typeof group.value === 'string' && value < group.value) group.value = value
      }
    },
    result: () =>
      [...groups.values()]
        .sort((left, right) => compareValues(left.value, right.value, kind))
        .map(({ value, count }) => (value === undefined ? { count } : { value, count })),
  }
}
