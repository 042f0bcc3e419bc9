import type { StoredRecord } from './json.ts'
import type { Seq } from './seq.ts'

/**
 * One difference between the result of a query and its next one. Each is meant for the list as the differences before it
 * have left it; positions count from 0.
 */
export type LiveChange<R = StoredRecord> =
  /** A row comes into the result, at this position. */
  | { readonly op: 'enter'; readonly at: number; readonly record: R }
  /** The row at this position is in it no more; of a group, `id` is its value as JSON, empty where the field is absent. */
  | { readonly op: 'leave'; readonly at: number; readonly id: string }
  /** A row has changed and stands elsewhere: taken out `from` there, put in `at` here. */
  | { readonly op: 'move'; readonly from: number; readonly at: number; readonly record: R }
  /** A row has changed where it stands. */
  | { readonly op: 'change'; readonly at: number; readonly record: R }

/** What a live query tells: `seq` is the commit as of which the result is, once this is taken in. */
export type LiveUpdate<R = StoredRecord> =
  /** The whole result: the first thing that is told, and whatever is told to a reader who was too slow for the differences. */
  | { readonly kind: 'rows'; readonly seq: Seq; readonly rows: readonly R[] }
  /** What is different since the update before; at least one. */
  | { readonly kind: 'changes'; readonly seq: Seq; readonly changes: readonly LiveChange<R>[] }

/** A row of a live query with `include`, and what it leads to by each of its fields: a record, or a list of them. */
export interface RelatedRow {
  readonly record: StoredRecord
  readonly related: Readonly<
    Record<string, StoredRecord | undefined | null | readonly (StoredRecord | undefined | null)[]>
  >
}
