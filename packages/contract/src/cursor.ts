import type { StoredRecord } from './json.ts'
import type { Seq } from './seq.ts'

/** The log's type of the positions of durable cursors: records of the store's own, in no collection and no feed. */
export const cursorType = 'cursor'

/** A step of `transact` on a durable cursor: the position of one consumer of the feed of changes, kept in the log. */
export type CursorOperation =
  /**
   * Makes the caller the one consumer of this name: gives a new token, and from now on an `ack` with any older one is
   * `FENCED`. A cursor that is new begins at `since` (default 1); one that is there stays where it is.
   */
  | { readonly op: 'takeCursor'; readonly cursor: string; readonly since?: Seq }
  /**
   * Moves the cursor behind a change: behind the commit `seq`, or with `at` behind that change of it. In the same commit as
   * the other operations, so that what a consumer writes because of a change is written once. `FENCED` when somebody has
   * taken the cursor since, `CONFLICT` when it is there already (`details.seq`, `details.at`), `NOT_FOUND`, `INVALID` for what
   * has not been told yet.
   */
  | { readonly op: 'ack'; readonly cursor: string; readonly token: string; readonly seq: Seq; readonly at?: number }
  /**
   * Removes the cursor: the next who takes one of this name begins anew, at the `since` that they give. With a `token`, `FENCED` when
   * somebody has taken it since; without, whoever has it. Their next `ack` is `NOT_FOUND`. `NOT_FOUND` when there is none.
   */
  | { readonly op: 'dropCursor'; readonly cursor: string; readonly token?: string }

/** What the first two answer in `results`: the cursor, whose `id` is its name; the last answers its tombstone. */
export interface CursorRecord extends StoredRecord {
  readonly token: string
  /** All changes up to this commit are done; with `at`: those of this commit up to that one. 0: none. */
  readonly seq: Seq
  readonly at?: number
}
