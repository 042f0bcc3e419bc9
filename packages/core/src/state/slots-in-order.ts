import type { Slot } from '@stateward/contract'
import type { Access } from '@stateward/query'

/** The slots of an ordered access. What pages before have given is passed over by its id: no record is looked at for it. */
export function slotsInOrder(
  idOf: (slot: Slot) => string,
  { index, direction, probe, given }: Access & { readonly kind: 'ordered' },
): Iterable<Slot> {
  // The planner asks for an order only of indexes that have one.
  const slots = index.sorted?.scan(direction, probe) ?? []
  if (given === undefined) return slots
  const beyond = given.beyond === undefined ? [] : (index.sorted?.scan(direction, given.beyond) ?? [])
  const [first] = beyond
  return notGiven(slots, (slot) => slot !== first && idOf(slot) <= given.id)
}

/** Those from the first one on that was not given. */
function* notGiven(slots: Iterable<Slot>, wasGiven: (slot: Slot) => boolean): Generator<Slot> {
  let isBehind = false
  for (const slot of slots) {
    isBehind ||= !wasGiven(slot)
    if (isBehind) yield slot
  }
}
