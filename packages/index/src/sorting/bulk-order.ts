import type { FieldKind, Slot } from '@stateward/contract'
import { keyOrder } from '../keys/key-order.ts'
import type { FieldColumn } from './field-column.ts'
import { mergeSorted } from './merge-sorted.ts'
import { sortedBy } from './sorted-by.ts'
import type { Steps } from './steps.ts'

/** These slots in the order of what their records hold in a field, those that hold the same as they were. */
export function* inOrderOf(column: FieldColumn, kind: FieldKind, slots: Uint32Array): Steps<Uint32Array> {
  const ranks = yield* column.ranks(slots)
  if (ranks !== undefined) return yield* sortedBy(slots, ranks)
  const { compare } = keyOrder(kind)
  // Numbers among texts, which no number stands for.
  return yield* mergeSorted(slots, (a: Slot, b: Slot) => compare(column.key(a), column.key(b)))
}
