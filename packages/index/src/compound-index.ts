import type { FieldKind, JsonValue, Probe, Slot, StoredRecord } from '@stateward/contract'
import type { FieldIndex } from './field-index.ts'
import { fieldValue } from './field-value.ts'
import { GroupCounts } from './group-counts.ts'
import { keyOrder } from './key-order.ts'
import { boundsWithin } from './ordered-index.ts'
import { OrderedList } from './ordered-list.ts'
import type { Place } from './place.ts'
import { combinedKey, probedKeys } from './probed-keys.ts'
import type { SlotIds } from './slot-ids.ts'
import { keyedValue, valueKey } from './value-key.ts'

export interface CompoundIndexOptions {
  readonly name: string
  /** At least two: equality on all but the last, order on the last. */
  readonly fields: readonly string[]
  /** One for each of `fields`. */
  readonly kinds: readonly FieldKind[]
  /** As in `OrderedIndexOptions`. */
  readonly ids?: SlotIds
}

/**
 * Finds the records that hold given values in all fields but the last, and keeps them in the order of the last, absent
 * values first, ties by id ascending in both directions. A probe names values for every leading field (`UNSUPPORTED`
 * otherwise) and may bound the last, as in `orderedIndex`; `scan` takes one value a field. A record that lacks a leading
 * field has no entry. More than `limits.inValues` combinations are answered with every entry. `update`, and `scan` up
 * to its first slot, take O(log n). With one leading field, `counters` are kept.
 */
export function compoundIndex({ name, fields, kinds, ids }: CompoundIndexOptions): FieldIndex {
  const leading = fields.slice(0, -1)
  const leadingKinds = kinds.slice(0, leading.length)
  const lastField = fields.at(-1) ?? ''
  const order = keyOrder(kinds.at(-1) ?? 'value')
  const list = new OrderedList(order, ids)
  const groups = new GroupCounts()

  function ranges(probe: Probe): readonly (readonly [from: Place, to: Place])[] {
    const keys = probedKeys(name, leadingKinds, probe)
    if (keys === undefined) return [[list.start, list.end]]
    const found = keys.map((key) => groups.find(key)).filter((group) => group !== undefined)
    return found.map((group) => boundsWithin(list, group, order, probe))
  }

  function* lookupAll(found: readonly (readonly [from: Place, to: Place])[]): IterableIterator<Slot> {
    for (const [from, to] of found) yield* list.ascending(from, to)
  }

  function enter(slot: Slot, record: StoredRecord): void {
    const key = groupKeyOf(record, leading, leadingKinds)
    if (key === undefined) return
    list.insert({ group: groups.enter(key), key: order.keyOf(fieldValue(record, lastField)), slot }, record.id)
  }

  function leave(slot: Slot, record: StoredRecord): void {
    const key = groupKeyOf(record, leading, leadingKinds)
    const group = key === undefined ? undefined : groups.find(key)
    if (group === undefined) return
    if (list.remove({ group, key: order.keyOf(fieldValue(record, lastField)), slot })) groups.leave(group)
  }

  return {
    name,
    fields,
    kinds,
    shape: { equal: leading.length, range: true },
    lookup(probe) {
      const found = ranges(probe)
      const [only] = found
      return found.length === 1 && only !== undefined ? list.ascending(...only) : lookupAll(found)
    },
    estimate: (probe) => ranges(probe).reduce((rows, [from, to]) => rows + list.count(from, to), 0),
    update(slot, before, after) {
      if (before !== undefined && after !== undefined && isSameIn(fields, before, after)) return
      if (before !== undefined) leave(slot, before)
      if (after !== undefined) enter(slot, after)
    },
    clear() {
      list.clear()
      groups.clear()
    },
    size: () => list.size,
    sorted: {
      scan(direction, probe) {
        const [range] = ranges(probe)
        if (range === undefined) return []
        return direction === 'asc' ? list.ascending(...range) : list.descending(...range)
      },
    },
    ...(leading.length === 1 ? { counters: { counts: () => countsOf(groups) } } : {}),
  }
}

function isSameIn(fields: readonly string[], before: StoredRecord, after: StoredRecord): boolean {
  return fields.every((field) => fieldValue(before, field) === fieldValue(after, field))
}

/** `undefined` when one of the fields is absent. */
function groupKeyOf(record: StoredRecord, fields: readonly string[], kinds: readonly FieldKind[]): string | undefined {
  const keys: string[] = []
  for (let at = 0; at < fields.length; at++) {
    const value = fieldValue(record, fields[at] ?? '')
    if (value === undefined) return undefined
    keys.push(valueKey(value, kinds[at] ?? 'value'))
  }
  return combinedKey(keys)
}

function* countsOf(groups: GroupCounts): IterableIterator<[value: JsonValue, count: number]> {
  for (const [key, count] of groups.counts()) yield [keyedValue(key), count]
}
