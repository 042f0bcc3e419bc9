import type { LostCommits } from './event.ts'
import type { StoredRecord } from './json.ts'
import type { Where } from './query.ts'
import type { Seq } from './seq.ts'

/** What a feed of changes is asked with. */
export interface ChangesAsk {
  /**
   * The first commit that is told; default 1, and 0 means 1. Behind the next one to come it is `INVALID`: such a position
   * is of another store, or of commits that were lost.
   */
  readonly since?: Seq
  /** Only changes of records of these types; absent: of all types of the domain. */
  readonly types?: readonly string[]
  /** Only changes where the record before or after matches. Needs exactly one type in `types`. */
  readonly where?: Where
  /**
   * What happens to a reader that is slow. Absent: nothing, it reads on from the log, however far behind it is. A number:
   * once it has caught up, and then falls more than so many commits behind, `SLOW_CONSUMER` with `details.resumeFrom`.
   */
  readonly maxBehind?: number
}

/** One record changed by one commit. */
export interface RecordChange {
  readonly seq: Seq
  /** Its place in its commit, from 0. */
  readonly at: number
  /** No further change of this commit is told by this feed: whoever comes back goes on with `since: seq + 1`. */
  readonly last: boolean
  /** The commit's. */
  readonly timestamp: string
  /** `create`: there was no such record before, or it had been deleted. */
  readonly op: 'create' | 'update' | 'delete'
  readonly type: string
  readonly id: string
  readonly rev: number
  /** The record before the commit; absent of a creation. */
  readonly before?: StoredRecord
  /** The record as the commit left it; absent of a deletion. */
  readonly after?: StoredRecord
  readonly actor?: string
  readonly txid?: string
  /**
   * What this change rests on is lost, or let go of: `before`, and of an update `after` too, may be absent although there
   * was such a record. A filter passes such a change.
   */
  readonly incomplete?: true
  /** Commits before this one, and behind the change told before it, are lost for good: there may have been changes in them. */
  readonly lostBefore?: LostCommits
}
