import type { Slot } from '@stateward/contract'

/** The order of the ids that slots stand for. An id table is one. */
export interface SlotIds {
  /** Negative, 0 or positive as the id in slot `a` comes before, is, or comes after the one in `b`, as texts compare. */
  compare(a: Slot, b: Slot): number
  /** The same for the id in `slot` and a text. */
  compareText(slot: Slot, text: string): number
}
