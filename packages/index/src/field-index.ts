import type { FieldKind, Index } from '@stateward/contract'

/** An index of this package: it tells also how the values of its fields compare, which `checkIndex` needs. */
export interface FieldIndex extends Index {
  /** One for each of `fields`. */
  readonly kinds: readonly FieldKind[]
}
