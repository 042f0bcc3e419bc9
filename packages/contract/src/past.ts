import type { JsonValue } from './json.ts'
import type { Seq } from './seq.ts'
import type { WriteOptions } from './write-options.ts'

/**
 * One top-level field that differs between two versions of a record: absent where it was, or is, not there. `rev` and
 * `updated_at` are never among them, because every version changes them.
 */
export interface FieldChange {
  readonly field: string
  readonly before?: JsonValue
  readonly after?: JsonValue
}

/** One moment of the past. */
export interface Moment {
  /** The state is the one after this commit; 0: before the first. */
  readonly seq: Seq
  /** That commit's; absent before the first, and where the log has let go of it. */
  readonly timestamp?: string
  /** The oldest moment that can be read now. */
  readonly oldestSeq: Seq
}

export interface DiffAsk {
  /** From the state after this commit … */
  readonly from: Seq
  /** … to the state after this one, which is not before. */
  readonly to: Seq
  /** Where the page before ended: its `next`. */
  readonly after?: Seq
}

/** What two moments say of one record. */
export interface RecordDiff {
  readonly type: string
  readonly id: string
  readonly op: 'created' | 'updated' | 'deleted'
  /** As `Version.fields`, from the one moment to the other. */
  readonly fields: readonly FieldChange[]
}

export interface DiffPage {
  /** Records that are other than they were; at most about `limits.diffPage`. */
  readonly records: readonly RecordDiff[]
  /** Present when there may be more: give it as `after`. */
  readonly next?: Seq
}

export interface UndoAsk extends WriteOptions {
  /** The commit that is undone. */
  readonly seq: Seq
  /** Skips guards and the table of transitions, never references and rules; needs `reason`, which is kept in the log. */
  readonly force?: boolean
  readonly reason?: string
}
