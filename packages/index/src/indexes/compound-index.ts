import { type Slot, StatewardError, type StoredRecord } from '@stateward/contract'
import { imageOf } from '../images/image-of.ts'
import { fieldValue } from '../keys/field-value.ts'
import type { OrderedList } from '../lists/ordered-list.ts'
import type { CompoundIndexOptions } from './compound-index-options.ts'
import type { FieldIndex } from './field-index.ts'
import { GroupedList, type Range } from './grouped-list.ts'

/**
 * Finds the records that hold given values in all fields but the last, and keeps them in the order of the last, absent
 * values first, ties by id ascending in both directions. A probe names values for every leading field and may bound the
 * last, as in `orderedIndex`; `scan` takes one value a field; any other probe throws `UNSUPPORTED`. A record that lacks
 * a leading field has no entry. More than `limits.inValues` combinations are answered with every entry. `update`, and
 * `scan` up to its first slot, take O(log n). With one leading field, of kind
 * `value`, `counters` are kept.
 */
export function compoundIndex(options: CompoundIndexOptions): FieldIndex {
  const { name, fields, kinds } = options
  const grouped = new GroupedList(options)
  const { list } = grouped
  return {
    name,
    fields,
    kinds,
    shape: { equal: fields.length - 1, range: true },
    lookup(probe) {
      const ranges = grouped.ranges(probe)
      const [only] = ranges
      return ranges.length === 1 && only !== undefined ? list.ascending(...only) : slotsWithin(list, ranges)
    },
    estimate: (probe) => grouped.estimate(probe),
    update(slot, before, after) {
      if (before !== undefined && after !== undefined && isSameIn(fields, before, after)) return
      if (before !== undefined) grouped.leave(slot, before)
      if (after !== undefined) grouped.enter(slot, after)
    },
    fill: (rows) => grouped.fill(rows),
    clear: () => grouped.clear(),
    size: () => list.size,
    bytes: () => grouped.bytes,
    image: imageOf('compound 4', grouped),
    sorted: {
      scan(direction, probe) {
        if (probe.equal.some((values) => values.length !== 1)) throw notOneGroup(name)
        const [range] = grouped.ranges(probe)
        if (range === undefined) return []
        return direction === 'asc' ? list.ascending(...range) : list.descending(...range)
      },
    },
    ...(fields.length === 2 && kinds[0] === 'value' ? { counters: { counts: () => grouped.counts() } } : {}),
  }
}

function* slotsWithin(list: OrderedList, ranges: readonly Range[]): IterableIterator<Slot> {
  for (const [from, to] of ranges) yield* list.ascending(from, to)
}

function isSameIn(fields: readonly string[], before: StoredRecord, after: StoredRecord): boolean {
  return fields.every((field) => fieldValue(before, field) === fieldValue(after, field))
}

function notOneGroup(name: string): StatewardError {
  const message = `index ${name} expects a scan to name one value for each leading field; scan for each, or sort a lookup`
  return new StatewardError('UNSUPPORTED', message)
}
