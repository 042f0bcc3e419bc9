import type { Probe } from '@stateward/contract'
import { imageOf } from '../images/image-of.ts'
import { fieldValue } from '../keys/field-value.ts'
import { keyOrder } from '../keys/key-order.ts'
import { boundsWithin } from '../lists/bounds-within.ts'
import { OrderedList } from '../lists/ordered-list.ts'
import type { Place } from '../lists/place.ts'
import type { FieldIndex } from './field-index.ts'
import { idOrderIndex } from './id-order-index.ts'
import type { OrderedIndexOptions } from './ordered-index-options.ts'

/** All entries are in one. */
const group = 0

/**
 * Keeps every record in the order of one field as `compareValues` has it, absent values first, ties by id ascending, in
 * both directions. A bound of a probe is a place in that one order and knows no kinds of value: to find numbers below 5
 * and nothing else, give a lower bound too, since absence, null and booleans also come before 5. `update`, and `scan` up
 * to its first slot, take O(log n); a record behind all others O(1). Neither the index nor its ids may change while a
 * scan or lookup is being read.
 */
export function orderedIndex(options: OrderedIndexOptions): FieldIndex {
  const { name, field, kind } = options
  if (field === 'id') return idOrderIndex(options)
  const order = keyOrder(kind)
  const list = new OrderedList(order, options.ids)

  const bounds = (probe: Probe): [from: Place, to: Place] => boundsWithin(list, group, order, probe)

  return {
    name,
    fields: [field],
    kinds: [kind],
    shape: { equal: 0, range: true },
    lookup: (probe) => list.ascending(...bounds(probe)),
    estimate: (probe) => list.count(...bounds(probe)),
    update(slot, before, after) {
      const from = fieldValue(before, field)
      const to = fieldValue(after, field)
      if (before !== undefined && after !== undefined && from === to) return
      if (before !== undefined) list.remove({ group, key: order.keyOf(from), slot })
      if (after === undefined) return
      list.insert({ group, key: order.keyOf(to), slot }, after.id)
    },
    *fill({ ids, column, inOrder }) {
      yield* list.fill({ slots: yield* inOrder(field, kind), groups: undefined, keys: column(field, kind) }, ids)
    },
    clear: () => list.clear(),
    size: () => list.size,
    bytes: () => list.bytes,
    image: imageOf('ordered 4', list),
    sorted: {
      scan: (direction, probe) =>
        direction === 'asc' ? list.ascending(...bounds(probe)) : list.descending(...bounds(probe)),
    },
  }
}
