import type { Slot } from '@stateward/contract'
import type { SlotIds } from '@stateward/index'
import type { Access } from '@stateward/query'

/** So many are sorted by moving each to its place. */
const few = 64

/** The slots of a lookup; where an order by id is asked for, sorted by the table of ids: no record is looked at for it. */
export function slotsFound(ids: SlotIds, { index, probe, byId }: Access & { readonly kind: 'lookup' }): Iterable<Slot> {
  const found = index.lookup(probe)
  if (byId === undefined) return found
  const { after } = byId
  const slots: Slot[] = []
  for (const slot of found) if (after === undefined || ids.compareText(slot, after) > 0) slots.push(slot)
  return sortedById(slots, ids)
}

/** Slots are given in the order in which records are made, and most ids grow with the time: then that is their order. */
function sortedById(found: readonly Slot[], ids: SlotIds): readonly Slot[] {
  const slots = found.length <= few ? inserted(found) : [...Uint32Array.from(found).sort()]
  for (let at = 1; at < slots.length; at++) {
    if (ids.compare(slots[at - 1] ?? 0, slots[at] ?? 0) > 0)
      return slots.sort((left, right) => ids.compare(left, right))
  }
  return slots
}

function inserted(found: readonly Slot[]): Slot[] {
  const slots: Slot[] = []
  for (const slot of found) {
    let at = slots.length
    for (; at > 0 && (slots[at - 1] ?? 0) > slot; at--) slots[at] = slots[at - 1] ?? 0
    slots[at] = slot
  }
  return slots
}
