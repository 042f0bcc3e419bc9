import type { JsonObject } from './json.ts'

/**
 * What has to hold of one record for a `transact` to be written at all. Looked at on top of everything decided before, and
 * not of the operations that stand beside it. At least one of the conditions is given; each but `exists: false` means that the record is there.
 */
export interface Expectation {
  readonly type: string
  readonly id: string
  /** `true`: the record is there. `false`: it is not, be it that it never was or that it was deleted. */
  readonly exists?: boolean
  /** The version that it has. */
  readonly rev?: number
  /** Top-level fields and the values that they hold, compared as queries compare them; system fields too. */
  readonly fields?: JsonObject
  /** Top-level fields that it does not have. */
  readonly unset?: readonly string[]
}

/** A condition that did not hold; items of `details.unmet` of the `CONFLICT`. */
export interface UnmetExpectation {
  readonly type: string
  readonly id: string
  readonly condition: 'exists' | 'absent' | 'rev' | 'field' | 'unset'
  /** Which of the expectations, from 0. */
  readonly expectation: number
  /** Of `field` and `unset`: which one. */
  readonly field?: string
  /** Absent where there is no such record. */
  readonly currentRev?: number
}
