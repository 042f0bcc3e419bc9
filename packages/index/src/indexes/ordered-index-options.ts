import type { FieldKind } from '@stateward/contract'
import type { SlotIds } from '../ids/slot-ids.ts'

export interface OrderedIndexOptions {
  readonly name: string
  readonly field: string
  readonly kind: FieldKind
  /**
   * The ids of the slots, where somebody keeps them already: an id must be in there before `update` brings its record and
   * until `update` has taken it out. Left out, the index keeps a copy of each id.
   */
  readonly ids?: SlotIds
}
