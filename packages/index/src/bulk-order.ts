import type { FieldKind, Slot } from '@stateward/contract'
import type { FieldColumn } from './field-column.ts'
import { keyOrder } from './key-order.ts'
import { sortedBy } from './sorted-by.ts'

/** These slots in the order of what their records hold in a field, those that hold the same as they were. */
export function inOrderOf(column: FieldColumn, kind: FieldKind, slots: Uint32Array): Uint32Array {
  const ranks = column.ranks(slots)
  if (ranks !== undefined) return sortedBy(slots, ranks)
  const { compare } = keyOrder(kind)
  // Numbers among texts, which no number stands for.
  return slots.slice().sort((a: Slot, b: Slot) => compare(column.key(a), column.key(b)))
}
