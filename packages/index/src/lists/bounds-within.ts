import type { Probe } from '@stateward/contract'
import type { KeyOrder } from '../keys/key-order.ts'
import type { OrderedList } from './ordered-list.ts'
import type { Place } from './place.ts'

/** The places between which the entries of a group stand that are within the bounds of a probe. */
export function boundsWithin(
  list: OrderedList,
  group: number,
  order: KeyOrder,
  probe: Probe,
): [from: Place, to: Place] {
  const { from, to } = probe
  return [
    from === undefined
      ? list.placeOfGroup(group, 'before')
      : list.place(group, order.keyOf(from.value), from.inclusive ? 'before' : 'after'),
    to === undefined
      ? list.placeOfGroup(group, 'after')
      : list.place(group, order.keyOf(to.value), to.inclusive ? 'after' : 'before'),
  ]
}
