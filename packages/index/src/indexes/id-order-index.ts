import { compareValues, type JsonValue, type Probe, type Slot } from '@stateward/contract'
import { imageOf } from '../images/image-of.ts'
import { keyOrder } from '../keys/key-order.ts'
import { OrderedList, type Side } from '../lists/ordered-list.ts'
import type { Place } from '../lists/place.ts'
import type { FieldIndex } from './field-index.ts'
import type { OrderedIndexOptions } from './ordered-index-options.ts'

const group = 0

/** Keeps every record in the order of its id. What an id table knows already is not kept again: 4 to 8 bytes a record. */
export function idOrderIndex({ name, ids }: OrderedIndexOptions): FieldIndex {
  // No entry has a key, so that all of the order is that of the ids.
  const list = new OrderedList(keyOrder('value'), ids)

  function bounds({ from, to }: Probe): [from: Place, to: Place] {
    return [
      from === undefined ? list.start : placeOf(from.value, from.inclusive ? 'before' : 'after'),
      to === undefined ? list.end : placeOf(to.value, to.inclusive ? 'after' : 'before'),
    ]
  }

  function placeOf(value: JsonValue, side: Side): Place {
    if (typeof value === 'string') return list.placeOfId(value, side)
    return compareValues(value, '') < 0 ? list.start : list.end
  }

  return {
    name,
    fields: ['id'],
    kinds: ['value'],
    shape: { equal: 0, range: true },
    lookup: (probe) => list.ascending(...bounds(probe)),
    estimate: (probe) => list.count(...bounds(probe)),
    update(slot, before, after) {
      if (before === undefined && after !== undefined) {
        list.insert({ group, key: undefined, slot }, after.id)
      } else if (before !== undefined && after === undefined) {
        list.remove({ group, key: undefined, slot })
      }
    },
    fill: ({ slots, ids: known }) => list.fill({ slots, groups: undefined, keys: undefined }, known),
    clear: () => list.clear(),
    size: () => list.size,
    bytes: () => list.bytes,
    image: imageOf('ordered 4', list),
    sorted: {
      scan: (direction, probe): Iterable<Slot> =>
        direction === 'asc' ? list.ascending(...bounds(probe)) : list.backward(...bounds(probe)),
    },
  }
}
