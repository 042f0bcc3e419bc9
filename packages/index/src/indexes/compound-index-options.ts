import type { FieldKind } from '@stateward/contract'
import type { SlotIds } from '../ids/slot-ids.ts'

export interface CompoundIndexOptions {
  readonly name: string
  /** At least two: equality on all but the last, order on the last. */
  readonly fields: readonly string[]
  /** One for each of `fields`. */
  readonly kinds: readonly FieldKind[]
  /** As in `OrderedIndexOptions`. */
  readonly ids?: SlotIds
}
