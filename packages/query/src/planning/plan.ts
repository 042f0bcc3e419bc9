import type { Direction, Explanation, FieldKind, Index, JsonValue, Probe } from '@stateward/contract'
import type { Compare } from '../values/order.ts'
import type { Position } from './cursor.ts'
import type { Predicate } from './predicate.ts'

/** `index.lookup(probe)`. */
export interface IndexProbe {
  readonly index: Index
  readonly probe: Probe
}

/** What pages before have given of a scan: its first slots, up to the first one with a greater id, or up to where `beyond` begins. */
export interface Given {
  readonly id: string
  /** What comes behind those that are equal to the last row in the field that is followed; absent: nothing. */
  readonly beyond: Probe | undefined
}

/** The order of ids, made of few slots before any record is looked at. */
export interface ById {
  /** The id of the last row that pages before have given. */
  readonly after: string | undefined
}

/** How the candidates are found. All of them must still pass `Plan.predicate`. */
export type Access =
  | { readonly kind: 'empty' }
  /** These ids, each once, ascending. */
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  /** `index.lookup(probe)`; where `byId` is there, in the order of their ids, and only those behind `byId.after`. */
  | { readonly kind: 'lookup'; readonly index: Index; readonly probe: Probe; readonly byId?: ById }
  /** `index.sorted.scan(direction, probe)`, without those at its beginning that a page before has given. */
  | {
      readonly kind: 'ordered'
      readonly index: Index
      readonly probe: Probe
      readonly direction: Direction
      readonly given?: Given
    }
  /** What each of these lookups gives, the smallest first. About so many slots are `walked` through to find those. */
  | { readonly kind: 'intersection'; readonly of: readonly IndexProbe[]; readonly walked: number }
  /** Every record of the type. */
  | { readonly kind: 'scan' }

/** The indexes that an access asks. */
export function indexesOf(access: Access): readonly Index[] {
  if (access.kind === 'intersection') return access.of.map(({ index }) => index)
  return 'index' in access ? [access.index] : []
}

/** A field that every match holds to one of few values. */
export interface HeldField {
  readonly field: string
  readonly kind: FieldKind
  readonly values: readonly JsonValue[]
}

/** How a query is to be answered. */
export interface Plan {
  readonly access: Access
  /** Whether candidates come in the order of the rows: the first `limit` that pass are the answer. Else `topK` them by `compare`. */
  readonly inOrder: boolean
  /** The filter and, with a cursor, "comes after it"; `undefined` when every candidate passes. */
  readonly predicate: Predicate | undefined
  readonly compare: Compare
  /** Follows from the filter, of fields that the access has not looked at: what holds another value need not be checked. */
  readonly held: readonly HeldField[]
  /** `undefined`: all rows. */
  readonly limit: number | undefined
  /** The place of the cursor, already part of `predicate` and of an ordered access. */
  readonly after: Position | undefined
  /** Expected rows of the whole answer, limit and cursor aside. */
  readonly estimatedRows: number
  readonly explanation: Explanation
  /** Whether an access that is exact leads to what matches the filter and to nothing else: `explanation` has no residual. */
  readonly isCovered: boolean
  /**
   * Whether a plan that was kept is still right, whatever was written meanwhile. Only one that looks for a text among the
   * items of lists can cease to be: once a record holds a text in that field, for there the text may stand within it.
   */
  readonly isRight: () => boolean
}
